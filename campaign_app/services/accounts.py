"""Connecting shops: what a platform says of itself is checked and pinned before anything is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import NotAllowed, RemoteRefused, SettingsError
from campaign_app.domain.platform import Asked, Capabilities, Offer, is_carrier
from campaign_app.domain.ports import (
    AccountStore,
    Clock,
    ConnectionReport,
    JobStore,
    PlatformClient,
    Secrets,
    TemplateList,
    TemplateLookup,
)
from campaign_app.domain.signature import FiledTemplate, Signature
from campaign_app.domain.team import Permission
from campaign_app.services import expiry
from campaign_app.services.balances import Balance, balance_of, note_balance
from campaign_app.services.connecting import CONSENT_API, Draft, Offers, draft_of, entity_of, host_of, seen
from campaign_app.services.permitted import Permitted, needs

_log = logging.getLogger(__name__)
ClientMaker = Callable[[Account, str], PlatformClient]


def secret_name(account_id: int) -> str:
    """Where an account's private key lies among the workspace's secrets."""
    return f"account.{account_id}.key"


def synced_name(account_id: int) -> str:
    """The setting that says when the account's customers were last synced to their end."""
    return f"account.{account_id}.synced"


class Accounts(Permitted):
    """Connect, test and disconnect accounts of every platform on offer."""

    def __init__(
        self,
        *,
        store: AccountStore,
        secrets: Secrets,
        clock: Clock,
        make_client: ClientMaker,
        offers: Offers,
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._clock = clock
        self._make_client = make_client
        self._offers = offers

    def offers(self) -> tuple[Offer, ...]:
        """Every platform that can be connected; one whose package is broken is left out."""
        found = []
        for name in self._offers.names():
            try:
                found.append(self._offers.offer(name))
            except SettingsError as broken:
                _log.warning("platform %s: %s", name, broken.code)
        return tuple(found)

    def offer_of(self, account: Account) -> Offer:
        """Raises SettingsError for an account whose platform is no longer on offer."""
        return self._offers.offer(account.platform)

    @needs(Permission.CONNECT)
    def connect(self, asked: Asked, *, actor: str) -> Account:
        """Checks the connection, pins the platform's keys and stores the account with its secrets.

        Raises RemoteError if the platform cannot be reached or refuses, NotAllowed if its answer may not be trusted,
        SettingsError for what was typed.
        """
        return self.keep(self.check(asked), asked, actor=actor)

    @needs(Permission.CONNECT)
    def check(self, asked: Asked) -> ConnectionReport:
        """What the platform says of itself and of this account; stores nothing. Raises as `connect` does."""
        draft = self._draft(asked)
        report = self._make_client(draft.account, draft.secret).check_connection()
        _require_usable(draft, asked, report)
        return report

    @needs(Permission.CONNECT)
    def keep(self, report: ConnectionReport, asked: Asked, *, actor: str, renews: int | None = None) -> Account:
        """Stores an account as `check` saw it, with its secrets. Raises as `connect` does.

        `renews` is the account whose token or key is replaced while it stays connected, and its source of consents the
        one it has; one that somebody disconnected meanwhile stays so.
        """
        draft = self._draft(asked)
        entity = _require_usable(draft, asked, report)
        former = self._known(draft.account, renews)
        found = _as_known(seen(draft, report), former, renews)
        if former is None or found.state != "connected":
            self._require_source(found.consent_account_id, entity.uscc)
        account = self._stored(found, entity, spoken=bool(report.entity_uscc))
        noted = Noted("account.connected", actor, self._clock(), {
            "account": account.id, "platform": account.platform, "simulated": account.simulated,
            "issuer": account.issuer_uscc, "issuer_name": account.issuer_name, "domain": host_of(account.base_url),
        })  # fmt: skip
        self._secrets.connect(account, secret_name(account.id), draft.secret, noted)
        if not self._capabilities(account).signatures:
            self._store.put_signatures(account.id, None, self._clock())
        self._note_balance(account.id, report)
        return self._store.account(account.id)

    @needs(Permission.CONNECT)
    def take_consents_from(self, account_id: int, consent_account_id: int | None, *, actor: str) -> Account:
        """Which account's Platform Consent API says who agreed, None for nobody's. Raises NotAllowed, NotFound."""
        account = self._store.account(account_id)
        if consent_account_id == account_id:
            raise NotAllowed("consent_source", "An account is not its own source", account=account_id)
        self._require_source(consent_account_id, account.entity_uscc)
        told = {"account": account_id, "source": consent_account_id}
        noted = Noted("account.consents_from", actor, self._clock(), told)
        self._store.take_consents_from(account_id, consent_account_id, noted)
        return self._store.account(account_id)

    @needs(Permission.CONNECT)
    def send_through(self, account_id: int, sender_account_id: int | None, *, actor: str) -> Account:
        """Which account at an SMS provider carries the shop's messages, None for its own platform or endpoint.

        The shop itself is one whose platform carries messages by choice.

        Raises NotFound, NotAllowed: another entity's account is a sub-let port (rules SIG-*, GOV-003), and none is
        changed while it is open what became of a batch.
        """
        account = self._store.account(account_id)
        if sender_account_id is not None:
            self._require_sender(self._store.account(sender_account_id), account)
        told = {"account": account_id, "sender": sender_account_id}
        self._store.set_sender(
            account_id, sender_account_id, Noted("account.sends_through", actor, self._clock(), told)
        )
        return self._store.account(account_id)

    def senders(self, entity_uscc: str) -> tuple[Account, ...]:
        """The connected accounts of an entity at SMS providers, which can carry its shops' messages."""
        mine = (a for a in self._store.accounts() if a.entity_uscc == entity_uscc and a.state == "connected")
        return tuple(account for account in mine if self.carries(account))

    def _require_sender(self, sender: Account, shop: Account) -> None:
        if sender.entity_uscc != shop.entity_uscc:
            raise NotAllowed("sender_entity", "That account is another entity's", account=sender.id)
        words = "That account cannot carry this shop's messages"
        if sender.id == shop.id:
            offers = self._capabilities(shop)
            if shop.state != "connected" or not (offers.by_choice and offers.messages):
                raise NotAllowed("not_a_sender", words, account=sender.id)
        elif sender.state != "connected" or not self.carries(sender) or self.carries(shop):
            raise NotAllowed("not_a_sender", words, account=sender.id)

    def untold_deliveries(self, entity_uscc: str) -> tuple[Account, ...]:
        """The connected shops of an entity whose sender tells nothing of what became of their messages."""
        known = {a.id: a for a in self._store.accounts() if a.entity_uscc == entity_uscc}
        carried = ((a, known.get(a.sender_account_id or 0)) for a in known.values() if a.state == "connected")
        return tuple(a for a, sender in carried if sender is not None and self._capabilities(sender).no_reports)

    def carries(self, account: Account) -> bool:
        """Whether it is an account at an SMS provider, which has no customers."""
        return is_carrier(self._capabilities(account))

    def _capabilities(self, account: Account) -> Capabilities:
        with suppress(SettingsError):  # nobody offers its platform any more
            return self._offers.offer(account.platform).capabilities
        return Capabilities()

    def _draft(self, asked: Asked) -> Draft:
        offer = self._offers.offer(asked.platform)
        draft = draft_of(asked, offer)
        options = expiry.with_end(draft.account.options, offer, self._clock())
        return replace(draft, account=replace(draft.account, options=options))

    def _require_source(self, consent_account_id: int | None, entity_uscc: str) -> None:
        if consent_account_id is not None and not _may_answer(self._store.account(consent_account_id), entity_uscc):
            raise NotAllowed("consent_source", "That account cannot answer for this shop", account=consent_account_id)

    def _stored(self, account: Account, entity: Entity, *, spoken: bool) -> Account:
        """The account, with an id. Nothing is written of a former one yet: that goes with its secret.

        An entity that is known keeps what a person said of it; its name is the platform's where that says one.
        """
        if all(each.uscc != entity.uscc for each in self._store.entities()):
            self._store.add_entity(entity)
        elif spoken:
            self._store.change_entity(entity.uscc, lambda now: replace(now, name=entity.name))
        if account.id:
            return account
        # connected by its key: without one it could not be asked, and nothing of its entity would be sent
        return self._store.add_account(replace(account, state="disconnected"))

    def _known(self, account: Account, renews: int | None) -> Account | None:
        """The account that was disconnected before, or is to be renewed."""
        free = (a for a in self._store.accounts() if a.state != "connected" or a.id == renews)
        gone = (a for a in free if a.platform == account.platform)
        return next((a for a in gone if (a.base_url, a.key_id) == (account.base_url, account.key_id)), None)

    @needs(Permission.CONNECT)
    def test(self, account_id: int) -> ConnectionReport:
        """Asks the platform again; keeps nothing but what is left of the parts bought there."""
        account = self._store.account(account_id)
        report = self._make_client(account, self.private_key(account_id)).check_connection()
        self._note_balance(account_id, report)
        return report

    def balance(self, account_id: int) -> Balance | None:
        """What is left of the parts bought at the provider, as it last said; None where it never did."""
        return balance_of(self._store, account_id)

    def _note_balance(self, account_id: int, report: ConnectionReport) -> None:
        if report.parts_left is not None:
            note_balance(self._store, account_id, report.parts_left, self._clock())

    @needs(Permission.CONNECT)
    def template(self, account_id: int, code: str) -> FiledTemplate:
        """What the account's platform says of a template. Raises RemoteRefused("not_offered") where it has none."""
        client = self._make_client(self._store.account(account_id), self.private_key(account_id))
        if not isinstance(client, TemplateLookup):
            raise RemoteRefused("not_offered", "The platform does not offer this", account=account_id)
        return client.template(code)

    @needs(Permission.CONNECT)
    def templates(self, account_id: int) -> tuple[FiledTemplate, ...] | None:
        """Every template of the account, None where its platform has none. Raises as `template` does."""
        account = self._store.account(account_id)
        if not self.offer_of(account).capabilities.templates:
            return None
        client = self._make_client(account, self.private_key(account_id))
        return client.templates() if isinstance(client, TemplateList) else None

    @needs(Permission.CONNECT)
    def disconnect(self, account_id: int, *, actor: str) -> None:
        """Removes the account's key and stops its flows; customers, facts and suppressions stay."""
        noted = Noted("account.disconnected", actor, self._clock(), {"account": account_id})
        self._secrets.disconnect(account_id, secret_name(account_id), noted)

    @needs(Permission.CONNECT)
    def private_key(self, account_id: int) -> str:
        """Raises NotAllowed for an account that was disconnected."""
        key = self._secrets.get(secret_name(account_id))
        if key is None:
            raise NotAllowed("account_disconnected", "The account has no key: connect it again", account=account_id)
        return key

    def signatures(self, entity_uscc: str) -> tuple[Signature, ...]:
        """Every signature that an account of this entity reported."""
        return self._store.register(entity_uscc).all(self._clock())

    @needs(Permission.CONNECT)
    def describe_entity(
        self, uscc: str, *, actor: str, kind: str | None = None, licences: Mapping[str, bool] | None = None
    ) -> Entity:
        """What a person says of an entity: the rules ask for its licences. What is not named stays. Raises NotFound."""

        def described(known: Entity) -> Entity:
            held = {**dict.fromkeys(known.licences, True), **(licences or {})}
            has = tuple(sorted(licence for licence, on in held.items() if on))
            return replace(known, kind=known.kind if kind is None else kind, licences=has)

        def noted(now: Entity) -> Noted:
            licences = ",".join(now.licences)
            return Noted(
                "entity.described", actor, self._clock(), {"uscc": uscc, "kind": now.kind, "licences": licences}
            )

        return self._store.change_entity(uscc, described, noted)

    def read_signatures_again(self, entity_uscc: str, jobs: JobStore, doubted: Collection[int] = ()) -> None:
        """Has the carriers synced whose signatures were not read within the hour, unless that is under way.

        And the accounts `doubted`, whose templates give nothing of a text: one may have been approved since.
        """
        busy = {job.args.get("account_id") for job in jobs.open_jobs() if job.kind == "sync"}
        for account_id in dict.fromkeys((*self._store.register(entity_uscc).due(self._clock()), *doubted)):
            if account_id not in busy and self._store.account(account_id).state == "connected":
                jobs.enqueue("sync", {"account_id": account_id}, self._clock())

    def synced_at(self, account_id: int) -> datetime | None:
        """When the account's customers were last synced to their end."""
        written = self._store.setting(synced_name(account_id), None)
        return None if written is None else datetime.fromisoformat(written)

    def ends(self) -> tuple[expiry.Expiry, ...]:
        """Until when the authorisations hold of which that is known, the soonest first."""
        return expiry.ends(self._store.accounts(), lambda a: expiry.told_in(self._secrets.get(secret_name(a.id))))

    def expiring(self, now: datetime) -> tuple[expiry.Expiry, ...]:
        """What has ended or ends within two weeks, the soonest first."""
        return tuple(each for each in self.ends() if expiry.is_near(each, now))

    def all(self) -> tuple[Account, ...]:
        return self._store.accounts()

    def entities(self) -> tuple[Entity, ...]:
        """Every legal entity that an account was ever connected for."""
        return self._store.entities()


def _may_answer(account: Account, entity_uscc: str) -> bool:
    return account.platform == CONSENT_API and account.state == "connected" and account.entity_uscc == entity_uscc


def _as_known(account: Account, former: Account | None, renews: int | None) -> Account:
    """As the one it was before, if any. Raises NotAllowed where that is somebody else's.

    Its state is the one it is taken for: what is renewed is connected, or `Secrets.connect` refuses.
    """
    if former is None:
        return account
    _require_same(former, account)
    state = "connected" if former.id == renews else former.state
    return replace(account, id=former.id, label=former.label, state=state)


def _require_same(former: Account, now: Account) -> None:
    """What came in under an account stays another entity's, issuer's or simulation's, whoever answers there now."""
    for code, holds in (
        ("other_entity", former.entity_uscc != now.entity_uscc),
        ("other_issuer", former.issuer_uscc != now.issuer_uscc),
        ("simulation", former.simulated is not now.simulated),
    ):
        if holds:
            raise NotAllowed(code, "This address belonged to another account", account=former.id)


def _require_usable(draft: Draft, asked: Asked, report: ConnectionReport) -> Entity:
    """Whose shop it is, if the answer may be trusted."""
    if report.problem or not report.ok:
        raise RemoteRefused(report.problem or "not_connected", "The platform's answer does not allow a connection")
    entity, issuer = entity_of(asked, report), report.issuer_uscc or draft.account.issuer_uscc
    if not issuer or issuer == entity.uscc:
        raise NotAllowed("self_issued", "A merchant cannot confirm its own list: issuer and sender are one entity")
    return entity
