"""The 【signature】 in front of a message, the template that it is sent by, and what their filing allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

CARRIERS: Final = ("mobile", "unicom", "telecom", "broadnet")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as its provider, or the merchant, tells of it."""

    text: str
    owner_uscc: str
    source: str = "company"
    status: str = "unknown"
    # None: nobody said so, which counts as no
    carrier_filed: bool | None = None
    scopes: tuple[str, ...] = ()
    # with its whole day
    valid_until: date | None = None
    # what is known of one of them: True where it has filed the signature
    carriers: tuple[tuple[str, bool], ...] = ()
    # the extension that the provider keeps for it
    port: str = ""
    # `owner_open`: the provider calls its owner that, or nobody, so that a person has to say whose it is
    owner_name: str = ""
    owner_open: bool = False
    # all of this is the merchant's own word
    stated: bool = False

    @property
    def unfiled(self) -> tuple[str, ...]:
        """The carriers of which it is known that they have not filed it."""
        return tuple(carrier for carrier, filed in self.carriers if not filed)


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What an account reported of a signature from `seen_at` on. `gone`: it no longer reports it."""

    account_id: int
    signature: Signature
    seen_at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """What the merchant keeps of a signature, since no platform tells it.

    `port` is the whole number that a message comes from, digits only. `letter_from` names who let its name be used, and
    `letter_until` the last day on which that letter of authorisation holds. `scopes` are the purposes that the merchant
    has filed it for: they count only where the platform tells none, and never beside those that it tells.
    `owner_confirmed`: a person vouches that it is the entity's own, where the provider leaves that open.
    """

    entity_uscc: str
    text: str
    port: str = ""
    letter_from: str = ""
    letter_until: date | None = None
    note: str = ""
    scopes: tuple[str, ...] = ()
    owner_confirmed: bool = False


def filed_for(signature: Signature, own: tuple[str, ...], elsewhere: Collection[str]) -> Signature:
    """With the merchant's own filing where the platform says nothing of what the signature may carry.

    `elsewhere` is what other accounts of the entity tell of the same signature: beyond that the own filing does not go.
    """
    if signature.scopes:
        return signature
    return replace(signature, scopes=tuple(scope for scope in own if not elsewhere or scope in elsewhere))


def filing_told(signature: Signature, newest_first: Iterable[Signature]) -> Signature:
    """With what accounts of the entity tell of its filing with the carriers, where the newest says nothing of it.

    `newest_first` are reports of the same signature; those of another owner say nothing of this one.
    """
    if signature.carrier_filed is not None:
        return signature
    told = (one.carrier_filed for one in newest_first if one.owner_uscc == signature.owner_uscc)
    return replace(signature, carrier_filed=next((filed for filed in told if filed is not None), None))


def standing(signature: Signature, entity_uscc: str, day: date) -> str:
    """Why this entity may sign nothing so on that day, "" where it may: a code of `signature_problem`."""
    if signature.owner_uscc != entity_uscc:
        return "owner_unconfirmed" if signature.owner_open else "other_owner"
    if signature.valid_until is not None and signature.valid_until < day:
        return "expired"
    if signature.status != "approved":
        return signature.status
    if signature.carrier_filed is not True:
        return "not_filed" if signature.carrier_filed is False else "filing_unknown"
    return ""


@dataclass(frozen=True, slots=True)
class FiledTemplate:
    """A template as the platform has it; `usable` for marketing: it passed its review, and as a promotion.

    `text` is in the platform's own notation, `variables` are the names in it, `reason` is why it was refused.
    `sends` is that notation where messages leave by the template as it stands, "" where they do not.
    """

    code: str
    kind: str
    status: str
    name: str = ""
    text: str = ""
    variables: tuple[str, ...] = ()
    reason: str = ""
    sends: str = ""

    @property
    def usable(self) -> bool:
        return (self.kind, self.status) == ("promotion", "approved")
