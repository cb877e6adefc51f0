"""What a person reads on a terminal has words where `--json` has keys and codes, and Beijing's time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_app.cli import lookback
from campaign_app.cli.follow import show
from campaign_app.cli.lookback_words import DIFFERENCE, RUN
from campaign_app.cli.telling import Labels, size
from campaign_app.cli.trying import _TRIAL
from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.lookback import Found, Group, Run, RunState, Scope
from campaign_app.services.lookback import Looked
from tests.helpers.line import Line, new_line
from tests.helpers.shop import NOW

ENTITY = Entity("91330100MA0000001X", "安宁百货")
SHOP = Account(
    0, "top", "旗舰店", "https://a", ENTITY.uscc, "91330100MA0000002X", "平台", "k", simulated=False, pinned_keys=""
)  # fmt: skip
NUMBER = "13812345678"
# paths, commands, options, what a command wants to be told, and hashes are for a person as well
_MEANT = re.compile(r"campaign-app( [a-z-]+)*|/\S+|--\S+|（[a-z_]+）|[0-9a-f]{16,}")
_CODE = re.compile(r"(?<![\w.-])[a-z][a-z_]{2,}(?![\w.])")
_ZONED = re.compile(r"\d\dT\d\d:|\+00:00")


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = new_line(tmp_path)
    with made.open() as app:
        app.workspace.accounts.add_entity(ENTITY)
    return made


def without_codes(said: str) -> str:
    left = _MEANT.sub("", said)
    assert (_CODE.findall(left), _ZONED.findall(left)) == ([], []), said
    return said


def read(line: Line, *words: str) -> str:
    status, said, complained = line.call(*words, *line.options)
    assert status == 0, complained
    return without_codes(said)


def told(capsys: pytest.CaptureFixture[str], data: dict[str, object], labels: Labels) -> str:
    show(json.loads(json.dumps(data)), labels)
    return without_codes(capsys.readouterr().out)


def test_a_plan_for_a_peak(line: Line) -> None:
    made = read(line, "peak", "add", "--name", "双十一", "--days", "2026-11-10..2026-11-11", "--duty", "王丽=总值班")
    assert {"状态：草稿", "值班：王丽（总值班）", "主体：全部", "  项目 备份  状态 要处理  说明 还没有备份过。"} <= {
        *made.splitlines()
    }
    confirmed = read(line, "peak", "confirm", "1", "support", "--name", "李", "--note", "已排班")
    assert re.search(r"项目 客服和投诉（support）  状态 已办好 .* 李 于 \S+ \d\d:\d\d 确认：已排班", confirmed)
    assert "没办好的：受众、" in confirmed
    for words in (("list",), ("state", "1", "ready", "--knowing"), ("pause-all", "1"), ("resume", "1"), ("show", "1")):
        read(line, "peak", *words)


def test_complaints_and_numbers_that_refuse(line: Line, tmp_path: Path) -> None:
    added = read(line, "complaint", "add", "--phone", NUMBER, "--text", "骚扰", "--made", "2026-01-05 09:30")
    assert {"来源：12321 举报", "状态：没有对应短信", "投诉时间：2026-01-05 09:30"} <= {*added.splitlines()}
    assert re.search(r"期限：2026-01-08 前认领并核对，超期 \d+ 天（依据：.*征求意见稿，从未生效", added)
    assert "内容 这个主体从来没有给这个人发过短信" in read(line, "complaint", "show", "1")
    for words in (("list",), ("handle", "1", "--owner", "王"), ("trend",)):
        read(line, "complaint", *words)
    file = tmp_path / "c.csv"
    file.write_text(f"号码,时间\n{NUMBER},2026-01-05\n12,2026-01-05\n", encoding="utf-8")
    tried = read(line, "complaint", "import", str(file), "--column", "号码=phone", "--dry-run")
    assert "不是有效的大陆手机号 1" in tried
    assert "加入拒收名单：已加入\n" in read(line, "suppression", "add", NUMBER, "--reason", "来电")
    assert "种类 投诉" in read(line, "suppression", "look", NUMBER)


def test_accounts(line: Line) -> None:
    assert read(line, "accounts", "list") == "没有可列出的。\n"
    with line.open() as app:
        number = app.workspace.accounts.add_account(SHOP).id
    listed = read(line, "accounts", "list")
    assert f"平台 淘宝 / 天猫  主体 {ENTITY.uscc}  状态 已连接  签名和模板已核对 否" in listed
    assert "状态：已连接\n" in read(line, "accounts", "send-through", str(number), "platform")
    read(line, "accounts", "erased", str(number))


def test_backups_and_what_is_kept(line: Line) -> None:
    assert read(line, "backup", "status") == "上次备份：还没有备份过\n旧副本：不是\n"
    made = read(line, "backup", "create", str(line.file))
    assert "打开它的是：工作区的密钥\n" in made
    assert re.search(r"备份时间：\d{4}-\d\d-\d\d \d\d:\d\d\n", made)
    status, said, _ = line.call("backup", "check", str(line.file), "--backup-passphrase-file", line.options[-1])
    assert (status, without_codes(said) != "") == (0, True)
    read(line, "evidence", "head")
    assert read(line, "consent-text", "list") == "核对过的文案：无\n"
    assert read(line, "lookback", "list") == "回头看：无\n"


def test_a_check_up(line: Line) -> None:
    said = line.call("doctor", "--offline", "--quick", *line.options)[1]
    assert "密钥保存方式 口令" in said
    assert re.search(r"现在 \d{4}-\d\d-\d\d \d\d:\d\d\n", said)


def test_a_file_of_customers(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"手机号,会员编号\n{NUMBER},a1\n", encoding="utf-8")
    with line.open() as app:
        app.workspace.accounts.add_account(SHOP)
    status, said, _ = line.call("import", str(file), "--dry-run", "--column", "会员编号=ref", *line.options)
    assert (status, "列：手机号 → 手机号（phone），会员编号 → 客户标识（ref）\n" in said) == (0, True), said


def test_a_look_back(capsys: pytest.CaptureFixture[str]) -> None:
    first, last = (datetime(2026, 1, day, 16, tzinfo=UTC) for day in (1, 3))  # two whole days in Beijing
    groups = (Group(7, "withdrawn", "since", "", 3), Group(7, "signature_refused", "then", "other_owner", 1))
    run = Run(1, Scope(first, last, (7,)), RunState.FAILED, "cli", NOW, groups=groups, note="disk_full")
    said = told(capsys, {**lookback._told(run), "rows": [_row()]}, RUN)
    assert {"发送日期从：2026-01-02", "到（含）：2026-01-03", "谁开始：命令行"} <= {*said.splitlines()}
    assert "结论 须整改  原因 签名现在不能用  先后 发送时就已如此  规则 属于另一个主体  条数 1" in said
    assert "另有原因 现在的规则会拦下" in said
    found = {"older": 1, "newer": 2, "new": 3, "gone": 0, "same": 4, "new_groups": lookback._groups(groups)}
    assert "原因 已撤回同意" in told(capsys, {**found, "gone_groups": []}, DIFFERENCE)
    anywhere = told(capsys, lookback._told(replace(run, scope=Scope(first, last))), RUN)
    assert "活动：全部\n" in anywhere


def _row() -> dict[str, object]:
    found = Found(3, 1, 9, "withdrawn", "since", "", "rule", 4, NOW, NOW)
    fact = ConsentFact(CustomerRef(1, "c1"), ConsentStatus.CONFIRMED, NOW)
    return lookback._row(Looked(found, "张**", "138****0000", "店", "c1", "【店】您好", fact, None))


@pytest.mark.parametrize(
    ("code", "why"),
    [("carrier_blacklist", "号码在运营商的黑名单中"), ("no_sender", "这个店铺的平台不能代发短信"), ("", "")],
)
def test_why_a_test_message_did_not_leave(capsys: pytest.CaptureFixture[str], code: str, why: str) -> None:
    said = told(capsys, {"state": "refused", "code": code, "text": "【店】您好"}, _TRIAL)
    assert f"状态：没有发出\n{'原因：' + why if why else '全文'}" in said


@pytest.mark.parametrize(
    ("told", "said"),
    [(0, "0 字节"), (1023, "1023 字节"), (1024, "1.0 KB"), (1_572_864, "1.5 MB"), (3 * 1024**4, "3,072.0 GB")],
)
def test_sizes(told: int, said: str) -> None:
    assert size(told) == said
