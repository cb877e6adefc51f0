"""Two windows press at one moment: what comes of it is what one after the other would have made, in either order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import AppError
from campaign_app.services.import_plan import Source
from tests.helpers.lengths import ALL
from tests.helpers.peaking import plan
from tests.helpers.shop import NOW
from tests.helpers.staged import CLEAN, Staged, stage
from tests.helpers.two_windows import DONE, at_once, told, two_windows

ROUNDS = 25 if ALL else 3
ENDED = (CampaignState.CANCELLED, CampaignState.CANCELLING)
LATER = NOW + timedelta(hours=3)
OTHER = CLEAN.replace("冬装", "春装")
Act = Callable[[bootstrap.App, Campaign], object]


@dataclass
class Two:
    first: bootstrap.App
    second: bootstrap.App
    staged: Staged

    def seen(self, campaign_id: int, since: int) -> tuple[Any, ...]:
        """The campaign as it is, and what the audit says of it since then; times of the clock left out."""
        audit = self.first.workspace.audit.entries()
        entries = sorted((e.action, e.actor.rpartition("/")[2], e.facts.get("fields")) for e in audit if e.id > since)
        try:
            now = self.first.campaigns.get(campaign_id)
        except AppError as gone:
            return gone.code, entries
        approved = now.approved_by.rpartition("/")[2]
        return now.name, now.body, now.signature, now.state, now.state_note, approved, bool(now.send_at), entries


@pytest.fixture
def two(dialect: str, tmp_path: Path) -> Iterator[Two]:
    with two_windows(tmp_path / "workspace", dialect) as (first, second):
        yield Two(first, second, stage(first))


def does(what: str, /, **more: Any) -> Act:
    return lambda app, made: getattr(app.campaigns, what)(made.id, actor=what, **more)


def approves(app: bootstrap.App, made: Campaign) -> object:
    return app.campaigns.approve(made, recipients=7, actor="approve")


def deletes(app: bootstrap.App, made: Campaign) -> object:
    return app.campaigns.delete_draft(made.id, "delete")


def sending(two: Two) -> Campaign:
    made = two.staged.approved()
    two.first.campaigns.schedule(made.id, send_at=None, actor="李")
    two.staged.shop.set_state(made.id, CampaignState.SENDING)
    return two.first.campaigns.get(made.id)


def paused(two: Two) -> Campaign:
    return two.first.campaigns.pause(sending(two).id, actor="李")


RENAMED, SIGNED, REWORDED = does("edit", name="新名"), does("edit", signature="别名"), does("edit", body=OTHER)
PAIRS: dict[str, tuple[Callable[[Two], Campaign], Act, Act]] = {
    "approve, reword": (lambda two: two.staged.screened(), approves, REWORDED),
    "approve, rename": (lambda two: two.staged.screened(), approves, RENAMED),
    "approve, delete": (lambda two: two.staged.screened(), approves, deletes),
    "schedule, schedule": (lambda two: two.staged.approved(), *[does("schedule", send_at=LATER)] * 2),
    "schedule, rename": (lambda two: two.staged.approved(), does("schedule", send_at=LATER), RENAMED),
    "send, cancel": (lambda two: two.staged.approved(), does("schedule", send_at=None), does("cancel")),
    "pause, resume": (sending, does("pause"), does("resume")),
    "pause, cancel": (sending, does("pause"), does("cancel")),
    "resume, cancel": (paused, does("resume"), does("cancel")),
    "reword, sign": (lambda two: two.staged.draft(), REWORDED, SIGNED),
    "reword, screen": (lambda two: two.staged.draft(), REWORDED, does("screen")),
    "delete, screen": (lambda two: two.staged.draft(), deletes, does("screen")),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_who_press_at_once_one_is_the_first(two: Two, pair: str) -> None:
    make, one, other = PAIRS[pair]

    def played(press: Callable[[Campaign], list[str]]) -> tuple[Any, ...]:
        made = make(two)
        since = two.first.workspace.audit.head()[0]
        answers = press(made)
        seen = two.seen(made.id, since)
        if seen[0] != "campaign" and two.first.campaigns.get(made.id).state not in ENDED:
            two.first.campaigns.cancel(made.id, actor="李")  # it is in nobody's way in the next round
        return *answers, *seen

    orders = [
        played(lambda made: [told(lambda: one(two.first, made)), told(lambda: other(two.second, made))]),
        played(lambda made: [told(lambda: other(two.second, made)), told(lambda: one(two.first, made))][::-1]),
    ]
    for _ in range(ROUNDS):
        found = played(lambda made: at_once(lambda: one(two.first, made), lambda: other(two.second, made)))
        assert found in orders
    two.first.workspace.audit.verify()


def test_what_is_paused_anew_while_everything_goes_on_stays_paused_or_is_paused_again(two: Two) -> None:
    made = plan(two.staged)
    campaign_id = two.staged.approved().id
    two.first.campaigns.schedule(campaign_id, send_at=LATER, actor="李")
    for _ in range(ROUNDS):
        held = two.first.peaks.pause_all(made.id, drill=False, actor="王")
        answers = at_once(
            partial(two.first.peaks.resume, held.id, actor="李"),
            lambda: two.second.peaks.pause_all(made.id, drill=False, actor="王"),
        )
        assert answers == [DONE, DONE]
        now = two.first.campaigns.get(campaign_id)
        assert (now.state, now.state_note) == (CampaignState.PAUSED, "paused_all")
        newest = two.first.peaks.pauses()[0]
        assert two.first.peaks.resume(newest.id, actor="李").pause.resumed == (campaign_id,)


def entries(two: Two, since: int, kind: str) -> list[str]:
    return sorted(e.action for e in two.first.workspace.audit.entries() if e.id > since and e.action.startswith(kind))


def test_of_two_imports_of_one_file_that_read_it_otherwise_one_is_begun(two: Two, tmp_path: Path) -> None:
    for each in range(ROUNDS):
        file = tmp_path / f"{each}.csv"
        file.write_text(f"客户标识,等级\nc00001,{each}\n", encoding="utf-8")
        since = two.first.workspace.audit.head()[0]
        answers = at_once(
            partial(two.first.imports.begin, source=Source(str(file), two.staged.account), actor="王"),
            partial(
                two.second.imports.begin,
                source=Source(str(file), two.staged.account, columns={"等级": "ignore"}),
                actor="李",
            ),
        )
        assert sorted(answers) == [DONE, "import_unfinished"]
        assert entries(two, since, "import") == ["import.begun"]


def test_an_import_that_two_began_is_one_and_ends_once(two: Two, tmp_path: Path) -> None:
    """Whoever comes to a part when the other has ended it is told so; the rows are in, and counted once."""
    for each in range(ROUNDS):
        file = tmp_path / f"{each}.csv"
        file.write_text(f"客户标识,等级\nc00001,{each}\nc00002,{each}\nx,{each}\n", encoding="utf-8")
        source, since = Source(str(file), two.staged.account), two.first.workspace.audit.head()[0]
        begun = [app.imports.begin(source=source, actor="王") for app in (two.first, two.second)]
        assert begun[0].import_id == begun[1].import_id

        def applied(app: bootstrap.App, import_id: int = begun[0].import_id) -> None:
            app.imports.apply_chunk(import_id, 0)
            app.imports.finish(import_id)

        answers = at_once(partial(applied, two.first), partial(applied, two.second))
        assert DONE in answers
        assert set(answers) <= {DONE, "import_state"}
        report = two.first.imports.report(import_id=begun[0].import_id)
        assert (report.state, report.rows.changed, report.rows.waiting, report.counts["left"]) == ("done", 2, 1, 0)
        assert entries(two, since, "import") == ["import.begun", "import.begun", "import.finished"]
