"""What may be asked about the audit chain and about proof: for the window and the command line alike."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.ports import AccountStore, AuditLog, Clock
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_evidence import AuditLine, AuditQuery, AuditReader, Compared, EvidenceStore
from campaign_app.domain.team import ALONE, Person
from campaign_app.evidence.format import EXPORTED, FORMAT, canonical, masked, to_ms
from campaign_app.evidence.stamping import Stamping, stamps_in

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from campaign_app.compliance import RuleSet
    from campaign_app.evidence.writing import Writer

Tick = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of the audit by its number, and the hash over all of them: to be kept outside."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verified:
    """The head of a chain that holds, and what was found to be as its entries say."""

    head: Head
    compared: Compared


@dataclass(frozen=True, slots=True)
class Exported:
    """`people` are the records below `root`: all of the campaign, or one that is proven by its batch."""

    file: Path
    size: int
    people: int
    root: str
    head: Head


@dataclass(frozen=True, slots=True)
class Evidence:
    """`rules` gives those in force."""

    store: EvidenceStore
    reader: AuditReader
    audit: AuditLog
    campaigns: CampaignStore
    accounts: AccountStore
    rules: Callable[[], RuleSet]
    clock: Clock
    person: Person = ALONE

    @property
    def stamping(self) -> Stamping:
        """Time stamps over heads, from an authority outside."""
        return Stamping(self.head, self.reader, self.audit, self.clock).used_by(self.person)

    def count(self, query: AuditQuery) -> tuple[int, int]:
        """How many entries of the audit match, and the number of the newest of all."""
        return self.reader.count(query)

    def page(self, query: AuditQuery, newest: int, offset: int, limit: int) -> tuple[AuditLine, ...]:
        return self.reader.find(query, newest, offset, limit)

    def head(self, tick: Tick = lambda _: None) -> Head:
        """Goes through the whole chain; raises WorkspaceError `damaged` where an entry was changed, removed or put in.

        `tick` is told how far it is (0 to 1) and may raise to cancel, here and below.
        """
        from campaign_app.evidence.writing import head_of

        store = self.store
        number, last = head_of(store.chain(), store.workspace_id, store.chain_length(), tick)
        return Head(number, last.hex())

    def verified(self, tick: Tick = lambda _: None) -> Verified:
        """The chain, and every row that it keeps a root over; raises as `head`, and `record_differs`, `record_missing`.

        It takes some ten seconds a million messages.
        """
        compared = self.store.compare(lambda done: tick(done * 0.9))
        return Verified(self.head(lambda done: tick(0.9 + done * 0.1)), compared)

    def export(
        self,
        campaign_id: int,
        target: Path,
        *,
        actor: str,
        person: str | None = None,
        account_id: int | None = None,
        reader: X25519PublicKey | None = None,
        tick: Tick = lambda _: None,
    ) -> Exported:
        """The campaign's proof in a new file, or that of one `person` by their reference at one shop.

        Raises NotAllowed `evidence_nothing` (never approved), NotFound `evidence_person`, NotAllowed
        `evidence_two_shops` (say which by `account_id`); WorkspaceError `file_exists`, `disk_full`,
        `file_unwritable`, `damaged`. Without a whole file nothing is there under its name.
        """
        from campaign_app.evidence.files import Lines
        from campaign_app.reports.files import new_file

        campaign = self.campaigns.campaign(campaign_id)
        if campaign.approved_at is None:
            raise NotAllowed("evidence_nothing", "Nothing was approved yet that could be proven")
        whom = None if person is None else self._place(campaign_id, person, account_id)
        with new_file(target) as out:
            lines = Lines(out, reader)
            people, root, head = self._write(lines.write, campaign, whom, person, actor, tick)
            lines.finish()
        return Exported(target, target.stat().st_size, people, root, head)

    def lines(self, file: Path) -> Iterator[str]:
        """What a file of proof holds, line by line."""
        from campaign_app.evidence.files import lines_of

        with file.open("rb") as read:
            yield from lines_of(read, None)

    def _write(
        self,
        put: Callable[[str], None],
        campaign: Campaign,
        whom: tuple[int, int] | None,
        person: str | None,
        actor: str,
        tick: Tick,
    ) -> tuple[int, str, Head]:
        from campaign_app.evidence.writing import Writer

        store = self.store
        writer = Writer(put, lambda done: tick(done * 0.8), None if whom is None else whom[1])
        header = writer.header(self._header(campaign, whole=whom is None))
        people, root = self._people(writer, campaign.id)
        # before anything is told of an export: what stands in the audit of stamps may be anybody's
        stamps = sorted(stamps_in(self.reader), key=lambda each: each.at_entry)
        named = None if whom is None or person is None else store.person_hash(whom[0], person).hex()
        # before the file is whole: what was handed out is told even if this is where the program ends
        self.audit.record(
            EXPORTED, actor=actor, at=self.clock(), campaign=campaign.id, people=people, root=root, header=header,
            person=named,
        )  # fmt: skip
        writer.tick = lambda done: tick(0.8 + done * 0.2)
        length = store.chain_length()
        number, last = writer.chain(store.chain(), store.workspace_id, campaign.id, header, length, stamps)
        return people, root, Head(number, last.hex())

    def _people(self, writer: Writer, campaign_id: int) -> tuple[int, str]:
        """One person's message by the root of its batch, or else everybody's by a root that is made now."""
        from campaign_app.evidence.writing import is_masked

        if writer.seq is not None:
            window, claimed = self.store.sent_one(campaign_id, writer.seq)
            if claimed is not None and not any(map(is_masked, window.messages)):
                return writer.person(window, claimed)
        total = self.store.counted(campaign_id)
        with self.store.sent(campaign_id) as windows:
            return writer.people(windows, total)

    def _place(self, campaign_id: int, ref: str, account_id: int | None) -> tuple[int, int]:
        found = [each for each in self.store.places(campaign_id, ref) if account_id in (None, each[0])]
        if not found:
            raise NotFound("evidence_person", "Nothing was sent to anybody of this reference", campaign=campaign_id)
        if len(found) > 1:
            shops = "、".join(str(account) for account, _ in found)
            raise NotAllowed("evidence_two_shops", "Two shops have customers of this reference", shops=shops)
        return found[0]

    def _header(self, campaign: Campaign, *, whole: bool) -> dict[str, Any]:
        entity = self.accounts.entity(campaign.entity_uscc)
        return {
            "t": "begin",
            "format": FORMAT,
            "id": secrets.token_hex(16),
            "made": _ms(self.clock()),
            "workspace": self.store.workspace_id,
            "whole": whole,
            "entity": {"uscc": entity.uscc, "name": entity.name},
            "campaign": {
                "id": campaign.id,
                "name": masked(campaign.name),
                "state": campaign.state.value,
                "send_at": _ms(campaign.send_at),
                "window_end": _ms(campaign.window_end),
            },
            "approval": self._approval(campaign, whole=whole),
            "funnel": dict(self.campaigns.funnel(campaign.id)),
            "rules": self._rules(campaign),
            "platforms": [self._platform(each) for each in self._shops(campaign)],
        }

    def _approval(self, campaign: Campaign, *, whole: bool) -> dict[str, Any]:
        """Of one person's proof the audience is there as a hash: it may name others."""
        audience = campaign.audience.to_json()
        confirmed = self.campaigns.warnings(campaign.id).values()
        return {
            "body": campaign.body,
            "signature": campaign.signature,
            "entity": campaign.entity_uscc,
            "purpose": campaign.purpose,
            "size": campaign.snapshot_size,
            "rules": campaign.rule_packs,
            "hash": campaign.approved_hash,
            "by": campaign.approved_by,
            "at": _ms(campaign.approved_at),
            "warnings": [[each.rule_id, each.confirmed_by, _ms(each.confirmed_at)] for each in confirmed],
            **({"audience": audience} if whole else {"audience_hash": _sha256(canonical(audience))}),
        }

    def _rules(self, campaign: Campaign) -> dict[str, Any]:
        """The version that was approved, that of today, and of today's every citation that nobody compared yet."""
        rules = self.rules()
        unverified = [
            {"rule": rule.id, "law": dated.citation.law, "article": dated.citation.article}
            for rule in rules.rules
            for dated in rule.citations
            if not dated.citation.verified
        ]
        return {"approved": campaign.rule_packs, "today": rules.version, "unverified_today": unverified}

    def _shops(self, campaign: Campaign) -> list[Account]:
        return [each for each in self.accounts.accounts() if each.entity_uscc == campaign.entity_uscc]

    def _platform(self, shop: Account) -> dict[str, Any]:
        """Whose keys sign what is said of the shop's customers, and who says that they are theirs."""
        issuer = shop if shop.consent_account_id is None else self.accounts.account(shop.consent_account_id)
        keys: Mapping[str, Any] = json.loads(issuer.pinned_keys) if issuer.pinned_keys else {}
        return {
            "account": shop.id,
            "platform": issuer.platform,
            "shop": shop.label,
            "address": issuer.base_url,
            "issuer": issuer.issuer_uscc,
            "issuer_name": issuer.issuer_name,
            "simulated": issuer.simulated,
            "keys": [*keys.get("keys", ()), *keys.get("retired", ())],
            "keys_said_by": "the sender, who pinned them when the shop was connected; compare them with the issuer's",
        }


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
