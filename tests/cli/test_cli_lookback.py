"""`campaign-app lookback` on a workspace that has sent nothing yet, with a real worker; what it says of mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app.cli import lookback
from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.lookback import Found, RunState
from campaign_app.services.lookback import Looked
from tests.helpers.line import Line, new_line
from tests.helpers.shop import NOW


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return new_line(tmp_path)


def test_runs_are_made_listed_compared_and_leave_tasks(line: Line) -> None:
    made = line.here("lookback", "run", "--since", "2026-01-01", "--until", "2026-01-31")
    assert (made["state"], made["looked"], made["groups"]) == ("done", 0, [])
    assert (made["from"][:10], made["until"][:10]) == ("2025-12-31", "2026-01-31"), "whole days in Beijing, as UTC"
    with line.open() as app:  # another one, as a worker would leave it
        store, scope = app.workspace.lookbacks, app.lookbacks.run(made["id"]).scope
        second = store.begin(scope, asked_by="王", at=app.clock())
        store.set_state(second.id, RunState.DONE, among=[RunState.RUNNING], actor="王", at=app.clock())
    again = {"id": second.id}
    assert [run["id"] for run in line.here("lookback", "list")["runs"]] == [again["id"], made["id"]]
    assert line.here("lookback", "show", str(again["id"]), "--rows", "5")["rows"] == []
    told = line.here("lookback", "compare", str(made["id"]), str(again["id"]))
    assert (told["new"], told["gone"], told["same"]) == (0, 0, 0)
    words = ("--what", "改文案", "--owner", "李", "--due", "2026-12-01")
    task = line.here("lookback", "add-task", str(made["id"]), *words)
    changed = line.here("lookback", "set-task", str(task["id"]), "--done", "--note", "已改")
    assert (changed["owner"], changed["due"], changed["done"], changed["note"]) == ("李", "2026-12-01", True, "已改")
    assert line.here("lookback", "tasks")["tasks"] == [changed]


def test_mistakes_are_one_sentence(line: Line) -> None:
    for words, sentence in (
        (("run", "--since", "昨天"), "不是日期"),
        (("run", "--since", "2026-02-01", "--until", "2026-01-01"), "时间范围是空的"),
        (("pause", "7"), "没有这次回头看"),
        (("set-task", "7"), "没有这个整改项"),
    ):
        status, _, said = line.call("lookback", *words, *line.options)
        assert (status, sentence in said) == (2, True), said


def test_a_row_is_told_with_its_proof_and_without_a_number() -> None:
    found = Found(3, 1, 9, "withdrawn", "since", "", "rule", 4, NOW, NOW)
    fact = ConsentFact(CustomerRef(1, "c1"), ConsentStatus.CONFIRMED, NOW)
    told = lookback._row(Looked(found, "张**", "138****0000", "店", "c1", "【店】您好", fact, None))
    assert (told["phone"], told["consent_then"], told["consent_now"]) == ("138****0000", "confirmed", None)
    assert (told["also"], told["rules"], told["kind"]) == (["rule"], [], "since")
