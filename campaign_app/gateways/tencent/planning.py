"""From finished texts to requests: who gets the same template with the same values shares a request.

Nothing is guessed: a text that no usable signature and template give is refused before anything leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.gateways.checks import Leaving
from campaign_app.gateways.templates import Templates
from campaign_app.gateways.wordings import Allowed, Wording
from campaign_app.transport.tencent import TencentCalls
from campaign_app.transport.tencent_filed import USABLE, signatures, templates

NOTATION: Final = "{1}"
NUMBERS_MAX: Final = 200


class Request(NamedTuple):
    """What all its numbers read."""

    wording: Wording
    messages: tuple[Leaving, ...]

    @property
    def values(self) -> list[str]:
        """In the order of their numbers in the template."""
        return [value for _, value in sorted(self.wording.template.values, key=lambda each: int(each[0]))]


class Plan(NamedTuple):
    requests: tuple[Request, ...]
    refused: tuple[SubmitOutcome, ...]


def allowed(calls: TencentCalls) -> Allowed:
    """Raises RemoteError where Tencent does not say."""
    names = frozenset(one.name for one in signatures(calls) if one.status == USABLE)
    texts = [(one.template_id, one.text) for one in templates(calls) if one.status == USABLE]
    return Allowed(names, Templates(texts, NOTATION))


def plan(messages: Sequence[Leaving], wordings: Mapping[str, Wording | str]) -> Plan:
    """`wordings`: of every text, or why it has none. Every message has a number, and no two the same."""
    alike: dict[Wording, list[Leaving]] = {}
    refused: list[SubmitOutcome] = []
    for message in messages:
        wording = wordings[message.text]
        if isinstance(wording, str):
            refused.append(SubmitOutcome(message.message_id, Outcome.REJECTED, code=wording))
        else:
            alike.setdefault(wording, []).append(message)
    requests = (
        Request(wording, tuple(group[at : at + NUMBERS_MAX]))
        for wording, group in alike.items()
        for at in range(0, len(group), NUMBERS_MAX)
    )
    return Plan(tuple(requests), tuple(refused))
