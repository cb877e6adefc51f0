"""Entries of the audit that say a head was stamped and were put there past the program: nobody's proof ends by them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.domain.self_check import Period, Stage
from campaign_app.evidence import stamps
from campaign_app.evidence.checking import verify_file
from campaign_app.evidence.stamping import ASKED, STAMPED, Kept
from campaign_app.storage import schema
from campaign_app.storage.audit import entry_hash
from tests.helpers.authority import Authority, authority, needs_openssl
from tests.helpers.proofs import agreed, lines, parsed
from tests.helpers.staged import Staged

pytestmark = needs_openssl
ELSEWHERE = "3:" + "ab" * 32


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "one")


def put(app: bootstrap.App, action: str, facts: str) -> None:
    """An entry that follows from those before it, as whoever may write into the table could make it."""
    last = app.workspace.audit.entries(limit=1)[0]
    said = (last.id + 1, 0, action, "谁", facts, last.hash)
    with app.workspace.audit.db.write() as connection:
        names = [column.name for column in schema.audit.c]
        connection.execute(schema.audit.insert(), dict(zip(names, (*said, entry_hash(*said)), strict=True)))


def stamped(staged: Staged, theirs: Authority, folder: Path, head: str, nonce: int) -> Mapping[str, Any]:
    """Facts about a sound reply to a request that this workspace made or not."""
    request = folder / f"{nonce}.tsq"
    request.write_bytes(stamps.request_over(head, nonce))
    reply = theirs.reply(request).read_bytes()
    stamp = stamps.verified(reply, head, nonce, stamps.roots_in(theirs.root))
    return {
        "head": head, "stamped_at": stamp.at.isoformat(), "authority": stamp.authority, "serial": str(stamp.serial),
        "policy": stamp.policy, "ca": stamp.ca, "nonce": str(nonce), "token": b64encode(reply).decode(),
        "certificate": b64encode(stamp.root).decode(),
    }  # fmt: skip


def sound(staged: Staged, theirs: Authority, folder: Path) -> Mapping[str, Any]:
    """A stamp over the head as it is, kept by the program; its facts."""
    stamping = staged.app.evidence.stamping
    stamping.ask(folder / "head.tsq", actor="王")
    stamping.read(theirs.reply(folder / "head.tsq"), theirs.root, actor="王")
    return staged.app.workspace.audit.entries(limit=1)[0].facts


def test_an_entry_that_nobody_can_read_as_a_stamp_is_skipped(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    campaign, app = staged.sent(), staged.app
    good = sound(staged, theirs, tmp_path)
    (kept,) = app.evidence.stamping.kept().stamps
    for facts in (
        {},
        {**good, "token": None},
        {**good, "token": "中文"},
        {**good, "token": "AAAA"},
        {**good, "nonce": "x"},
        {**good, "certificate": "AAAA"},
        {**good, "head": good["head"].replace(":", "")},
        {**good, "head": ELSEWHERE},
    ):
        put(app, STAMPED, json.dumps(facts))
    for text in ("[]", "1", "{", ""):
        put(app, STAMPED, text)
        put(app, ASKED, text)
        put(app, "campaign.edited", text)
        put(app, "evidence.exported", text)
    put(app, "campaign.approved", json.dumps({"campaign": campaign.id}))
    assert app.evidence.stamping.kept() == Kept((kept,), 12)
    made = app.evidence.export(campaign.id, tmp_path / "a.yunfa", actor="王").file
    assert [line["head"] for line in parsed(made, "stamp")] == [kept.head]
    assert agreed(lines(made))
    assert verify_file(made, authority=theirs.root).ok


def test_a_reply_that_was_not_asked_for_before_is_skipped(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    """A stranger's authority stamps whatever it is shown: what counts is what this workspace asked."""
    campaign, app = staged.sent(), staged.app
    number, _ = app.workspace.audit.head()
    head, nonce = f"{number}:{'cd' * 32}", stamps.new_nonce()
    facts = json.dumps(stamped(staged, theirs, tmp_path, head, nonce))
    put(app, STAMPED, facts)
    put(app, ASKED, json.dumps({"head": ELSEWHERE, "nonce": str(nonce)}))
    put(app, STAMPED, facts)
    put(app, ASKED, json.dumps({"head": head, "nonce": str(nonce + 1)}))
    put(app, STAMPED, facts)
    assert app.evidence.stamping.kept() == Kept((), 3)
    with app.reporting.checks.measured(Period.year(2026), Stage.CHECK) as report:
        assert report.stamp is None
    put(app, ASKED, json.dumps({"head": head, "nonce": str(nonce)}))
    put(app, ASKED, json.dumps({"head": f"9999{head}", "nonce": str(nonce)}))  # of a chain that is longer than this
    assert app.evidence.stamping.kept() == Kept((), 3)  # asked only afterwards
    put(app, STAMPED, facts)
    assert len(app.evidence.stamping.kept().stamps) == 1
    # its request was made up as well: it is over no head that the chain has, and stays out of every file
    made = app.evidence.export(campaign.id, tmp_path / "a.yunfa", actor="王").file
    assert parsed(made, "stamp") == []
    assert verify_file(made, authority=theirs.root).ok


def test_another_root_is_not_taken_for_the_one_that_signed(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    good, other = sound(staged, theirs, tmp_path), authority(tmp_path / "other")
    (root,) = stamps.roots_in(other.root)
    facts = {**good, "certificate": b64encode(root.public_bytes(stamps.Encoding.DER)).decode()}
    put(staged.app, STAMPED, json.dumps(facts))
    put(staged.app, STAMPED, json.dumps({**good, "authority": "CN=中国", "stamped_at": "2020-01-01", "ca": "00"}))
    kept = staged.app.evidence.stamping.kept()
    assert kept.skipped == 1
    # what is told of a stamp is read from the reply, never from the entry
    assert [(each.authority, each.at) for each in kept.stamps] == [("CN=signer", kept.stamps[0].at)] * 2


def test_a_made_up_request_does_not_keep_a_reply_out(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    stamping = staged.app.evidence.stamping
    head = stamping.ask(tmp_path / "head.tsq", actor="王")
    nonce = staged.app.workspace.audit.entries(limit=1)[0].facts["nonce"]
    put(staged.app, ASKED, json.dumps({"head": ELSEWHERE, "nonce": nonce}))
    assert stamping.read(theirs.reply(tmp_path / "head.tsq"), theirs.root, actor="王").head == head


def test_an_export_that_cannot_read_its_stamps_is_told_of_nobody(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, audit = staged.sent(), staged.app.workspace.audit
    before = audit.head()

    def gone(*_: object) -> tuple[()]:
        raise LookupError("gone")

    monkeypatch.setattr("campaign_app.evidence.desk.stamps_in", gone)
    with pytest.raises(LookupError, match="gone"):
        staged.app.evidence.export(campaign.id, tmp_path / "a.yunfa", actor="王")
    assert audit.head() == before
