"""What a sender pushed: there after a restart, in its order, each part with its message whichever came first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from storage_samples import KEY, NOW, minutes, shop

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.message import Outcome
from campaign_app.jobs.pushed import Handed, KeptReceipt, PushedReceipt, PushedReply
from campaign_app.storage.keys import Vault
from campaign_app.storage.pushed import SqlPushed
from campaign_app.storage.workspace import Workspace, open_workspace

GOOD = PushedReceipt("a", Outcome.DELIVERED)
BAD = PushedReceipt("b", Outcome.FAILED, "smpp_undeliv_001")
REPLY = PushedReply("8613800000001", "退订", 7, 1, 2)


def test_everything_of_one_call_is_there_after_a_restart(folder: Path) -> None:
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        account = shop(workspace)
        workspace.pushed.keep(account, NOW, handed=[Handed("a", "m1")], receipts=[GOOD, BAD], replies=[REPLY])
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        found = workspace.pushed.receipts(account, 0, 10)
        assert found == (KeptReceipt(1, GOOD, NOW, Handed("a", "m1")), KeptReceipt(2, BAD, NOW, None))
        (kept,) = workspace.pushed.replies(account, 0, 10)
        assert (kept.reply, kept.kept_at) == (REPLY, NOW)


def test_a_receipt_finds_its_part_whichever_came_first(workspace: Workspace) -> None:
    account = shop(workspace)
    workspace.pushed.keep(account, NOW, receipts=[GOOD])
    assert workspace.pushed.receipts(account, 0, 10)[0].handed is None
    workspace.pushed.keep(account, NOW, handed=[Handed("a", "m1", 2, 3)])
    assert workspace.pushed.receipts(account, 0, 10)[0].handed == Handed("a", "m1", 2, 3)


def test_an_id_that_is_used_anew_belongs_to_the_later_message(workspace: Workspace) -> None:
    account = shop(workspace)
    for message in ("m1", "m2"):
        workspace.pushed.keep(account, NOW, handed=[Handed("a", message)])
    assert workspace.pushed.handed(account, ["m1", "m2"]) == (Handed("a", "m2"),)


def test_accounts_share_nothing(workspace: Workspace) -> None:
    mine, other = shop(workspace), shop(workspace, "k2")
    workspace.pushed.keep(mine, NOW, handed=[Handed("a", "m1")], receipts=[GOOD], replies=[REPLY])
    pushed = workspace.pushed
    assert (pushed.receipts(other, 0, 9), pushed.replies(other, 0, 9), pushed.handed(other, ["m1"])) == ((), (), ())
    pushed.keep(other, NOW, receipts=[GOOD])
    assert pushed.receipts(other, 0, 9)[0].handed is None
    pushed.forget(other, "reports", to=99, before=NOW + minutes(1))
    assert (len(pushed.receipts(mine, 0, 9)), pushed.receipts(other, 0, 9)) == (1, ())


def test_pages_go_on_behind_the_last_id(workspace: Workspace) -> None:
    account, receipts = shop(workspace), [PushedReceipt(f"p{n}", Outcome.DELIVERED) for n in range(5)]
    workspace.pushed.keep(account, NOW, receipts=receipts, replies=[REPLY] * 5)
    assert [row.id for row in workspace.pushed.receipts(account, 1, 3)] == [2, 3, 4]
    assert [row.id for row in workspace.pushed.replies(account, 4, 3)] == [5]


def test_the_first_receipt_of_a_part_is_the_one_that_counts(workspace: Workspace) -> None:
    account = shop(workspace)
    late = PushedReceipt("a", Outcome.FAILED, "late")
    workspace.pushed.keep(
        account, NOW, handed=[Handed("a", "m1", 1, 2), Handed("b", "m1", 2, 2)], receipts=[GOOD, late]
    )
    assert workspace.pushed.outcomes(account, ["m1"]) == {"m1": {1: GOOD}}
    workspace.pushed.keep(account, NOW, receipts=[BAD])
    assert workspace.pushed.outcomes(account, ["m1", "m2"]) == {"m1": {1: GOOD, 2: BAD}}


def test_a_receipt_of_an_id_from_long_before_its_part_is_another_messages(workspace: Workspace) -> None:
    """A centre that was started anew counts from one again."""
    account, parts = shop(workspace), [Handed("a", "m2", 1, 2), Handed("b", "m2", 2, 2)]
    workspace.pushed.keep(account, NOW, handed=[Handed("b", "m1")], receipts=[BAD])
    workspace.pushed.keep(account, NOW + minutes(30), handed=parts)
    assert workspace.pushed.outcomes(account, ["m2"]) == {}
    assert [row.handed for row in workspace.pushed.receipts(account, 0, 9)] == [None]
    workspace.pushed.keep(account, NOW + minutes(31), receipts=[GOOD, PushedReceipt("b", Outcome.DELIVERED)])
    found = workspace.pushed.outcomes(account, ["m2"])
    assert {number: receipt.outcome for number, receipt in found["m2"].items()} == dict.fromkeys((1, 2), GOOD.outcome)


def test_a_part_that_its_receipts_name_is_as_old_as_the_first_of_them(workspace: Workspace) -> None:
    """Each of Kannel's receipts names its part; a late one makes none of the others another message's."""
    account, part = shop(workspace), Handed("a", "m1", 1, 2)
    for passed, receipt in ((0, GOOD), (90, PushedReceipt("a", Outcome.FAILED, "late"))):
        workspace.pushed.keep(account, NOW + minutes(passed), handed=[part], receipts=[receipt])
    assert workspace.pushed.outcomes(account, ["m1"]) == {"m1": {1: GOOD}}


def test_only_what_was_read_and_is_old_is_forgotten(workspace: Workspace) -> None:
    account, pushed = shop(workspace), workspace.pushed
    pushed.keep(account, NOW, receipts=[GOOD], replies=[REPLY], handed=[Handed("a", "m1")])
    pushed.keep(account, NOW + minutes(2), receipts=[GOOD], replies=[REPLY])
    for stream in ("reports", "inbound"):
        pushed.forget(account, stream, to=0, before=NOW + minutes(9))
    assert (len(pushed.receipts(account, 0, 9)), len(pushed.replies(account, 0, 9))) == (2, 2)
    for stream in ("reports", "inbound"):
        pushed.forget(account, stream, to=2, before=NOW + minutes(1))
    assert [row.id for row in (*pushed.receipts(account, 0, 9), *pushed.replies(account, 0, 9))] == [2, 2]
    assert pushed.handed(account, ["m1"]) == (Handed("a", "m1"),)
    pushed.forget(account, "reports", to=2, before=NOW + minutes(8 * 24 * 60))
    assert pushed.handed(account, ["m1"]) == ()
    pushed.keep(account, NOW, receipts=[BAD])
    assert [row.id for row in pushed.receipts(account, 0, 9)] == [3], "an id is never used again: it is a cursor"


def test_a_number_is_sealed_once_more(workspace: Workspace) -> None:
    account = shop(workspace)
    workspace.pushed.keep(account, NOW, replies=[REPLY])
    with workspace.database.read() as connection:
        (row,) = connection.execute(sa.text("SELECT * FROM pushed_reply")).mappings()
    assert b"13800000001" not in bytes(row["source_sealed"])
    assert "13800000001" not in repr(REPLY)
    with pytest.raises(WorkspaceError):
        SqlPushed(workspace.database, Vault(bytes(32))).replies(account, 0, 9)
