"""The register of signatures: what each may carry, until when, where it is used, and what the merchant notes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Protocol

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.opt_outs import STANDARD
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.finding import Finding
from campaign_app.domain.ports import AccountStore, AuditLog, CampaignStore, Clock
from campaign_app.domain.signature import Signature, SignatureRecord, SignatureReport, filed_for, filing_told, standing
from campaign_app.services.profiles import PROVIDERS
from campaign_app.services.window import BEIJING

PURPOSES: Final = ("retail", "membership", "finance", "service")
ENDS_SOON: Final = timedelta(days=30)
SAMPLE: Final = "您好，店内新品已上架，欢迎选购。"
NOTE_MAX: Final = 500
NAME_MAX: Final = 100
_PORT: Final = re.compile(r"(?:[0-9]{3,21})?", re.ASCII)  # 21: the longest number that an SMS can come from


class FilingStore(Protocol):
    def reports(self, entity_uscc: str) -> tuple[SignatureReport, ...]:
        """Everything that accounts of this entity ever reported, the newest first."""
        ...

    def records(self) -> tuple[SignatureRecord, ...]: ...
    def put_record(self, record: SignatureRecord) -> None:
        """Raises NotAllowed("port_taken") if the port carries another signature, with its text."""
        ...


@dataclass(frozen=True, slots=True)
class Filing:
    """A signature as an entity has it. `problem` says why nothing can be signed so today (a code of
    `signature_problem`), `warnings` what ends soon: expires_soon, letter_over, letter_ends_soon.

    `accounts` are those that report it now; `history` the newest first; `campaigns` those that use it, newest first.
    `untold`: no account says what it may carry, so its scopes are the merchant's own filing.
    """

    entity: Entity
    signature: Signature
    problem: str
    warnings: tuple[str, ...]
    accounts: tuple[Account, ...]
    history: tuple[SignatureReport, ...]
    record: SignatureRecord
    campaigns: tuple[Campaign, ...] = ()
    untold: bool = False

    def carries(self, purpose: str) -> bool:
        return not self.problem and purpose in self.signature.scopes


@dataclass(frozen=True, slots=True)
class Rendering:
    """A sample message as a provider would take it; `problems` are what its rules find in the signature."""

    provider: str
    text: str
    problems: tuple[Finding, ...]


class Filings:
    """`engine` gives the one of the rules now in force, in a language."""

    def __init__(
        self,
        store: FilingStore,
        accounts: AccountStore,
        campaigns: CampaignStore,
        audit: AuditLog,
        clock: Clock,
        engine: Callable[[str], Engine],
    ) -> None:
        self._store = store
        self._engine = engine
        self._accounts = accounts
        self._campaigns = campaigns
        self._audit = audit
        self._clock = clock

    def register(self) -> tuple[Filing, ...]:
        """Of every entity, in the order of entities and texts; those no longer reported too."""
        today = self._clock().astimezone(BEIJING).date()
        accounts = {account.id: account for account in self._accounts.accounts()}
        records = {(each.entity_uscc, each.text): each for each in self._store.records()}
        used = _used(self._campaigns.campaigns())
        found = []
        for entity in self._accounts.entities():
            for text, history in sorted(_by_text(self._store.reports(entity.uscc)).items()):
                key = (entity.uscc, text)
                record = records.get(key, SignatureRecord(*key))
                found.append(_filing(entity, history, record, accounts, used.get(key, ()), today))
        return tuple(found)

    def renderings(self, filing: Filing, language: str = "zh_CN") -> tuple[Rendering, ...]:
        """As each known provider takes it: the signature in front, its own opt-out words at the end."""
        entity, engine = filing.entity, self._engine(language)
        sender = Sender(entity.name, entity.uscc, entity.kind, frozenset(entity.licences))
        base = CheckRequest(SAMPLE, filing.signature, sender, send_at=self._clock())
        found = []
        for provider in PROVIDERS:
            request = replace(base, provider=provider)
            forms = engine.provider(request).opt_out_forms
            checked = engine.check(replace(request, body=f"{SAMPLE}{forms[0] if forms else STANDARD}"))
            problems = tuple(each for each in checked.findings if each.rule_id.startswith("SIG-"))
            found.append(Rendering(provider, checked.final_text, problems))
        return tuple(found)

    def save(self, record: SignatureRecord, *, actor: str) -> None:
        """Raises NotAllowed("port_taken"), SettingsError: `port_digits`, `letter_incomplete`, `record_scopes`,

        `record_length`.
        """
        for code, wrong in (
            ("port_digits", not _PORT.fullmatch(record.port)),
            ("letter_incomplete", bool(record.letter_from) != (record.letter_until is not None)),
            ("record_scopes", not set(record.scopes) <= set(PURPOSES)),
            ("record_length", len(record.note) > NOTE_MAX or len(record.letter_from) > NAME_MAX),
        ):
            if wrong:
                raise SettingsError(code, "The record of a signature cannot be kept as it is", text=record.text)
        self._store.put_record(record)
        self._audit.record(
            "signature.recorded",
            actor=actor,
            at=self._clock(),
            entity=record.entity_uscc,
            text=record.text,
            port=record.port,
            letter_from=record.letter_from,
            scopes=",".join(record.scopes),
            letter_until="" if record.letter_until is None else record.letter_until.isoformat(),
        )


def _filing(
    entity: Entity,
    history: Sequence[SignatureReport],
    record: SignatureRecord,
    accounts: Mapping[int, Account],
    campaigns: Sequence[Campaign],
    today: date,
) -> Filing:
    last: dict[int, SignatureReport] = {}
    for report in history:
        last.setdefault(report.account_id, report)
    now = [report for report in last.values() if not report.gone]
    told = filing_told((now or history)[0].signature, [report.signature for report in now])
    signature = filed_for(told, record.scopes, {scope for report in now for scope in report.signature.scopes})
    problem = standing(signature, entity.uscc, today) if now else "not_reported"
    if not problem and record.letter_until is not None and record.letter_until < today:
        problem = "letter_over"
    if not problem and not signature.scopes:
        problem = "scope_untold"
    return Filing(
        entity,
        signature,
        problem,
        tuple(_ends(signature, record, today)) if not problem else (),
        tuple(accounts[report.account_id] for report in now),
        tuple(history),
        record,
        tuple(campaigns),
        untold=not told.scopes,
    )


def _ends(signature: Signature, record: SignatureRecord, today: date) -> Iterable[str]:
    soon = today + ENDS_SOON
    if signature.valid_until is not None and signature.valid_until < soon:
        yield "expires_soon"
    if record.letter_until is not None and record.letter_until < soon:
        yield "letter_ends_soon"


def _by_text(reports: Iterable[SignatureReport]) -> dict[str, list[SignatureReport]]:
    found: dict[str, list[SignatureReport]] = {}
    for report in reports:
        found.setdefault(report.signature.text, []).append(report)
    return found


def _used(campaigns: Iterable[Campaign]) -> dict[tuple[str, str], list[Campaign]]:
    found: dict[tuple[str, str], list[Campaign]] = {}
    for campaign in campaigns:
        found.setdefault((campaign.entity_uscc, campaign.signature), []).append(campaign)
    return found
