"""The command line on a workspace of its own: create, connect, screen, send, status, with a real sandbox."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from campaign_app import bootstrap, clocks
from campaign_app.__main__ import window
from campaign_app.cli.main import main
from campaign_app.cli.senders import accounts
from campaign_app.credentials import PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.services.window import BEIJING, CLOSES, OPENS
from tests.fakes.remotes import FakeClock
from tests.helpers.merchant import BODY
from tests.helpers.nursery import FROM_NOTHING
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import NOW, shop_on

pytestmark = pytest.mark.slow

SECRET = "十年树木百年树人"
QUICK = Scrypt(n=2**10)  # of what a test makes itself; what `create` makes takes its time
SHOP = Entity("91330100MA0000001X", "安宁百货有限公司")
FAR_AWAY = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=600, seed=5) as process:
        yield process


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    file.chmod(0o600)
    return file


class Line:
    """One workspace on the command line: every command a process of its own, or, for `here`, a call in this one."""

    def __init__(self, folder: Path, passphrase: Path, *, here: bool = True) -> None:
        self.options = ("--workspace", str(folder), "--passphrase-file", str(passphrase))
        self._run = self._call if here else self._start

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run(*words)

    def _call(self, *words: str) -> subprocess.CompletedProcess[str]:
        said, complained = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
            patch.setattr(sys, "argv", ["campaign-app", *words, *self.options])
            often = gc.get_threshold()
            with pytest.raises(SystemExit) as end:
                main(window)
            gc.set_threshold(*often)
        return subprocess.CompletedProcess(words, int(end.value.code or 0), said.getvalue(), complained.getvalue())

    def _start(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "campaign_app", *words, *self.options],
            capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120, check=False,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def made(folder: Path) -> Path:
    bootstrap.create_app(folder, PassphraseKeeper(SECRET, QUICK)).close()
    return folder


def test_the_main_job_by_commands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: SandboxProcess, passphrase: Path
) -> None:
    """By processes that import all of it themselves."""
    monkeypatch.setattr(subprocess, "Popen", FROM_NOTHING)
    line, here = (Line(tmp_path / "ws", passphrase, here=here) for here in (False, True))
    assert line.run("create").returncode == 0
    shop = sandbox.shops[0]
    key = tmp_path / "key"
    key.write_text(shop.private_key, encoding="ascii")
    connected = line.json("connect", sandbox.url, "--key-id", shop.key_id, "--key-file", str(key))
    assert connected["rows"] == connected["new"] > 400
    definition = tmp_path / "campaign.json"
    fields = {
        "name": "双十一", "entity_uscc": shop.entity_uscc, "purpose": "retail", "signature": "安宁百货", "body": BODY,
        "audience": {"every": True, "parts": [{"field": "order_count", "op": "at_least", "value": 1}]},
    }  # fmt: skip
    for name, other, said in (("entity_uscc", "91330100MA0MN00099", "没有这个主体"), ("purpose", "any", "purpose")):
        definition.write_text(json.dumps(fields | {name: other}), encoding="utf-8")
        refused = here.run("screen", str(definition))
        assert (refused.returncode, refused.stdout, said in refused.stderr) == (2, "", True), refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert here.json("status")["campaigns"] == []
    definition.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
    screened = line.json("screen", str(definition))
    assert screened["state"] == "screened"
    ready = screened["funnel"]["ok"]
    assert (sum(screened["parts"].values()), screened["cost"]) == (ready, None)

    wrong = here.run("send", str(screened["id"]), "--recipients", str(ready + 1))
    assert (wrong.returncode, "不一致" in wrong.stderr) == (2, True)
    other = here.run("send", str(screened["id"]), "--recipients", str(ready), "--covers", "0" * 64)
    assert (other.returncode, "改过" in other.stderr) == (2, True)
    warned = {f["rule"] for f in screened["findings"] if f["severity"] == "warn"}
    assert warned == set(screened["to_confirm"])
    # before nine and on holidays the hour itself is warned of, once something is to be sent
    confirmed = [word for rule in (*screened["to_confirm"], "TIM-002") for word in ("--confirm", rule)]
    seen = ("--recipients", str(ready), "--covers", screened["covers"])
    sent = line.run("send", str(screened["id"]), *seen, *confirmed, "--json")
    hour, by_day = clocks.system_clock().astimezone(BEIJING).hour, sent.returncode == 0
    if hour != CLOSES.hour - 1:  # in the last hour there may be too little time, or just enough
        assert by_day is (OPENS.hour <= hour < CLOSES.hour), sent.stderr
    if by_day:
        assert json.loads(sent.stdout)["state"] == "done", sent.stderr
        assert sandbox.ledger()["accepted"] > 0
        assert here.json("status", str(screened["id"]))["counts"]["submitted"] == ready
    else:
        assert (sent.returncode, "8:00–22:00" in sent.stderr or "不能发送" in sent.stderr) == (2, True)
    assert line.json("status")["campaigns"][0]["name"] == "双十一"
    over = here.run("pause", str(screened["id"]))
    if by_day:
        assert (over.returncode, "不允许" in over.stderr) == (2, True), "it has ended"


def test_pause_resume_and_cancel(tmp_path: Path, passphrase: Path) -> None:
    """The commands take the real time, so the campaign lies ahead."""
    keeper = PassphraseKeeper(SECRET, QUICK)
    line = Line(tmp_path / "ws", passphrase)
    with bootstrap.create_app(tmp_path / "ws", keeper) as app:
        app.workspace.accounts.add_entity(SHOP)
        made = app.campaigns.create(
            name="双十二", entity_uscc=SHOP.uscc, purpose="retail", audience=Filter(), actor="test"
        )
        later = app.clock() + timedelta(days=2)
        planned = replace(made, state=CampaignState.SCHEDULED, send_at=later, window_end=later + timedelta(hours=1))
        app.workspace.campaigns.update(planned, expected=CampaignState.DRAFT)
    name = str(made.id)
    paused = line.json("pause", name)
    assert (paused["state"], paused["note"]) == ("paused", "by_user")
    again = line.run("pause", name)
    assert (again.returncode, "不允许" in again.stderr) == (2, True)
    assert line.json("resume", name)["state"] == "scheduled"
    assert line.run("resume", name).returncode == 2
    with bootstrap.open_app(tmp_path / "ws", keeper) as app:
        app.campaigns.pause(made.id, actor="test")
        over = replace(app.campaigns.get(made.id), send_at=None, window_end=app.clock())
        app.workspace.campaigns.update(over, expected=CampaignState.PAUSED)
    waiting = line.json("resume", name)
    assert (waiting["state"], waiting["note"]) == ("waiting", "window_over")
    assert line.json("cancel", name)["state"] == "cancelled"
    assert line.run("cancel", name).returncode == 2
    assert line.run("cancel", "99").returncode == 2


def test_the_worker_ends_what_was_resumed_or_cancelled(tmp_path: Path, passphrase: Path) -> None:
    line = Line(tmp_path / "ws", passphrase)
    with bootstrap.create_app(tmp_path / "ws", PassphraseKeeper(SECRET, QUICK)) as app:
        app.workspace.accounts.add_entity(SHOP)
        made = [
            app.workspace.campaigns.create(
                Campaign(0, name, SHOP.uscc, "retail", Filter(), state=state, window_end=FAR_AWAY)
            ).id
            for name, state in (("继续", CampaignState.PAUSED), ("取消", CampaignState.SENDING))
        ]
    assert line.json("cancel", str(made[1]))["state"] == "cancelled"
    assert line.json("resume", str(made[0]))["state"] == "done"


def test_a_cancel_that_cannot_go_on_ends_the_waiting_and_can_be_closed(tmp_path: Path, passphrase: Path) -> None:
    """Its shop was disconnected between the claim and the answer: nobody is left to ask."""
    line = Line(tmp_path / "ws", passphrase)
    with bootstrap.create_app(tmp_path / "ws", PassphraseKeeper(SECRET, QUICK)) as app:
        shop = shop_on(app.workspace, FakeClock(NOW))
        account, campaign = shop.add_account(3), shop.campaign()
        shop.gateways[account].fail_before = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            shop.run(campaign.id)
        app.accounts.disconnect(account, actor="test")
    stuck = line.json("cancel", str(campaign.id))
    assert stuck["state"] == "cancelling"
    assert stuck["note"].startswith("at_shop:account_disconnected:")
    closed = line.json("close-unknown", str(campaign.id))
    assert (closed["state"], closed["note"], closed["counts"]["unknown"]) == ("cancelled", "unknown_closed", 3)


def test_a_person_closes_what_nobody_can_tell(tmp_path: Path, passphrase: Path) -> None:
    line = Line(tmp_path / "ws", passphrase)
    with bootstrap.create_app(tmp_path / "ws", PassphraseKeeper(SECRET, QUICK)) as app:
        app.workspace.accounts.add_entity(SHOP)
        made = [
            app.workspace.campaigns.create(
                Campaign(0, "双十一", SHOP.uscc, "retail", Filter(), state=CampaignState.WAITING, state_note=note)
            ).id
            for note in ("unknown_outcomes", "window_over")
        ]
    closed = line.json("close-unknown", str(made[0]))
    assert (closed["state"], closed["note"]) == ("done", "unknown_closed")
    for campaign_id in made:
        refused = line.run("close-unknown", str(campaign_id))
        assert (refused.returncode, "不允许" in refused.stderr) == (2, True)


@pytest.mark.parametrize("command", ["pause", "resume", "cancel", "close-unknown"])
def test_the_help_is_chinese(tmp_path: Path, passphrase: Path, command: str) -> None:
    done = Line(tmp_path / "ws", passphrase).run(command, "--help")
    assert done.returncode == 0
    assert "活动" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "JSON"),
        ("[]", "缺少"),
        ('{"name": "x"}', "缺少"),
    ],
)
def test_a_bad_definition_is_one_sentence(tmp_path: Path, passphrase: Path, content: str, words: str) -> None:
    file = tmp_path / "campaign.json"
    file.write_text(content, encoding="utf-8")
    done = Line(tmp_path / "ws", passphrase).run("screen", str(file))
    assert (done.returncode, words in done.stderr) == (2, True)


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(tmp_path: Path, passphrase: Path) -> None:
    line = Line(made(tmp_path / "ws"), passphrase)
    before = {path: path.read_bytes() for path in sorted((tmp_path / "ws").iterdir())}
    passphrase.write_text("百年树人十年树木\n", encoding="utf-8")
    done = line.run("status")
    assert (done.returncode, "口令不正确" in done.stderr) == (2, True)
    assert {path: path.read_bytes() for path in sorted((tmp_path / "ws").iterdir())} == before


def test_a_worker_of_the_same_workspace_is_refused(
    tmp_path: Path, passphrase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(status: int) -> None:
        raise SystemExit(status)

    line = Line(made(tmp_path / "ws"), passphrase)
    first = subprocess.Popen(
        [sys.executable, "-m", "campaign_app", "worker", *line.options], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert first.stdout is not None
    assert first.stdout.readline() == "ready\n"
    monkeypatch.setattr(os, "_exit", end)  # of this process, which goes on
    second = line.run("worker")
    first.terminate()
    first.communicate(timeout=30)
    assert (second.returncode, "正被另一个程序使用" in second.stderr) == (2, True)
    assert first.returncode == 0


def test_who_carries_a_shops_messages_is_chosen_by_number_or_name(tmp_path: Path, passphrase: Path) -> None:
    line = Line(made(tmp_path / "ws"), passphrase)
    with bootstrap.open_app(tmp_path / "ws", PassphraseKeeper(SECRET, QUICK)) as app:
        store = app.workspace.accounts
        store.add_entity(SHOP)
        store.add_entity(replace(SHOP, uscc="91330100MA0000009X"))
        issuer = "91110000MA0000009X"
        shop = store.add_account(
            Account(0, "consent_api", "安宁店", "http://127.0.0.1:9", SHOP.uscc, issuer, "登记处", "k", True, "{}")
        )
        mine = replace(shop, id=0, platform="tencent", label="腾讯", base_url="https://t.example", key_id="t")
        own = store.add_account(mine)
        foreign = store.add_account(replace(mine, label="别家", key_id="f", entity_uscc="91330100MA0000009X"))
        app.workspace.customers.upsert_page(shop.id, [PlatformCustomer("ou-1", "王芳", None, NOW)], "", NOW)
        app.workspace.customers.upsert_page(shop.id, (), "", NOW, ["ou-1"])
    (receipt,) = line.json("accounts", "erased", "安宁店").values()
    assert (receipt["at"], len(receipt["hash"]), len(receipt["ref_hmac"])) == (NOW.isoformat(), 64, 64)
    chosen = line.json("accounts", "send-through", shop.label, "腾讯")
    assert (chosen["id"], chosen["sender"]) == (shop.id, own.id)
    refused = line.run("accounts", "send-through", str(shop.id), str(foreign.id))
    assert refused.returncode == 2
    assert "转租" in refused.stderr
    assert line.json("accounts", "replies", "腾讯", "控制台，王丽每天看")["replies"] == "控制台，王丽每天看"
    assert line.json("accounts", "send-through", str(shop.id), "platform")["sender"] is None
    assert line.json("accounts", "list")[str(own.id)]["replies"] == "控制台，王丽每天看"
    assert line.run("accounts", "send-through", "没有", "platform").returncode == 2
    with bootstrap.open_app(tmp_path / "ws", PassphraseKeeper(SECRET, QUICK)) as app:
        app.unread.met(own.id, "13800138000 ???", app.clock())
    ((name, row),) = line.json("accounts", "unread", "腾讯").items()
    assert (row["numbers"], "???" in row["said"], "13800138000" in row["said"]) == (1, True, False)
    assert line.json("accounts", "unread", "腾讯", "--clear", name, "--yes") == {}


def test_who_compared_stated_templates_is_recorded_and_taken_back(tmp_path: Path, passphrase: Path) -> None:
    line = Line(made(tmp_path / "ws"), passphrase)
    typed = {"signatures": "安宁百货", "templates": "12=上新，退订回T"}
    with bootstrap.open_app(tmp_path / "ws", PassphraseKeeper(SECRET, QUICK)) as app:
        app.workspace.accounts.add_entity(SHOP)
        for label, options in (("拼多多店", typed), ("空店", {})):
            app.workspace.accounts.add_account(
                Account(
                    0, "pinduoduo", label, f"https://{label}.example", SHOP.uscc, "pinduoduo.com", "拼多多", "k",
                    simulated=False, pinned_keys="{}", options=options,
                )
            )  # fmt: skip
    assert line.json("accounts", "templates", "拼多多店")["templates_checked"]
    assert not line.json("accounts", "templates", "拼多多店", "--undo")["templates_checked"]
    refused = line.run("accounts", "templates", "空店")
    assert refused.returncode == 2
    assert "没有填写签名或模板" in refused.stderr


def test_templates_that_a_person_compares_are_asked_for_by_the_shop() -> None:
    told = CliRunner().invoke(accounts, ["templates", "--help"]).stdout
    assert "SHOP" in told
    assert "店铺账户的编号或名称" in told
