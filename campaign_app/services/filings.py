"""The register of signatures: what each may carry, until when, where it is used, and what the merchant notes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.opt_outs import STANDARD
from campaign_app.compliance.segments import Segments
from campaign_app.domain.campaign import Campaign, Noted
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.filing import Check, OwnFiling, Register, accepts
from campaign_app.domain.finding import Finding
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.signature import CARRIERS, Signature, SignatureRecord, SignatureReport, standing
from campaign_app.domain.team import Permission
from campaign_app.services.carriers import Carriers, nothing_told
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.profiles import PROVIDERS, Profile
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

    def register(self, entity_uscc: str) -> Register: ...
    def put_own(
        self, own: OwnFiling, check: Check, noted: Noted, recorded: tuple[SignatureRecord, Noted] | None = None
    ) -> None:
        """`check` is told what stands there while nobody else changes it, and raises where that has to stay.

        What is `recorded` with it is put as by `put_record`, or neither is.
        """
        ...

    def take_back_own(self, entity_uscc: str, text: str, noted: Noted) -> None: ...
    def put_record(self, record: SignatureRecord, check: Check = accepts, noted: Noted | None = None) -> None:
        """As `put_own`. Raises NotAllowed("port_taken") if the port carries another signature, with its text."""
        ...


@dataclass(frozen=True, slots=True)
class Filing:
    """A signature as an entity has it. `problem` says why nothing can be signed so today (a code of
    `signature_problem`), `warnings` what a person should know: stated, carrier_missing, port_held, expires_soon,
    letter_over, letter_ends_soon.

    `accounts` are those that report it now; `history` the newest first; `campaigns` those that use it, newest first.
    `untold`: no account says what it may carry, so its scopes are the merchant's own filing. `own` is what the merchant
    states of it; `signature.stated` where that is what holds.
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
    own: OwnFiling | None = None

    def carries(self, purpose: str) -> bool:
        return not self.problem and purpose in self.signature.scopes


@dataclass(frozen=True, slots=True)
class Rendering:
    """A sample message as a provider would take it; `problems` are what its rules find in the signature.

    `sender` is the connected account that would carry it, None for a provider in general.
    """

    provider: str
    text: str
    problems: tuple[Finding, ...]
    segments: Segments
    sender: Account | None = None

    @property
    def key(self) -> str:
        return self.provider if self.sender is None else f"account:{self.sender.id}"


class Filings(Permitted):
    """`engine` gives the one of the rules now in force, in a language."""

    def __init__(
        self,
        store: FilingStore,
        accounts: AccountStore,
        campaigns: CampaignStore,
        clock: Clock,
        engine: Callable[[str], Engine],
        profile: Callable[[str], Profile] = nothing_told,
    ) -> None:
        self._store = store
        self._engine = engine
        self._carriers = Carriers(accounts, profile)
        self._accounts = accounts
        self._campaigns = campaigns
        self._clock = clock

    def register(self) -> tuple[Filing, ...]:
        """Of every entity, in the order of entities and texts; those no longer reported too."""
        now = self._clock()
        accounts = {account.id: account for account in self._accounts.accounts()}
        used = _used(self._campaigns.campaigns())
        found = []
        for entity in self._accounts.entities():
            told, known = self._store.register(entity.uscc), _by_text(self._store.reports(entity.uscc))
            for text in sorted(known.keys() | told.own.keys()):
                mine = used.get((entity.uscc, text), ())
                found.append(_filing(entity, text, known.get(text, ()), told, accounts, mine, now))
        return tuple(found)

    @needs(Permission.VOUCH)
    def state(self, own: OwnFiling, port: str | None, *, seen: Mapping[str, OwnFiling] | None = None) -> None:
        """What the merchant says of a signature where no provider tells. Raises as `save` does.

        A `port` of None stays as it is. `seen` is what was stated by text when it was read, if anything was.
        """
        for code, wrong in (
            ("own_signature", not own.text.strip() or len(own.text) > NAME_MAX or not own.text.isprintable()),
            ("record_scopes", not own.scopes or not set(own.scopes) <= set(PURPOSES)),
            ("own_carriers", not own.carriers or not set(own.carriers) <= set(CARRIERS)),
        ):
            if wrong:
                raise SettingsError(code, "This cannot be stated of a signature", text=own.text)

        known = _record(self._store.register(own.entity_uscc), own.entity_uscc, own.text)
        record = known if port is None else replace(known, port=port)
        recorded = None if record == known else (record, self._recorded(record, own.stated_by))

        def check(now: Register) -> None:
            if seen is not None:
                require_as_seen(*(_said(each.get(own.text)) for each in (now.own, seen, {own.text: own})))
            if recorded is not None:
                require_as_seen(_record(now, own.entity_uscc, own.text), known, record)

        noted = Noted("signature.stated", own.stated_by, self._clock(), {
            "entity": own.entity_uscc, "text": own.text, "port": port, "scopes": ",".join(own.scopes),
            "carriers": ",".join(own.carriers),
            "valid_until": "" if own.valid_until is None else own.valid_until.isoformat(),
        })  # fmt: skip
        self._store.put_own(own, check, noted, recorded)

    @needs(Permission.VOUCH)
    def take_back(self, entity_uscc: str, text: str, *, actor: str) -> None:
        noted = Noted("signature.taken_back", actor, self._clock(), {"entity": entity_uscc, "text": text})
        self._store.take_back_own(entity_uscc, text, noted)

    def renderings(self, filing: Filing, language: str = "zh_CN") -> tuple[Rendering, ...]:
        """As the entity's connected senders, and then each known provider, take it: with the provider's opt-out words.

        Senders that no rules are known of are held to those for all.
        """
        entity, engine = filing.entity, self._engine(language)
        sender = Sender(entity.name, entity.uscc, entity.kind, frozenset(entity.licences))
        base = CheckRequest(SAMPLE, filing.signature, sender, send_at=self._clock())
        carriers = {way.carrier for way in self._store.register(entity.uscc).ways}
        senders = [each for each in self._accounts.accounts() if each.id in carriers and each.state == "connected"]
        known = [(self._carriers.named(each.platform, entity.uscc), each) for each in senders]
        found = []
        for provider, sender_account in (*known, *((each, None) for each in PROVIDERS)):
            request = replace(base, provider=provider)
            forms = engine.provider(request).opt_out_forms
            checked = engine.check(replace(request, body=f"{SAMPLE}{forms[0] if forms else STANDARD}"))
            problems = tuple(each for each in checked.findings if each.rule_id.startswith("SIG-"))
            found.append(Rendering(provider, checked.final_text, problems, checked.segments, sender_account))
        return tuple(found)

    @needs(Permission.VOUCH)
    def save(self, record: SignatureRecord, *, actor: str, seen: SignatureRecord | None = None) -> None:
        """Raises NotAllowed("port_taken"), SettingsError: `port_digits`, `letter_incomplete`, `record_scopes`,

        `record_length`. `seen` is what stood there when it was read: raises NotAllowed("changed_elsewhere") where that
        is something else by now.
        """

        def check(now: Register) -> None:
            if seen is not None:
                require_as_seen(_record(now, record.entity_uscc, record.text), seen, record)

        self._store.put_record(record, check, self._recorded(record, actor))

    def _recorded(self, record: SignatureRecord, actor: str) -> Noted:
        """Raises SettingsError for what cannot be kept."""
        for code, wrong in (
            ("port_digits", not _PORT.fullmatch(record.port)),
            ("letter_incomplete", bool(record.letter_from) != (record.letter_until is not None)),
            ("record_scopes", not set(record.scopes) <= set(PURPOSES)),
            ("record_length", len(record.note) > NOTE_MAX or len(record.letter_from) > NAME_MAX),
        ):
            if wrong:
                raise SettingsError(code, "The record of a signature cannot be kept as it is", text=record.text)
        return Noted("signature.recorded", actor, self._clock(), {
            "entity": record.entity_uscc, "text": record.text, "port": record.port, "letter_from": record.letter_from,
            "scopes": ",".join(record.scopes), "owner_confirmed": int(record.owner_confirmed),
            "letter_until": "" if record.letter_until is None else record.letter_until.isoformat(),
        })  # fmt: skip


def _record(known: Register, entity_uscc: str, text: str) -> SignatureRecord:
    return known.records.get(text, SignatureRecord(entity_uscc, text))


def _said(own: OwnFiling | None) -> tuple[object, ...]:
    """What a statement says, whoever made it and when."""
    return () if own is None else (own.scopes, own.carriers, own.valid_until)


def _filing(
    entity: Entity,
    text: str,
    history: Sequence[SignatureReport],
    told: Register,
    accounts: Mapping[int, Account],
    campaigns: Sequence[Campaign],
    now: datetime,
) -> Filing:
    today, record = now.astimezone(BEIJING).date(), _record(told, entity.uscc, text)
    signature = told.signature(text, now)
    problem = _problem(signature, entity, record, today)
    reports = [report for report in told.reports if report.signature.text == text]
    shown = signature or (history[0].signature if history else told.own[text].signature)
    return Filing(
        entity=entity,
        signature=shown,
        problem=problem,
        warnings=tuple(_warnings(shown, record, told, today)) if not problem else (),
        accounts=tuple(accounts[account_id] for account_id in sorted(report.account_id for report in reports)),
        history=tuple(history),
        record=record,
        campaigns=tuple(campaigns),
        untold=bool(reports) and not any(report.signature.scopes for report in reports),
        own=told.own.get(text),
    )


def _problem(signature: Signature | None, entity: Entity, record: SignatureRecord, today: date) -> str:
    if signature is None:
        return "not_reported"
    problem = standing(signature, entity.uscc, today)
    if problem == "expired" and signature.valid_until == record.letter_until:
        return "letter_over"
    return problem or ("" if signature.scopes else "scope_untold")


def _warnings(signature: Signature, record: SignatureRecord, told: Register, today: date) -> Iterable[str]:
    if signature.stated:
        yield "stated"
    if signature.unfiled:
        yield "carrier_missing"
    if told.held(signature.text):
        yield "port_held"
    yield from _ends(signature, record, today)


def _ends(signature: Signature, record: SignatureRecord, today: date) -> Iterable[str]:
    soon = today + ENDS_SOON
    if signature.valid_until not in {None, record.letter_until} and signature.valid_until < soon:
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
