"""From finished texts to requests, for providers that take templates.

Nothing is guessed: a text that no usable signature and template give is refused before anything leaves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.gateways.checks import Leaving
from campaign_app.gateways.wordings import Wording


class Entry(NamedTuple):
    """One message of a request, and what it reads."""

    message: Leaving
    wording: Wording

    @property
    def digits(self) -> str:
        """The eleven digits of its number, which every planned message has (`checks.phones_of`)."""
        phone = self.message.recipient.phone
        return "" if phone is None else phone.digits

    @property
    def sealed(self) -> str:
        """Its number as the platform sealed it, which all have of such a plan (`checks.platform_phones_of`)."""
        sealed = self.message.recipient.platform_phone if isinstance(self.message, Outgoing) else None
        return "" if sealed is None else sealed.sealed


class Request(NamedTuple):
    """Messages whose wordings are alike in what the provider's request says once for all of them."""

    entries: tuple[Entry, ...]

    @property
    def wording(self) -> Wording:
        return self.entries[0].wording

    @property
    def message_ids(self) -> tuple[str, ...]:
        return tuple(entry.message.message_id for entry in self.entries)


class Plan(NamedTuple):
    requests: tuple[Request, ...]
    refused: tuple[SubmitOutcome, ...]


def apart(wording: Wording) -> tuple[tuple[str, str], ...]:
    """What keeps a message out of the others' request: values with emoji, traditional or rare characters.

    Aliyun refuses such (`isv.UNSUPPORTED_CONTENT`), and of a request of several nobody would know what became of it.
    """
    values = wording.template.values
    return values if any(map(_is_odd, "".join(value for _, value in values))) else ()


def _is_odd(char: str) -> bool:
    """A letter or sign that simplified Chinese does without; marks of punctuation have many writings."""
    if unicodedata.category(char)[0] not in "LSC":
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def plan(
    messages: Sequence[Leaving],
    wordings: Mapping[str, Wording | str],
    alike: Callable[[Wording], Hashable],
    numbers_max: int,
) -> Plan:
    """`wordings`: of every text, or why it has none. `alike`: what all messages of one request share."""
    groups: dict[Hashable, list[Entry]] = {}
    refused: list[SubmitOutcome] = []
    for message in messages:
        wording = wordings[message.text]
        if isinstance(wording, str):
            refused.append(SubmitOutcome(message.message_id, Outcome.REJECTED, code=wording))
        else:
            groups.setdefault(alike(wording), []).append(Entry(message, wording))
    requests = (
        Request(tuple(group[at : at + numbers_max]))
        for group in groups.values()
        for at in range(0, len(group), numbers_max)
    )
    return Plan(tuple(requests), tuple(refused))
