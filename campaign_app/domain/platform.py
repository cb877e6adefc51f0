"""What a platform's adapter can do, said before anything is asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from campaign_app.domain.customer import Entity


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the platform's own API offers; whatever is not named is not there."""

    customers: bool = False
    # it says of one person whether they agreed to marketing by SMS; without it nobody is confirmed but by a consent
    # endpoint that is set on the account
    consent_lookup: bool = False
    consent_changes: bool = False
    # what its consents count for, () for what each fact names itself
    purposes: tuple[str, ...] = ()
    opt_out_write: bool = False
    # it knows people who may not be reached (blacklist, left membership), never who may
    vetoes: bool = False
    phones: bool = False
    # it lends numbers, which reach people through this platform only
    virtual_numbers: bool = False
    signatures: bool = False
    templates: bool = False
    messages: bool = False
    # it takes messages, and what people answer to them does not come back by it, unless the account's field
    # `replies_by` is filled in
    no_replies: bool = False
    replies_by: str = ""
    # neither does what became of them
    no_reports: bool = False
    # it carries a shop's own messages only where a person chose it as the shop's sender
    by_choice: bool = False
    # it does so by numbers that it sealed itself, and takes no others
    sealed_numbers: bool = False
    # it shows neither signatures nor templates, so that what it will really send is the word of whoever typed them in
    stated_templates: bool = False


def hears_replies(offers: Capabilities, options: Mapping[str, str]) -> bool:
    """Whether what people answer to an account's messages comes in; `options` are the account's."""
    return not offers.no_replies or bool(options.get(offers.replies_by))


def is_carrier(offers: Capabilities) -> bool:
    """Whether it is an SMS provider: it carries messages and knows no people of its own."""
    return offers.messages and not (offers.customers or offers.by_choice)


def sends_itself(offers: Capabilities, *, chosen: bool) -> bool:
    """Whether a platform of people carries its own messages; `chosen`: the account is its own sender."""
    return offers.messages and (chosen or not offers.by_choice)


@dataclass(frozen=True, slots=True)
class ConnectField:
    """One thing that a person types to connect an account; `resources/words/terms.toml` has its words by `name`.

    A secret is kept among the workspace's secrets, everything else in `Account.options`. `days`: how long at most what
    is typed elsewhere holds from now on, for a field whose date nobody types. `scheme`: what an address begins with
    that is typed without any. `replaces`: typed instead of these fields.
    """

    name: str
    secret: bool = False
    required: bool = True
    default: str = ""
    days: int = 0
    scheme: str = ""
    replaces: tuple[str, ...] = ()


def lacking(fields: Sequence[ConnectField], typed: Mapping[str, str]) -> str:
    """The first field that has to be typed and is not, "" for none."""
    given = {each.name for each in fields if typed.get(each.name) or each.default}
    excused = {name for each in fields if each.name in given for name in each.replaces}
    return next((each.name for each in fields if each.required and each.name not in given | excused), "")


class Offer(Protocol):
    """One kind of platform. `issuer` and `issuer_name` answer for its own consents, "" where each account says who."""

    @property
    def name(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def issuer_name(self) -> str: ...
    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def fields(self) -> tuple[ConnectField, ...]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person typed to connect an account: `values` by the names of the platform's fields.

    `entity`: whose shop it is, where the platform does not say so. `consent_account_id`: see `Account`.
    """

    platform: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    entity: Entity | None = None
    consent_account_id: int | None = None


def consent_api(*, base_url: str, key_id: str, private_key: str) -> Asked:
    """An account of the Platform Consent API; `private_key` is an Ed25519 seed, 32 bytes in base64url."""
    return Asked("consent_api", {"base_url": base_url, "key_id": key_id, "private_key": private_key})
