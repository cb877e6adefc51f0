"""The self-check report as files: what stands in them, how they are put down, and that nothing is left of a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from campaign_app import bootstrap
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.self_check import QUERIES, Period, Stage
from campaign_app.reports.self_check_files import json_text
from campaign_app.words import load
from tests.helpers.authority import authority, needs_openssl
from tests.helpers.fresh import fresh_folder
from tests.helpers.pdf_text import read_pdf
from tests.helpers.staged import Staged, open_by_day, stage

YEAR = Period.year(2026)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    for app in open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace"):
        staged: Staged = stage(app)
        staged.sent()
        yield app


def made(app: bootstrap.App, target: Path, **more: object) -> Path:
    return app.reporting.export(YEAR, Stage.CHECK, target, actor="李", **more).file  # type: ignore[arg-type]


def test_the_pdf_names_period_numbers_unverified_citations_and_the_head(
    app: bootstrap.App, tmp_path: Path, qapp: object
) -> None:
    number, head = app.workspace.audit.head()
    pdf = read_pdf(made(app, tmp_path / "a.pdf").read_bytes())
    text = pdf.text.replace("\n", "")
    report = app.reporting.measured(YEAR, Stage.CHECK)
    for said in ("短信营销自查自纠报告", "2026 年 · 自查阶段", "安宁百货有限公司",
                 f"{number}:{head.hex()}", "campaign-app report --from 2026-01-01", "零售", "金融"):  # fmt: skip
        assert said in text, said
    assert {each.rule for each in report.unverified} <= set(pdf.text.split("\n"))
    assert all(each.id in text for each in report.numbers())
    assert "含模拟数据" in text  # the staged platform is one


@needs_openssl
def test_it_names_the_latest_time_stamp(app: bootstrap.App, tmp_path: Path, qapp: object) -> None:
    assert "最近的时间戳没有" in read_pdf(made(app, tmp_path / "a.pdf").read_bytes()).text.replace("\n", "")
    theirs, stamping = authority(tmp_path / "tsa"), app.evidence.stamping
    head = stamping.ask(tmp_path / "head.tsq", actor="王")
    kept = stamping.read(theirs.reply(tmp_path / "head.tsq"), theirs.root, actor="王")
    at = kept.at.isoformat()
    # whatever else an entry says of a later head, without a reply over it
    facts = {"head": f"9{head}", "stamped_at": at, "authority": "CN=made up", "token": "AAAA"}
    app.workspace.audit.record("evidence.stamped", actor="王", at=app.clock(), **facts)
    text = read_pdf(made(app, tmp_path / "b.pdf").read_bytes()).text.replace("\n", "")
    assert head in text
    assert "CN=signer" in text
    assert kept.ca in text
    told = json.loads(made(app, tmp_path / "b.json").read_text("utf-8"))
    assert told["time_stamp"] == {"head": head, "at": at, "authority": "CN=signer", "ca": kept.ca}


def test_the_cover_of_many_entities_names_some_and_counts_all(app: bootstrap.App, tmp_path: Path, qapp: object) -> None:
    for number in range(2, 11):
        app.workspace.accounts.add_entity(Entity(f"91330100MA00000{number:02d}X", f"主体{number}"))
    cover = read_pdf(made(app, tmp_path / "a.pdf").read_bytes()).texts[0].replace("\n", "")
    assert cover.count("等 10 个") == 3  # who reports, by which codes, and who signs


def test_every_file_is_put_down_with_its_hash_and_the_head_in_it(app: bootstrap.App, tmp_path: Path) -> None:
    for kind in ("pdf", "xlsx", "json"):
        number, head = app.workspace.audit.head()
        file = made(app, tmp_path / f"a.{kind}")
        (line, *_) = app.reporting.earlier()
        assert line.facts == {
            "format": kind,
            "file_sha256": sha256(file.read_bytes()).hexdigest(),
            "stage": "check",
            "first": "2026-01-01",
            "last": "2026-12-31",
            "head": f"{number}:{head.hex()}",
        }
    assert len(app.reporting.earlier()) == 3


def test_the_workbook_has_every_number_and_the_rows_of_every_query(app: bootstrap.App, tmp_path: Path) -> None:
    book = CalamineWorkbook.from_path(made(app, tmp_path / "a.xlsx"))
    words = load("zh_CN")
    assert book.sheet_names == ["数字", *(words.term("report_query", query) for query in QUERIES)]
    rows = {row[0]: row[3] for row in book.get_sheet_by_name("数字").to_python()}
    for number in app.reporting.measured(YEAR, Stage.CHECK).numbers():
        assert rows[number.id] == ("" if number.value is None else pytest.approx(number.value))
    batches = book.get_sheet_by_name("每月批次").to_python()
    assert sum(row[3] for row in batches[1:]) == rows["B1.claimed.total"]


def test_json_holds_the_rows_that_numbers_sum_up(app: bootstrap.App) -> None:
    told = json.loads("".join(app.reporting.as_json(YEAR, Stage.FIX)))
    values = {each["id"]: each["value"] for each in told["numbers"]}
    assert (told["stage"], told["from"], told["queries"].keys()) == ("fix", "2026-01-01", QUERIES.keys())
    assert sum(row["messages"] for row in told["queries"]["outcomes"]) == values["B1.claimed.total"] > 0
    assert sum(row["people"] for row in told["queries"]["reasons"]) == values["C.screened"]
    unknown = [each for each in told["numbers"] if each["value"] is None]
    assert unknown
    assert all(each["unknown"] for each in unknown)


def test_every_word_of_a_report_is_there_in_both_languages(app: bootstrap.App) -> None:
    with app.reporting.checks.measured(YEAR, Stage.CHECK) as report:
        for language in ("zh_CN", "en"):
            words = load(language)  # type: ignore[arg-type]
            for each in json.loads("".join(json_text(report, words)))["numbers"]:
                assert "." not in each["name"].split(" · ")[-1], each
                assert each["table"] != each["id"].split(".")[0], each


@pytest.mark.parametrize(("name", "code"), [("a.docx", "report_format"), ("there.pdf", "file_exists")])
def test_what_cannot_be_made_leaves_nothing_behind(app: bootstrap.App, tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "there.pdf").write_bytes(b"mine")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(AppError) as raised:
        made(app, tmp_path / name)
    assert raised.value.code == code
    assert (tmp_path / "there.pdf").read_bytes() == b"mine"
    assert (sorted(tmp_path.iterdir()), app.reporting.earlier()) == (before, ())


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_cancelled_file_is_neither_there_nor_put_down(
    app: bootstrap.App, tmp_path: Path, kind: str, qapp: object
) -> None:
    class Stopped(Exception):
        pass

    def tick(done: float) -> None:
        if done > 0.6:
            raise Stopped

    before = sorted(tmp_path.iterdir())
    with pytest.raises(Stopped):
        made(app, tmp_path / f"a.{kind}", tick=tick)
    assert (sorted(tmp_path.iterdir()), app.reporting.earlier()) == (before, ())


def test_the_same_workspace_gives_the_same_numbers_again(app: bootstrap.App) -> None:
    first, again = (app.reporting.measured(YEAR, Stage.CHECK) for _ in range(2))
    assert list(first.numbers()) == list(again.numbers())
