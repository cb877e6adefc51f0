"""From finished texts to requests: whose texts follow one template share a request, each with values of their own.

Nothing is guessed: a text that no usable signature and template give is refused before anything leaves. A signature
for verification codes and a template that is not for promotion are not usable, whatever else Aliyun says of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import Leaving
from campaign_app.gateways.templates import Filled, Templates, signed
from campaign_app.transport.aliyun import AliyunCalls
from campaign_app.transport.aliyun_filed import signatures, templates

NOTATION: Final = "${name}"
NUMBERS_MAX: Final = 100  # of one SendBatchSms, by Aliyun's documentation (66041)
# how long what Aliyun said of signatures and templates is believed, and how soon a text that fits none asks anew
BELIEVED: Final = timedelta(minutes=10)
ASKED_ANEW: Final = timedelta(minutes=1)


class Wording(NamedTuple):
    signature: str
    template: Filled


class Entry(NamedTuple):
    """One number of a request, and what it reads."""

    message: Leaving
    phone: Phone
    wording: Wording


class Request(NamedTuple):
    template: str
    entries: tuple[Entry, ...]

    @property
    def message_ids(self) -> tuple[str, ...]:
        return tuple(entry.message.message_id for entry in self.entries)


class Plan(NamedTuple):
    requests: tuple[Request, ...]
    refused: tuple[SubmitOutcome, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be used, as Aliyun said it at `asked_at`."""

    signatures: frozenset[str]
    templates: Templates
    asked_at: datetime

    def wording(self, text: str) -> Wording | str:
        """Or why there is none."""
        parts = signed(text)
        if parts is None or parts.signature not in self.signatures:
            return "no_signature"
        found = self.templates.fill(parts.body)
        return "no_template" if found is None else Wording(parts.signature, found)


@dataclass(slots=True)
class Planner:
    """Threads may share it."""

    calls: AliyunCalls
    clock: Clock
    _known: Allowed | None = None
    _lock: Lock = field(default_factory=Lock)

    def plan(self, messages: Sequence[Leaving], phones: Mapping[str, Phone]) -> Plan:
        """Raises RemoteError where Aliyun does not say what may be used."""
        texts = {message.text for message in messages}
        wordings = self._wordings(texts, BELIEVED)
        if any(isinstance(found, str) for found in wordings.values()):
            wordings = self._wordings(texts, ASKED_ANEW)
        return _planned(wordings, messages, phones)

    def doubt(self) -> None:
        """Aliyun refused what it had called usable."""
        with self._lock:
            self._known = None

    def _wordings(self, texts: set[str], believed: timedelta) -> Mapping[str, Wording | str]:
        allowed = self._allowed(believed)
        return {text: allowed.wording(text) for text in texts}

    def _allowed(self, believed: timedelta) -> Allowed:
        with self._lock:
            now = self.clock()
            # abs: after the clock was set back nobody knows how old it is
            if self._known is None or abs(now - self._known.asked_at) > believed:
                names = frozenset(one.name for one in signatures(self.calls) if one.usable)
                texts = [(one.code, one.text) for one in templates(self.calls) if one.usable]
                self._known = Allowed(names, Templates(texts, NOTATION), now)
            return self._known


def _planned(wordings: Mapping[str, Wording | str], messages: Sequence[Leaving], phones: Mapping[str, Phone]) -> Plan:
    alike: dict[str, list[Entry]] = {}
    refused: list[SubmitOutcome] = []
    for message in messages:
        wording = wordings[message.text]
        if isinstance(wording, str):
            refused.append(SubmitOutcome(message.message_id, Outcome.REJECTED, code=wording))
            continue
        entry = Entry(message, phones[message.message_id], wording)
        alike.setdefault(wording.template.code, []).append(entry)
    requests = (
        Request(code, tuple(entries[at : at + NUMBERS_MAX]))
        for code, entries in alike.items()
        for at in range(0, len(entries), NUMBERS_MAX)
    )
    return Plan(tuple(requests), tuple(refused))
