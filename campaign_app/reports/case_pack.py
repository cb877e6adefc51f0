"""导出举证包: what answers one complaint in one zip: a PDF, a bundle for machines, a proof to verify."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from campaign_app.domain.complaint import Candidate, Case, CaseNote, Deadline, Found
from campaign_app.domain.consent import ConsentFact
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.ports_evidence import AuditLine, AuditQuery, AuditReader
from campaign_app.domain.ports_people import FactStore
from campaign_app.domain.signature import SignatureReport
from campaign_app.domain.team import Permission
from campaign_app.reports.case_bundle import bundle
from campaign_app.reports.case_document import document
from campaign_app.reports.case_facts import CaseFacts, read_proof
from campaign_app.reports.document import Document
from campaign_app.reports.files import new_file
from campaign_app.services.filings import FilingStore
from campaign_app.services.permitted import Permitted, needs

SUFFIX: Final = ".zip"
PDF: Final = "举证材料.pdf"
BUNDLE: Final = "case.json"
PROOF: Final = "evidence.yunfa"
_KIND: Final = AuditQuery(kind="complaint")
_PAGE: Final = 1_000
Tick = Callable[[float], object]


class Cases(Protocol):
    def case(self, case_id: int) -> Case: ...
    def found(self, case_id: int) -> Found: ...
    def history(self, case_id: int) -> tuple[CaseNote, ...]: ...
    def packed(self, case_id: int, sha256: str, *, actor: str, at: datetime) -> None: ...


class Proofs(Protocol):
    """One person's proof in a file of its own, and what such a file holds."""

    def export(
        self,
        campaign_id: int,
        target: Path,
        *,
        actor: str,
        person: str | None = None,
        account_id: int | None = None,
        tick: Tick = ...,
    ) -> object: ...

    def lines(self, file: Path) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """What is asked for the facts of a case."""

    accounts: AccountStore
    facts: FactStore
    filings: FilingStore
    audit: AuditReader


class Printed(Protocol):
    @property
    def data(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Packed:
    """`head` is that of the audit, to be noted elsewhere; `names` what is in the zip."""

    file: Path
    size: int
    sha256: str
    head: str
    names: tuple[str, ...]


class CasePacks(Permitted):
    """`render` makes a PDF of a document; `answer_by` says until when a case is to be answered."""

    def __init__(
        self,
        cases: Cases,
        proofs: Proofs,
        kept: Kept,
        answer_by: Callable[[Case, datetime], Deadline],
        render: Callable[[Document], Printed],
        clock: Clock,
    ) -> None:
        self._cases, self._proofs, self._kept = cases, proofs, kept
        self._answer_by, self._render, self._clock = answer_by, render, clock

    @needs(Permission.HANDLE)
    def export(self, case_id: int, target: Path, *, actor: str, tick: Tick = lambda _: None) -> Packed:
        """A new zip. Raises NotFound; NotAllowed `complaint_unproven` while it is matched to no message; WorkspaceError

        `file_exists`, `disk_full`, `file_unwritable`. Without a whole file nothing is there under its name.
        """
        case = self._cases.case(case_id)
        message = next((m for m in self._cases.found(case_id).candidates if m.ledger_id == case.ledger_id), None)
        if case.ledger_id is None or message is None:
            raise NotAllowed("complaint_unproven", "The case is matched to no message", complaint=case_id)
        with new_file(target) as out, tempfile.TemporaryDirectory(dir=target.parent, prefix=".yunfa-") as folder:
            proof = Path(folder) / PROOF
            self._proofs.export(
                message.campaign_id, proof, actor=actor, person=message.ref, account_id=message.shop,
                tick=lambda done: tick(done * 0.6),
            )  # fmt: skip
            facts = self._facts(case, message, self._proofs.lines(proof))
            tick(0.7)
            names = self._write(out, facts, proof)
            tick(0.95)
            out.flush()
            with Path(out.name).open("rb") as written:
                digest = hashlib.file_digest(written, "sha256").hexdigest()
            # before the file has its name: what was handed out is told even if this is where the program ends
            self._cases.packed(case_id, digest, actor=actor, at=self._clock())
        tick(1.0)
        return Packed(target, target.stat().st_size, digest, facts.proof.head, names)

    def _facts(self, case: Case, message: Candidate, lines: Iterable[str]) -> CaseFacts:
        now = self._clock()
        reports = [
            each for each in self._kept.filings.reports(case.entity_uscc) if each.signature.text == message.signature
        ]
        return CaseFacts(
            case=case,
            entity=self._kept.accounts.entity(case.entity_uscc),
            message=message,
            consent=self._consent(message),
            history=self._cases.history(case.id),
            answer_by=self._answer_by(case, now),
            filing_then=_newest(each for each in reports if each.seen_at <= message.sent_at),
            filing_now=_newest(reports),
            audit=tuple(self._entries(case.id)),
            proof=read_proof(lines),
            made_at=now,
        )

    def _consent(self, message: Candidate) -> ConsentFact | None:
        return dict(self._kept.facts.history(message.customer_id)).get(message.fact_id)

    def _entries(self, case_id: int) -> Iterator[AuditLine]:
        """Of the audit what is about this case, the oldest first."""
        count, newest = self._kept.audit.count(_KIND)
        for first in reversed(range(0, count, _PAGE)):
            page = self._kept.audit.find(_KIND, newest, first, _PAGE)
            yield from (each for each in reversed(page) if each.facts.get("complaint") == case_id)

    def _write(self, out: BinaryIO, facts: CaseFacts, proof: Path) -> tuple[str, ...]:
        digest = hashlib.sha256(proof.read_bytes()).hexdigest()
        pdf = self._render(document(facts, digest)).data
        files = {PDF: hashlib.sha256(pdf).hexdigest(), PROOF: digest}
        told = json.dumps(bundle(facts, files), ensure_ascii=False, sort_keys=True, indent=1)
        made = facts.made_at
        with ZipFile(out, "w", ZIP_DEFLATED) as pack:
            for name, content in ((PDF, pdf), (BUNDLE, told.encode()), (PROOF, proof.read_bytes())):
                about = ZipInfo(name, (made.year, made.month, made.day, made.hour, made.minute, made.second))
                about.compress_type = ZIP_STORED if name == PROOF else ZIP_DEFLATED  # which is compressed already
                pack.writestr(about, content)
            return tuple(pack.namelist())


def _newest(reports: Iterable[SignatureReport]) -> SignatureReport | None:
    return max(reports, key=lambda each: each.seen_at, default=None)
