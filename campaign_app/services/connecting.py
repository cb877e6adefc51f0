"""From what a person typed to an account: which field is the address, which is secret, and whose shop it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol
from urllib.parse import urlsplit

from campaign_app.domain.customer import Account, Entity, looks_like_uscc
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.platform import Asked, ConnectField, Offer, lacking
from campaign_app.domain.ports import ConnectionReport

CONSENT_API: Final = "consent_api"
_OWN_COLUMNS: Final = ("base_url", "key_id")


class Offers(Protocol):
    """The platforms that can be connected."""

    def names(self) -> Sequence[str]: ...
    def offer(self, name: str) -> Offer:
        """Raises SettingsError for a platform that nobody offers."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """An account that is not stored yet, with the secret that will be."""

    account: Account
    secret: str = field(repr=False)


def draft_of(asked: Asked, offer: Offer) -> Draft:
    """Raises SettingsError: "field_missing" for a field that must be there and is not, "either_or" for one too many."""
    values = {each.name: _typed(each, asked.values.get(each.name, "")) for each in offer.fields}
    if missing := lacking(offer.fields, values):
        raise SettingsError("field_missing", "A field is empty", field=missing)
    for each in offer.fields:
        if values[each.name] and any(values.get(name) for name in each.replaces):
            raise SettingsError("either_or", "Two ways to connect are typed at once", field=each.name)
    base_url = values.get("base_url", "").rstrip("/")
    secrets = {each.name: values[each.name] for each in offer.fields if each.secret and values[each.name]}
    options = {
        each.name: values[each.name]
        for each in offer.fields
        if not each.secret and each.name not in _OWN_COLUMNS and values[each.name]
    }
    account = Account(
        id=0,
        platform=offer.name,
        label=base_url,
        base_url=base_url,
        entity_uscc="" if asked.entity is None else asked.entity.uscc,
        issuer_uscc=offer.issuer,
        issuer_name=offer.issuer_name,
        key_id=values.get("key_id") or host_of(base_url),
        simulated=False,
        pinned_keys="",
        options=options,
        consent_account_id=asked.consent_account_id,
    )
    return Draft(account, secret_text(offer.name, secrets))


def _typed(field: ConnectField, value: str) -> str:
    typed = value.strip() or field.default
    if not (field.scheme and typed):
        return typed
    return typed.lower() if "://" in typed else f"{field.scheme}://{typed.lower()}"


def secret_text(platform: str, secrets: Mapping[str, str]) -> str:
    """As the workspace keeps it: a Platform Consent API has one key, every other platform a JSON object."""
    if platform == CONSENT_API:
        return secrets["private_key"]
    return json.dumps(dict(sorted(secrets.items())), ensure_ascii=False)


def seen(draft: Draft, report: ConnectionReport) -> Account:
    """The account as the platform's answer completes it."""
    return replace(
        draft.account,
        label=report.shop or draft.account.key_id,
        entity_uscc=report.entity_uscc or draft.account.entity_uscc,
        issuer_uscc=report.issuer_uscc or draft.account.issuer_uscc,
        issuer_name=report.issuer_name or draft.account.issuer_name,
        simulated=report.simulated,
        pinned_keys=report.pinned_keys,
    )


def entity_of(asked: Asked, report: ConnectionReport) -> Entity:
    """Whose shop it is: what the platform says, else what a person said. Raises SettingsError, NotAllowed."""
    if report.entity_uscc:
        if asked.entity is not None and asked.entity.uscc != report.entity_uscc:
            raise NotAllowed("other_entity", "The shop belongs to another entity", uscc=report.entity_uscc)
        return Entity(report.entity_uscc, report.entity_name)
    said = asked.entity
    if said is None or not said.name.strip():
        raise SettingsError("entity_missing", "The platform does not say whose shop it is")
    if not looks_like_uscc(said.uscc):
        raise SettingsError("bad_uscc", "This is no unified social credit code")
    return said


def host_of(base_url: str) -> str:
    """Whose server answers, by its name on the network."""
    try:
        return urlsplit(base_url).netloc
    except ValueError:
        return base_url
