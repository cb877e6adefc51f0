"""What a noted head covers: whoever holds the workspace could make up whatever was told to the audit only behind it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.proofs import both, lines, parsed
from tests.helpers.staged import Staged


def covered(texts: list[str], head: str) -> bool:
    ours, theirs = both(texts, head)
    assert (ours.ok, theirs["ok"]) == (True, True)
    assert ours.head_compared is theirs["head_compared"] is bool(head)
    assert ours.head_covers is theirs["head_covers"]
    return ours.head_covers


def test_a_head_covers_a_message_from_the_entry_of_its_batch_on(staged: Staged, tmp_path: Path) -> None:
    campaign, desk = staged.approved(), staged.app.evidence
    before = str(desk.head())
    staged.let_go(campaign)
    after = str(desk.head())
    made = desk.export(campaign.id, tmp_path / "one.yunfa", actor="王", person="c00004")
    texts = lines(made.file)
    assert not covered(texts, "")
    assert not covered(texts, before)
    assert covered(texts, after)
    assert covered(texts, str(made.head))
    entry = next(line["number"] for line in parsed(made.file, "entry") if line["action"] == "batch.claimed")
    assert int(before.partition(":")[0]) < entry <= int(after.partition(":")[0])


def test_of_a_whole_campaign_the_export_tells_first(staged: Staged, tmp_path: Path) -> None:
    """Entries of batches are hashes there: nothing in the file leads from a record to what was told at the sending."""
    campaign, desk = staged.sent(), staged.app.evidence
    after = str(desk.head())
    made = desk.export(campaign.id, tmp_path / "all.yunfa", actor="王")
    texts = lines(made.file)
    assert not covered(texts, after)
    assert covered(texts, str(made.head))
    assert json.loads(texts[-1])["number"] == made.head.number
