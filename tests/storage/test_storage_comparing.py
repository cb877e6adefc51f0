"""Rows that entries of the audit keep roots over: whatever is done to them behind the program's back is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, Campaigning, fact, minutes, number, person, receipt, sync

from campaign_app.domain.chained import climbed, leaves
from campaign_app.domain.consent import REDACTED, ConsentFact, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.message import InboundMessage, Outcome, Page
from campaign_app.domain.ports_evidence import Compared
from campaign_app.storage import roots, schema
from campaign_app.storage.audit import entry_hash
from campaign_app.storage.claimed import claimed_in
from campaign_app.storage.comparing import compare
from campaign_app.storage.retention import SETTINGS, Retention
from campaign_app.storage.schema_sending import ledger, submission
from campaign_app.storage.workspace import Workspace

BLOB = {"sqlite": "BLOB", "postgresql": "bytea"}
FACTS, MESSAGES, MARKS = schema.consent_fact, ledger, schema.suppression
OPEN = (FACTS, MESSAGES, MARKS, schema.consent_source, schema.suppression_lift, schema.audit)


@pytest.fixture
def busy(workspace: Workspace) -> Campaigning:
    """Facts in two pages, two batches, an opt-out by reply, one by hand, and one that was lifted."""
    sending = Campaigning(workspace, 6)
    newer = fact(sending.account_id, "c5", obtained_at=NOW, checked_at=NOW + minutes(1))
    workspace.facts.append([newer], [receipt(sending.account_id, "r2")])
    sending.settle(sending.claim(0, 1), (0, Outcome.ACCEPTED), (1, Outcome.DELIVERED))
    sending.claim(2, 3)
    reply = InboundMessage("i0", "c0", number(0), "退订", NOW)
    workspace.inbox.store_inbound(sending.account_id, Page((reply,), "x", more=False), ["i0"], NOW)
    said = Suppression(ENTITY, b"", SuppressionKind.OPT_OUT, NOW, "by_hand", "来电", "李")
    workspace.opt_outs.add_numbers([number(77)], said)
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c5"))
    old = Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW - minutes(60), "reply")
    workspace.suppressions.add([old])
    fact_id, _ = workspace.facts.latest([sending.ids["c5"]])[sending.ids["c5"]]
    workspace.suppressions.lift([old], customer_id=sending.ids["c5"], fact_id=fact_id, reviewer="王", at=NOW)
    return sending


def behind_its_back(workspace: Workspace, *statements: str) -> None:
    """As whoever has the workspace's key could: past the triggers, the foreign keys and the chain."""
    with workspace.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if connection.dialect.name == "postgresql":
            driver.execute("SET session_replication_role = replica")
            for statement in statements:
                driver.execute(statement)
            driver.execute("SET session_replication_role = DEFAULT")
            driver.commit()
            return
        driver.execute("PRAGMA foreign_keys = OFF")
        found = driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in found:
            if name.rpartition("_no_")[0] in {table.name for table in OPEN}:
                driver.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            driver.execute(statement)
        driver.execute("PRAGMA foreign_keys = ON")


def trouble(workspace: Workspace) -> WorkspaceError:
    with pytest.raises(WorkspaceError) as caught:
        compare(workspace.database)
    return caught.value


def copy_of(table: sa.Table, which: int, **other: str) -> str:
    """An INSERT of a row again, with some columns said otherwise."""
    names = [column.name for column in table.c]
    told = ", ".join(other.get(name, name) for name in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {told} FROM {table.name} WHERE id = {which}"


def told(workspace: Workspace, action: str) -> list[dict[str, str | int | bool | None]]:
    """The oldest first."""
    return [entry.facts for entry in reversed(workspace.audit.entries(limit=99)) if entry.action == action]


def test_each_entry_says_how_many_rows_it_stands_for(busy: Campaigning) -> None:
    workspace = busy.workspace
    assert [(each["facts"], each["receipts"], each["account"]) for each in told(workspace, "facts.kept")] == [
        (6, 1, busy.account_id), (1, 1, busy.account_id),
    ]  # fmt: skip
    first, second = told(workspace, "batch.claimed")
    assert (first["messages"], first["campaign"], first["account"]) == (2, busy.campaign_id, busy.account_id)
    assert first["batch"] != second["batch"]
    assert len({first["messages_root"], second["messages_root"]}) == 2
    reply, by_hand, _ = told(workspace, "suppression.added")
    assert (reply["source"], reply["kind"], reply["entity"], reply["marks"]) == ("reply", "opt_out", ENTITY, 2)
    assert (by_hand["source"], by_hand["numbers"], by_hand["new"], by_hand["marks"]) == ("by_hand", 1, 1, 1)
    (lifted,) = told(workspace, "suppression.lifted")
    assert (lifted["marks"], lifted["lifts"]) == (1, 1)
    actors = {entry.action: entry.actor.rpartition("/")[2] for entry in workspace.audit.entries(limit=99)}
    assert (actors["batch.claimed"], actors["facts.kept"]) == ("worker", "worker")
    assert compare(workspace.database) == Compared(workspace.audit.head()[0], 8, 7 + 4 + 4 + 1, 0)


def test_each_message_leads_to_what_was_told_of_its_batch(busy: Campaigning) -> None:
    with busy.workspace.database.read() as connection:
        found = [claimed_in(connection, busy.campaign_id, seq) for seq in range(4)]
        rows = [tuple(row) for row in connection.execute(roots.MESSAGE.order_by(ledger.c.id))]
    entries = {entry.id: entry for entry in busy.workspace.audit.entries(limit=99)}
    for row, claimed in zip(rows, found, strict=True):
        assert claimed is not None
        assert claimed.row == (row[0], row[1], row[4], row[5])
        entry, (leaf,) = entries[claimed.entry], leaves("message", [row])
        assert (entry.action, entry.facts["batch"]) == ("batch.claimed", claimed.batch)
        assert climbed(leaf, claimed.path).hex() == entry.facts["messages_root"]
    assert len({each.entry for each in found if each is not None}) == 2


EDITS = {
    "a text": ("messages", "UPDATE ledger SET text = 'x' WHERE id = 3"),
    "whom it went to": ("messages", "UPDATE ledger SET customer_id = customer_id + 1 WHERE id = 1"),
    "a text as bytes": ("messages", "UPDATE ledger SET dedupe_key = CAST('x' AS {blob}) WHERE id = 4"),
    "when a batch was claimed": ("messages", "UPDATE submission SET claimed_at = claimed_at - 1 WHERE id = 2"),
    "a message taken out": ("messages", "DELETE FROM ledger WHERE id = 2"),
    "the last message taken out": ("messages", "DELETE FROM ledger WHERE id = 4"),
    "all messages taken out": ("messages", "DELETE FROM ledger"),
    "a message put in": (
        "messages",
        copy_of(ledger, 4, id="99", seq="99", message_id="'m'", dedupe_key="CAST('y' AS {blob})"),
    ),
    "a message put in before all": (
        "messages",
        copy_of(ledger, 4, id="0", seq="99", message_id="'m'", dedupe_key="CAST('y' AS {blob})"),
    ),
    "a consent": ("facts", "UPDATE consent_fact SET status = 'confirmed', method = 'verbal' WHERE id = 2"),
    "when it was given": ("facts", "UPDATE consent_fact SET obtained_at = 1 WHERE id = 7"),
    "whose it is": ("facts", "UPDATE customer SET ref = 'somebody' WHERE ref = 'c1'"),
    "who said so": ("facts", "UPDATE consent_source SET simulated = 1 - simulated WHERE id = 1"),
    "a fact taken out": ("facts", "DELETE FROM consent_fact WHERE id = 3"),
    "a fact put in": ("facts", copy_of(FACTS, 7, id="8")),
    "an opt-out": ("marks", "UPDATE suppression SET since = since + 1 WHERE id = 1"),
    "who put it down": ("marks", "UPDATE suppression SET said_by = 'x' WHERE source = 'by_hand'"),
    "an opt-out taken out": ("marks", "DELETE FROM suppression WHERE source = 'by_hand'"),
    "an opt-out put in": ("marks", copy_of(MARKS, 1, id="88", since="7")),
    "a lift put in": ("lifts", copy_of(schema.suppression_lift, 1, id="2")),
    "a lift": ("lifts", "UPDATE suppression_lift SET reviewer = 'x'"),
}


@pytest.mark.parametrize("what", EDITS)
def test_what_is_changed_behind_its_back_is_found(busy: Campaigning, what: str, dialect: str) -> None:
    kind, statement = EDITS[what]
    behind_its_back(busy.workspace, statement.format(blob=BLOB[dialect]))
    error = trouble(busy.workspace)
    assert error.facts["rows_of"] == kind
    assert busy.workspace.audit.verify() > 0, "the chain alone says nothing of it"


def test_the_first_entry_that_disagrees_is_named(busy: Campaigning) -> None:
    behind_its_back(busy.workspace, "UPDATE ledger SET text = 'x' WHERE id = 3", "DELETE FROM suppression")
    error = trouble(busy.workspace)
    entry = next(each for each in busy.workspace.audit.entries(limit=99) if each.id == error.facts["entry"])
    assert error.code == "record_differs"
    assert (entry.action, entry.facts["messages_last"]) == ("batch.claimed", 4)
    expected = {"where": "campaign", "which": str(busy.campaign_id), "at": "2026-11-10 10:00:00"}
    assert expected.items() <= error.facts.items()
    assert (error.facts["told"], error.facts["found"]) == (2, 2)


def test_a_row_that_no_entry_speaks_of_is_named_until_the_next_entry_is(busy: Campaigning, dialect: str) -> None:
    behind_its_back(
        busy.workspace,
        copy_of(ledger, 4, id="5", seq="99", message_id="'m'", dedupe_key=f"CAST('y' AS {BLOB[dialect]})"),
    )
    assert (trouble(busy.workspace).code, trouble(busy.workspace).facts["row"]) == ("record_missing", 5)
    busy.claim(4)
    assert trouble(busy.workspace).code == "record_differs", "the batch behind it does not take it in"


def test_nothing_that_the_program_itself_does_later_looks_like_a_change(busy: Campaigning) -> None:
    workspace, account = busy.workspace, busy.account_id
    before = compare(workspace.database)
    busy.settle(workspace.ledger.unsettled(busy.campaign_id)[0], (2, Outcome.DELIVERED), (3, Outcome.FAILED))
    workspace.subjects.restrict(busy.ids["c2"], actor="李", at=NOW, note="来电")
    workspace.subjects.erase(busy.ids["c1"], actor="李", at=NOW)
    gone = ConsentFact.unknown(CustomerRef(account, "c3"), note=REDACTED, observed_at=NOW)
    workspace.facts.append([gone], [])
    sync(workspace, account, replace(person("c4", number(444)), withdrawn=True))
    going = Retention(workspace.database)
    while going.step(lambda: dict.fromkeys(SETTINGS, 1), NOW + timedelta(days=4_000)):
        pass
    after = compare(workspace.database)
    assert after.before == 0
    assert after.rows > before.rows
    assert after.roots > before.roots


def test_nothing_appended_is_nothing_told(busy: Campaigning) -> None:
    workspace = busy.workspace
    entries = workspace.audit.head()
    workspace.facts.append([fact(busy.account_id, "nobody")], [])
    workspace.facts.append([], [])
    workspace.suppressions.add([])
    reply = InboundMessage("i0", "c0", number(0), "退订", NOW)
    workspace.inbox.store_inbound(busy.account_id, Page((reply,), "y", more=False), ["i0"], NOW)
    assert workspace.audit.head() == entries


def test_rows_from_before_are_counted_and_never_taken_for_a_change(workspace: Workspace) -> None:
    """An older workspace has none of these entries; what it holds by then is put down once."""
    sending = Campaigning(workspace, 4)
    sending.claim(0, 1)
    behind_its_back(workspace, "DELETE FROM audit")
    with workspace.database.write() as connection:
        roots.begin(connection, 0)
    assert compare(workspace.database) == Compared(1, 0, 0, 4 + 2)
    sending.claim(2, 3)
    assert compare(workspace.database) == Compared(2, 1, 2, 4 + 2)
    behind_its_back(workspace, "DELETE FROM consent_fact WHERE id = 4")
    error = trouble(workspace)
    assert (error.code, error.facts["rows_of"], error.facts["told"], error.facts["found"]) == (
        "rows_before", "facts", 4, 3,
    )  # fmt: skip


def test_rows_cannot_be_called_older_once_there_are_entries(busy: Campaigning) -> None:
    with busy.workspace.database.write() as connection:
        roots.begin(connection, 0)
    assert trouble(busy.workspace).code == "record_differs"


FORGED = (
    '"marks_root":', '[{"marks_root":"00"}]', '{"marks_root":null}', '{"marks":0,"marks_last":0,"marks_root":""}',
    '{"marks":"1","marks_last":1,"marks_root":"00"}', '{"marks":1,"marks_last":99999999999999999999,"marks_root":"0"}',
    '{"x":{"marks_root":1},"marks":1,"marks_last":4}',
    '{"campaign":{"x":1},"marks":true,"marks_last":-1,"marks_root":1}',
)  # fmt: skip


@pytest.mark.parametrize("facts", FORGED)
def test_an_entry_that_makes_no_sense_is_one_that_disagrees(busy: Campaigning, facts: str) -> None:
    """In a team a person's own SQL may write any text there, as long as it fits the chain."""
    with busy.workspace.database.write() as connection:
        number, before = connection.execute(
            sa.select(schema.audit.c.id, schema.audit.c.hash).order_by(schema.audit.c.id.desc()).limit(1)
        ).one()
        values = (number + 1, 2**60, "some.thing", "x", facts, before)
        row = dict(zip(("id", "at", "action", "actor", "facts", "prev_hash"), values, strict=True))
        connection.execute(sa.insert(schema.audit).values(row | {"hash": entry_hash(*values)}))
    assert (trouble(busy.workspace).code, trouble(busy.workspace).facts["entry"]) == ("record_differs", number + 1)


def test_a_workspace_without_rows_begins_without_a_word(workspace: Workspace) -> None:
    with workspace.database.write() as connection:
        roots.begin(connection, 0)
    assert compare(workspace.database) == Compared(0, 0, 0, 0)


def test_looking_through_it_tells_how_far_it_is_and_can_be_stopped(
    busy: Campaigning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_app.storage.comparing.PAGE", 2)
    done: list[float] = []
    compare(busy.workspace.database, done.append)
    assert done == sorted(done)
    assert 0 < done[0] < 1

    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        compare(busy.workspace.database, stop)


def test_every_column_that_never_changes_is_hashed() -> None:
    """A new column needs a decision: it is hashed by a new name of its leaf, or it may change."""
    changing = {"settled", "parts", "refused_parts", "price"}
    assert {c.name for c in submission.c} - {c.name for c in roots.BATCH.selected_columns} == changing
    for kind in roots.ROOTED.values():
        assert [c.name for c in kind.table.c] == [c.name for c in kind.rows.selected_columns][: len(kind.table.c)]
    assert {c.name for c in schema.consent_source.c} == {c.name for c in roots.SOURCE.selected_columns}
