"""What an open complaint case needs stays, whatever its age, until the case is closed long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from storage_plans import grown
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Campaigning, number, person, shop, sync

from campaign_app.domain.complaint import Case, NewCase, Source, Unmatched, Way
from campaign_app.domain.lookback import Found, RunState, Scope
from campaign_app.domain.message import InboundMessage, Outcome, Page
from campaign_app.domain.phone import Phone
from campaign_app.storage import retention
from campaign_app.storage.columns import metadata
from campaign_app.storage.retention import SETTINGS, Retention
from campaign_app.storage.schema_lookback import lookback_found
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.workspace import Workspace

DAYS = dict.fromkeys(SETTINGS, 365) | {retention.CLOSED: 100}
YEARS = NOW + timedelta(days=2_000)
DAY = timedelta(days=1)


@pytest.fixture
def sending(workspace: Workspace) -> Campaigning:
    """Two people were sent a message and answered it."""
    made = Campaigning(workspace, 2)
    made.settle(made.claim(0, 1), (0, Outcome.DELIVERED), (1, Outcome.DELIVERED))
    said = [InboundMessage(f"i{n}", f"c{n}", number(n), f"话{n}", NOW) for n in (0, 1)]
    workspace.inbox.store_inbound(made.account_id, Page(tuple(said), "x", more=False), [], NOW)
    return made


def complain(sending: Campaigning, phone: Phone | None = None, ref: str = "") -> Case:
    new = NewCase(ENTITY, Source.R12321, Way.FORM, NOW + DAY, NOW + DAY, "", phone, ref)
    return sending.workspace.complaints.add(new, actor="李", at=NOW + DAY)


def close(sending: Campaigning, case: Case, at: datetime) -> None:
    cases = sending.workspace.complaints
    if case.ledger_id is None:
        cases.unmatch(case.id, Unmatched.NOT_OURS, note="", actor="李", at=at)
    cases.answer(case.id, "已答复", actor="李", at=at)
    cases.close(case.id, "", actor="李", at=at)


@pytest.fixture(autouse=True)
def _no_leap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two passes months go by, in which a worker would have looked on."""
    monkeypatch.setattr(retention, "LEAP", YEARS - NOW)


def purge(sending: Campaigning, now: datetime) -> None:
    going = Retention(sending.workspace.database)
    while going.step(lambda: DAYS, now):
        pass


def words(sending: Campaigning) -> list[str]:
    with sending.workspace.database.read() as connection:
        return list(connection.execute(sa.select(inbound.c.text).order_by(inbound.c.inbound_id)).scalars())


def receipts(sending: Campaigning) -> list[tuple[object, object, object]]:
    told = [each.facts for each in sending.workspace.audit.entries(limit=99) if each.action == "retention.purged"]
    return [(facts["records"], facts["rows"], facts["kept"]) for facts in reversed(told)]


@pytest.mark.parametrize("way", ["number", "ref", "erased"])
def test_the_reply_of_whoever_complained_stays_until_the_case_is_closed_long_enough(
    sending: Campaigning, way: str
) -> None:
    case = complain(sending, None, "c0") if way == "ref" else complain(sending, number(0))
    if way == "erased":
        sending.workspace.subjects.erase(sending.ids["c0"], actor="李", at=NOW + 2 * DAY)
    purge(sending, YEARS)
    assert words(sending) == ["话0", ""]
    assert receipts(sending) == [("replies", 1, 1)]
    purge(sending, YEARS + DAY)
    assert len(receipts(sending)) == 1, "nothing new, no receipt"
    close(sending, case, YEARS + 2 * DAY)
    purge(sending, YEARS + 101 * DAY)
    assert words(sending) == ["话0", ""], "it was closed 99 days ago"
    sending.workspace.complaints.reopen(case.id, "又来函", actor="李", at=YEARS + 102 * DAY)
    purge(sending, YEARS + 300 * DAY)
    assert words(sending) == ["话0", ""]
    close(sending, sending.workspace.complaints.case(case.id), YEARS + 300 * DAY)
    purge(sending, YEARS + 401 * DAY)
    assert words(sending) == ["", ""]
    assert receipts(sending)[-1] == ("replies", 1, 0)


def test_a_complaint_by_reference_keeps_nothing_of_another_entitys_customer(sending: Campaigning) -> None:
    workspace = sending.workspace
    other = shop(workspace, "k9", entity_uscc=OTHER_ENTITY)
    sync(workspace, other, person("c0", number(9)))
    said = InboundMessage("i9", "c0", None, "话9", NOW)
    workspace.inbox.store_inbound(other, Page((said,), "x", more=False), [], NOW)
    complain(sending, None, "c0")
    purge(sending, YEARS)
    assert words(sending) == ["话0", "", ""]


def test_that_something_is_kept_is_told_where_nothing_went(sending: Campaigning) -> None:
    for n in (0, 1):
        complain(sending, number(n))
    purge(sending, YEARS)
    assert words(sending) == ["话0", "话1"]
    assert receipts(sending) == [("replies", 0, 2)]


def test_more_than_a_step_is_let_go_in_several(sending: Campaigning, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS", 1)
    cases = [complain(sending, number(n)) for n in (0, 1)]
    purge(sending, YEARS)
    for case in cases:
        close(sending, case, YEARS)
    purge(sending, YEARS + 101 * DAY)
    assert (words(sending), receipts(sending)) == (["", ""], [("replies", 0, 2), ("replies", 2, 0)])


def test_what_a_look_back_says_of_its_message_stays_beside_rows_that_go(sending: Campaigning) -> None:
    case, store = complain(sending, number(0)), sending.workspace.lookbacks
    assert case.ledger_id is not None
    for at in (NOW + DAY, NOW + 2 * DAY):
        run = store.begin(Scope(NOW, NOW + DAY), asked_by="王", at=at)
        rows = [Found(each, 1, 1, "rule", "since", "A", "", 0, None, NOW) for each in (case.ledger_id, 77, 78)]
        store.keep(run.id, 0, 1, rows, 3, "v")
        store.set_state(run.id, RunState.DONE, among=[RunState.RUNNING], actor="王", at=at)
    purge(sending, YEARS)
    assert left(sending) == [case.ledger_id, case.ledger_id]
    assert receipts(sending)[-1] == ("lookbacks", 4, 2)
    close(sending, case, YEARS)
    purge(sending, YEARS + 101 * DAY)
    assert left(sending) == []
    assert receipts(sending)[-1] == ("lookbacks", 2, 0)


def left(sending: Campaigning) -> list[int]:
    with sending.workspace.database.read() as connection:
        return list(connection.execute(sa.select(lookback_found.c.ledger_id)).scalars())


def test_what_proves_the_case_is_no_record_type_that_goes(sending: Campaigning) -> None:
    case, store = complain(sending, number(0)), sending.workspace
    close(sending, case, NOW + 2 * DAY)
    names = (
        "ledger",
        "ledger_outcome",
        "consent_fact",
        "campaign",
        "campaign_member",
        "complaint_case",
        "complaint_note",
    )

    def all_rows() -> list[list[tuple[object, ...]]]:
        with store.database.read() as connection:
            return [list(map(tuple, connection.execute(sa.select(metadata.tables[name])))) for name in names]

    before, found = all_rows(), store.complaints.found(case.id)
    purge(sending, NOW + timedelta(days=40_000))
    assert (all_rows(), store.complaints.found(case.id)) == (before, found)


def test_what_is_asked_for_reads_no_grown_table_whole(sending: Campaigning) -> None:
    complain(sending, number(0))
    complain(sending, None, "c1")
    with grown(sending.workspace) as plans:
        purge(sending, YEARS)
    assert plans.steps
    assert plans.whole == {}
