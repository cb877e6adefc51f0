"""A case pack holds what answers one complaint: a document, a bundle that says the same, and a proof that verifies."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.complaint import Action, Case, NewCase, Source, Way
from campaign_app.domain.errors import NotAllowed, NotPermitted, WorkspaceError
from campaign_app.domain.phone import Phone
from campaign_app.domain.team import Person, Role
from campaign_app.evidence.checking import verify_file
from campaign_app.reports.case_pack import BUNDLE, PDF, PROOF
from campaign_app.storage.cases import SqlComplaints
from campaign_app.storage.retention import SETTINGS, Retention
from tests.helpers.authority import authority, needs_openssl
from tests.helpers.pdf_text import read_pdf
from tests.helpers.shop import ENTITY, person
from tests.helpers.staged import KEY, Staged, open_by_day, stage

ROOT = Path(__file__).parents[2]


@pytest.fixture
def staged(tmp_path: Path, qapp: object) -> Iterator[Staged]:
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        made = stage(app)
        made.shop.platforms[made.account].signs = False
        yield made


def phone(who: int) -> Phone:
    found = person("c", who).phone
    assert found is not None
    return found


def complained(staged: Staged, who: int = 4, **changed: Any) -> Case:
    now = staged.app.clock()
    new = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, "GD-1", phone(who), text="骚扰", signature="安宁百货")
    return staged.app.complaints.add(replace(new, **changed), actor="李")


def test_a_pack_holds_document_bundle_and_a_proof_that_a_stranger_verifies(staged: Staged, tmp_path: Path) -> None:
    campaign = staged.sent()
    case = complained(staged, text=f"骚扰，我是{phone(4).digits}")
    staged.app.complaints.own(case.id, "王", actor="王")
    heard: list[float] = []
    made = staged.app.case_packs.export(case.id, tmp_path / "pack.zip", actor="王", tick=heard.append)
    assert made.sha256 == hashlib.sha256(made.file.read_bytes()).hexdigest()
    assert heard == sorted(heard)
    with ZipFile(made.file) as pack:
        assert pack.namelist() == [PDF, BUNDLE, PROOF] == list(made.names)
        pack.extractall(tmp_path / "out")
    told = json.loads((tmp_path / "out" / BUNDLE).read_text(encoding="utf-8"))
    assert told["files"] == {
        name: hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() for name in (PDF, PROOF)
    }
    assert (told["complaint"]["number"], told["complaint"]["who"], told["message"]["campaign"]) == (
        "GD-1", phone(4).masked, campaign.id,
    )  # fmt: skip
    assert told["message"]["text"].startswith("【安宁百货】顾客4")
    assert told["approval"]["by"] == campaign.approved_by
    assert (told["complaint"]["answer_by_law"]["draft"], told["consent"]["signed_by_platform"]) == (True, False)
    assert (told["consent"]["fact"]["status"], told["consent"]["fact"]["purposes"]) == ("confirmed", ["retail"])
    assert told["signature_filing"]["at_sending"]["carrier_filed"] is True
    actions = [each["action"] for each in told["audit"]["complaint"]]
    assert actions == ["complaint.entered", "complaint.owned"]
    assert "campaign.approved" in [each["action"] for each in told["audit"]["campaign"]]
    assert told["complaint"]["text"] == f"骚扰，我是{phone(4).masked}"
    verdict = verify_file(tmp_path / "out" / PROOF, head=made.head)
    assert verdict.ok, verdict.problem
    stranger = [sys.executable, str(ROOT / "tools" / "verify_evidence.py"), str(tmp_path / "out" / PROOF)]
    found = subprocess.run([*stranger, "--head", made.head], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert staged.app.complaints.history(case.id)[-1].action is Action.PACKED


def test_a_pack_can_still_be_made_when_its_person_was_erased_and_years_are_over(staged: Staged, tmp_path: Path) -> None:
    staged.sent()
    case, subjects = complained(staged), staged.app.subjects
    subjects.erase(subjects.find(staged.account, "c00004"), actor="李")
    going, later = Retention(staged.app.workspace.database), staged.app.clock() + timedelta(days=40_000)
    while going.step(lambda: dict.fromkeys(SETTINGS, 0), later):
        pass
    made = staged.app.case_packs.export(case.id, tmp_path / "pack.zip", actor="王")
    with ZipFile(made.file) as pack:
        told = json.loads(pack.read(BUNDLE))
        pack.extractall(tmp_path / "out")
    assert told["message"]["text"].startswith("【安宁百货】顾客4")
    assert told["consent"]["fact"]["status"] == "confirmed"
    assert told["approval"]["by"]
    assert verify_file(tmp_path / "out" / PROOF, head=made.head).ok


def test_its_document_says_what_is_asked_and_marks_what_is_a_draft(staged: Staged, tmp_path: Path) -> None:
    staged.sent()
    made = staged.app.case_packs.export(complained(staged).id, tmp_path / "pack.zip", actor="王")
    with ZipFile(made.file) as pack:
        said = read_pdf(pack.read(PDF)).text.replace("\n", "")
        whole = b"".join(pack.read(name) for name in pack.namelist())
    for words in (
        "短信投诉举证材料",
        "GD-1",
        "征求意见稿",
        "从未生效",
        "未与原文核对",
        "拒收请回复R",
        "审计摘录",
        "没有数字签名",
    ):
        assert words in said, words
    assert phone(4).digits not in said
    assert phone(4).digits.encode() not in whole


@needs_openssl
def test_it_names_who_stamped_the_audit_since_the_approval(staged: Staged, tmp_path: Path) -> None:
    stamping, theirs = staged.app.evidence.stamping, authority(tmp_path / "tsa")
    stamping.ask(tmp_path / "early.tsq", actor="王")
    stamping.read(theirs.reply(tmp_path / "early.tsq"), theirs.root, actor="王")
    staged.sent()
    head = stamping.ask(tmp_path / "late.tsq", actor="王")
    kept = stamping.read(theirs.reply(tmp_path / "late.tsq"), theirs.root, actor="王")
    made = staged.app.case_packs.export(complained(staged).id, tmp_path / "pack.zip", actor="王")
    with ZipFile(made.file) as pack:
        told, said = json.loads(pack.read(BUNDLE)), read_pdf(pack.read(PDF)).text.replace("\n", "")
        pack.extractall(tmp_path / "out")
    at = kept.at.isoformat().replace("+00:00", "Z")
    assert told["audit"]["stamps"] == [{"head": head, "at": at, "authority": "CN=signer", "ca": kept.ca}]
    assert "CN=signer" in said
    assert kept.ca in said.replace(" ", "")
    assert verify_file(tmp_path / "out" / PROOF, head=head, authority=theirs.root).ok


def test_nothing_is_packed_of_a_case_without_a_message_or_over_a_file(staged: Staged, tmp_path: Path) -> None:
    staged.sent()
    nobody, case = complained(staged, number="GD-2", phone=Phone("13900000000")), complained(staged)
    with pytest.raises(NotAllowed) as caught:
        staged.app.case_packs.export(nobody.id, tmp_path / "none.zip", actor="王")
    assert caught.value.code == "complaint_unproven"
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(WorkspaceError) as there:
        staged.app.case_packs.export(case.id, tmp_path / "there.zip", actor="王")
    assert there.value.code == "file_exists"
    assert (tmp_path / "there.zip").read_bytes() == b"mine"

    def stop(done: float) -> None:
        if done >= 0.7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        staged.app.case_packs.export(case.id, tmp_path / "stopped.zip", actor="王", tick=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "there.zip", "ws"]
    packs = staged.app.case_packs.used_by(Person("o", frozenset({Role.OPERATOR})))
    with pytest.raises(NotPermitted):
        packs.export(case.id, tmp_path / "operator.zip", actor="o")


def test_a_pack_that_no_history_tells_of_is_not_there(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise WorkspaceError("disk_full", "The disk is full")

    staged.sent()
    case = complained(staged)
    monkeypatch.setattr(SqlComplaints, "packed", full)
    with pytest.raises(WorkspaceError, match="The disk is full"):
        staged.app.case_packs.export(case.id, tmp_path / "pack.zip", actor="王")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "ws"]


def test_somebody_who_was_erased_since_is_still_proven(staged: Staged, tmp_path: Path) -> None:
    staged.sent()
    case = complained(staged)
    now = staged.app.clock()
    staged.app.workspace.customers.upsert_page(staged.account, [], "x", now, redacted=["c00004"])
    made = staged.app.case_packs.export(case.id, tmp_path / "pack.zip", actor="王")
    with ZipFile(made.file) as pack:
        assert json.loads(pack.read(BUNDLE))["complaint"]["who"] == ""
