"""From finished texts to requests: who gets the same template with the same values shares a request.

Nothing is guessed: a text that no usable signature and template give is refused before anything leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.templates import Filled, Templates, signed
from campaign_app.transport.tencent import TencentCalls
from campaign_app.transport.tencent_filed import USABLE, signatures, templates

NOTATION: Final = "{1}"
NUMBERS_MAX: Final = 200
# how long what Tencent said of signatures and templates is believed, and how soon a text that fits none asks anew
BELIEVED: Final = timedelta(minutes=10)
ASKED_ANEW: Final = timedelta(minutes=1)


class Wording(NamedTuple):
    """What all numbers of one request read."""

    signature: str
    template: Filled

    @property
    def values(self) -> list[str]:
        """In the order of their numbers in the template."""
        return [value for _, value in sorted(self.template.values, key=lambda each: int(each[0]))]


class Request(NamedTuple):
    wording: Wording
    messages: tuple[Outgoing, ...]


class Plan(NamedTuple):
    requests: tuple[Request, ...]
    refused: tuple[SubmitOutcome, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be used, as Tencent said it at `asked_at`."""

    signatures: frozenset[str]
    templates: Templates
    asked_at: datetime

    def wordings(self, texts: Iterable[str]) -> Mapping[str, Wording | str]:
        """For each text its wording, or why there is none."""
        return {text: self._wording(text) for text in texts}

    def _wording(self, text: str) -> Wording | str:
        parts = signed(text)
        if parts is None or parts.signature not in self.signatures:
            return "no_signature"
        found = self.templates.fill(parts.body)
        return "no_template" if found is None else Wording(parts.signature, found)


@dataclass(slots=True)
class Planner:
    """Threads may share it."""

    calls: TencentCalls
    clock: Clock
    _known: Allowed | None = None
    _lock: Lock = field(default_factory=Lock)

    def plan(self, messages: Sequence[Outgoing]) -> Plan:
        """Raises RemoteError where Tencent does not say what may be used."""
        texts = {message.text for message in messages}
        wordings = self._allowed(BELIEVED).wordings(texts)
        if any(isinstance(found, str) for found in wordings.values()):
            wordings = self._allowed(ASKED_ANEW).wordings(texts)
        return _planned(wordings, messages)

    def doubt(self) -> None:
        """Tencent refused what it had called usable."""
        self._known = None

    def _allowed(self, believed: timedelta) -> Allowed:
        with self._lock:
            now = self.clock()
            # abs: after the clock was set back nobody knows how old it is
            if self._known is None or abs(now - self._known.asked_at) > believed:
                names = frozenset(one.name for one in signatures(self.calls) if one.status == USABLE)
                texts = [(one.template_id, one.text) for one in templates(self.calls) if one.status == USABLE]
                self._known = Allowed(names, Templates(texts, NOTATION), now)
            return self._known


def _planned(wordings: Mapping[str, Wording | str], messages: Sequence[Outgoing]) -> Plan:
    alike: dict[Wording, dict[str, Outgoing]] = {}
    refused: list[SubmitOutcome] = []
    numbers = set[str]()
    for message in messages:
        phone = message.recipient.phone
        wording = wordings[message.text] if phone is not None else "no_phone"
        if phone is not None and phone.digits in numbers:
            wording = "duplicate_number"
        if phone is None or isinstance(wording, str):
            refused.append(SubmitOutcome(message.message_id, Outcome.REJECTED, code=str(wording)))
            continue
        numbers.add(phone.digits)
        alike.setdefault(wording, {})[phone.digits] = message
    requests = [Request(wording, some) for wording, group in alike.items() for some in _slices(tuple(group.values()))]
    return Plan(tuple(requests), tuple(refused))


def _slices(messages: tuple[Outgoing, ...]) -> list[tuple[Outgoing, ...]]:
    return [messages[at : at + NUMBERS_MAX] for at in range(0, len(messages), NUMBERS_MAX)]
