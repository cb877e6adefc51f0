"""Connecting shops: what a platform says of itself is checked and pinned before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import NotAllowed, RemoteRefused
from campaign_app.domain.ports import AccountStore, AuditLog, Clock, ConnectionReport, PlatformClient, Secrets
from campaign_app.domain.signature import Signature

ClientMaker = Callable[[Account, str], PlatformClient]


def secret_name(account_id: int) -> str:
    """Where an account's private key lies among the workspace's secrets."""
    return f"account.{account_id}.key"


def synced_name(account_id: int) -> str:
    """The setting that says when the account's customers were last synced to their end."""
    return f"account.{account_id}.synced"


class Accounts:
    """Connect, test and disconnect accounts of the Platform Consent API."""

    def __init__(
        self, *, store: AccountStore, secrets: Secrets, audit: AuditLog, clock: Clock, make_client: ClientMaker
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._audit = audit
        self._clock = clock
        self._make_client = make_client

    def connect(self, *, base_url: str, key_id: str, private_key: str, actor: str) -> Account:
        """Checks the connection, pins the platform's keys and stores the account with its key.

        Raises RemoteError if the platform cannot be reached or refuses, NotAllowed if its answer may not be trusted.
        """
        report = self.check(base_url=base_url, key_id=key_id, private_key=private_key)
        return self.keep(report, base_url=base_url, key_id=key_id, private_key=private_key, actor=actor)

    def check(self, *, base_url: str, key_id: str, private_key: str) -> ConnectionReport:
        """What the platform says of itself and of this account; stores nothing. Raises as `connect` does."""
        report = self._make_client(_asked(base_url, key_id), private_key).check_connection()
        _require_usable(report)
        return report

    def keep(self, report: ConnectionReport, *, base_url: str, key_id: str, private_key: str, actor: str) -> Account:
        """Stores an account as `check` saw it, with its key. Raises NotAllowed."""
        _require_usable(report)
        asked, now = _asked(base_url, key_id), self._clock()
        self._add_entity(report)
        said = replace(asked, label=report.shop or base_url, simulated=report.simulated, pinned_keys=report.pinned_keys)
        issuer = replace(said, issuer_uscc=report.issuer_uscc, issuer_name=report.issuer_name)
        account = self._known(base_url, key_id) or self._store.add_account(
            replace(issuer, entity_uscc=report.entity_uscc)
        )
        self._store.set_account_state(account.id, "connected")
        self._secrets.put(secret_name(account.id), private_key)
        self._audit.record("account.connected", actor=actor, at=now, account=account.id, simulated=account.simulated)
        return account

    def _add_entity(self, report: ConnectionReport) -> None:
        """An entity that is known keeps what a person said of it; the name is the platform's."""
        known = {entity.uscc: entity for entity in self._store.entities()}.get(report.entity_uscc)
        said = Entity(report.entity_uscc, report.entity_name)
        self._store.add_entity(said if known is None else replace(known, name=report.entity_name))

    def _known(self, base_url: str, key_id: str) -> Account | None:
        """The account that was disconnected before, with the keys that were pinned then."""
        gone = (a for a in self._store.accounts() if a.state != "connected")
        return next((a for a in gone if (a.base_url, a.key_id) == (base_url, key_id)), None)

    def test(self, account_id: int) -> ConnectionReport:
        """Asks the platform again; changes nothing."""
        account = self._store.account(account_id)
        return self._make_client(account, self.private_key(account_id)).check_connection()

    def disconnect(self, account_id: int, *, actor: str) -> None:
        """Removes the account's key and stops its flows; customers, facts and suppressions stay."""
        self._store.account(account_id)
        self._store.set_account_state(account_id, "disconnected")
        self._secrets.delete(secret_name(account_id))
        self._audit.record("account.disconnected", actor=actor, at=self._clock(), account=account_id)

    def private_key(self, account_id: int) -> str:
        """Raises NotAllowed for an account that was disconnected."""
        key = self._secrets.get(secret_name(account_id))
        if key is None:
            raise NotAllowed("account_disconnected", "The account has no key: connect it again", account=account_id)
        return key

    def signatures(self, entity_uscc: str) -> tuple[Signature, ...]:
        """Every signature that an account of this entity reported."""
        return self._store.signatures(entity_uscc)

    def describe_entity(self, uscc: str, *, kind: str, licences: tuple[str, ...], actor: str) -> Entity:
        """What a person says of an entity: the rules ask for its licences. Raises NotFound."""
        described = replace(self._store.entity(uscc), kind=kind, licences=tuple(sorted(set(licences))))
        self._store.add_entity(described)
        written = ",".join(described.licences)
        self._audit.record("entity.described", actor=actor, at=self._clock(), uscc=uscc, kind=kind, licences=written)
        return described

    def synced_at(self, account_id: int) -> datetime | None:
        """When the account's customers were last synced to their end."""
        written = self._store.setting(synced_name(account_id), None)
        return None if written is None else datetime.fromisoformat(written)

    def all(self) -> tuple[Account, ...]:
        return self._store.accounts()

    def entities(self) -> tuple[Entity, ...]:
        """Every legal entity that an account was ever connected for."""
        return self._store.entities()


def _asked(base_url: str, key_id: str) -> Account:
    return Account(0, "consent_api", base_url, base_url, "", "", "", key_id, simulated=False, pinned_keys="")


def _require_usable(report: ConnectionReport) -> None:
    if report.problem or not report.ok:
        raise RemoteRefused(report.problem or "not_connected", "The platform's answer does not allow a connection")
    if not report.issuer_uscc or report.issuer_uscc == report.entity_uscc:
        raise NotAllowed("self_issued", "A merchant cannot confirm its own list: issuer and sender are one entity")
