"""What today's rules say of texts that were sent, word for word as they are in the ledger.

A text is taken apart into the campaign's template and its values, so that the engine reads it as it reads a whole
campaign, and nothing is said of it unless the two make the very same text again. It is judged as of the day and the
quarter of an hour in which it left: a last day that was still to come then is not over because it is over now. Rules
that began since are asked as of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from campaign_app.compliance.engine import CheckResult, Engine
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.template import Template
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.finding import Severity
from campaign_app.domain.lookback import Era, Ground, Mark
from campaign_app.domain.sent_texts import Reread
from campaign_app.domain.signature import standing
from campaign_app.services.texts import Texts
from campaign_app.services.window import BEIJING

KNOWN_MAX: Final = 20_000
# rules on the filing of a signature: what holds of it is said once, by `signature`
FILING: Final = frozenset({"SIG-006", "SIG-007", "SIG-012", "SIG-014", "SIG-015", "SIG-016", "SIG-017"})
_UNKNOWN: Final = frozenset({"filing_unknown", "owner_unconfirmed", "unknown"})
Rows = Mapping[str, Reread | None]


class LookedAt:
    """Implements `domain.sent_texts.SentTexts`."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._known: dict[tuple[int, int, datetime], tuple[Engine, CheckRequest, dict[str, Reread | None]]] = {}

    @property
    def rule_packs(self) -> str:
        return self._texts.rule_packs

    def signature(self, campaign: Campaign, shop: int, now: datetime) -> Mark | None:
        signature, today = self._texts.request(campaign, now, shop).signature, now.astimezone(BEIJING).date()
        if not signature.owner_uscc and not signature.owner_open:
            return Mark(Ground.SIGNATURE_UNKNOWN, Era.UNDATED)
        problem = standing(signature, campaign.entity_uscc, today)
        if problem in _UNKNOWN:
            return Mark(Ground.SIGNATURE_UNKNOWN, Era.UNDATED)
        if problem == "expired" and signature.valid_until is not None:
            ended = datetime.combine(signature.valid_until + timedelta(days=1), datetime.min.time(), BEIJING)
            return Mark(Ground.SIGNATURE_EXPIRED, Era.SINCE, moment=ended)
        if problem:
            return Mark(Ground.SIGNATURE_REFUSED, Era.SINCE, (problem,))
        if campaign.purpose not in signature.scopes:
            return Mark(Ground.SIGNATURE_SCOPE, Era.SINCE)
        return None

    def reread(
        self, campaign: Campaign, shop: int, texts: Sequence[tuple[str, datetime]], now: datetime
    ) -> Sequence[Reread | None]:
        request = self._texts.request(campaign, now, shop)
        by_time: dict[datetime, dict[str, None]] = {}
        for text, sent_at in texts:
            by_time.setdefault(_quarter(sent_at), {})[text] = None
        read = {at: self._read((campaign.id, shop, at), request, wanted, now) for at, wanted in by_time.items()}
        return [read[_quarter(sent_at)][text] for text, sent_at in texts]

    def _read(self, key: tuple[int, int, datetime], request: CheckRequest, texts: Iterable[str], now: datetime) -> Rows:
        engine, request = self._texts.engine, replace(request, send_at=key[2])
        by, asked, known = self._known.get(key, (None, None, {}))
        if by is not engine or asked != request or len(known) > KNOWN_MAX:
            self._known.clear()  # of one campaign and quarter at a time: the walk is in the order of sending
            known = {}
            self._known[key] = engine, request, known
        new = [text for text in texts if text not in known]
        if new:
            known.update(zip(new, _judged(engine, request, new, now), strict=True))
        return known


def _judged(engine: Engine, request: CheckRequest, texts: Sequence[str], now: datetime) -> list[Reread | None]:
    today, day = now.astimezone(BEIJING).date(), request.send_date or date.min
    begun, ended = engine.begun_after(day, today), engine.ended_by(today)
    found = _checked(engine, request, texts)
    late = _checked(engine, replace(request, send_at=now), texts) if begun else found
    return [
        None if then is None or since is None else _rules(then, since, begun, ended)
        for then, since in zip(found, late, strict=True)
    ]


def _checked(engine: Engine, request: CheckRequest, texts: Sequence[str]) -> list[CheckResult | None]:
    """In order; None where what the engine made is not what was sent."""
    request = replace(request, body=apart(request.body))
    head, template = f"【{request.signature.text}】", Template.parse(request.body)
    bodies = [text.removeprefix(head) if text.startswith(head) else None for text in texts]
    values = [None if body is None else template.values_in(body) for body in bodies]
    results = engine.check_rendered(request, [each for each in values if each is not None])
    found: list[CheckResult | None] = []
    for text, body, row in zip(texts, bodies, values, strict=True):
        if body is None:
            result = None
        elif row is None:  # not by this template: as a text of its own
            result = engine.check(replace(request, body=body, variables={}))
        else:
            result = next(results)
        found.append(result if result is not None and result.final_text == text else None)
    return found


def apart(body: str) -> str:
    """The template with a name of its own for every place of a variable.

    Where one stands twice and another touches it, nobody can tell from the text alone where its value begins, while
    each place by itself holds something.
    """
    template, seen = Template.parse(body), set[str]()
    taken, made = set(template.names), template.literals[0]
    for name, literal in zip(template.names, template.literals[1:], strict=True):
        own, number = name, 2
        while own in seen or (own != name and own in taken):
            own, number = f"{name[:36]}_{number}", number + 1
        seen.add(own)
        made += f"{{{own}}}{literal}"
    return made


def _rules(then: CheckResult, since: CheckResult, begun: frozenset[str], ended: frozenset[str]) -> Reread:
    found = [each for each in then.findings if each.rule_id not in begun | ended]
    if begun:
        found += [each for each in since.findings if each.rule_id in begun]
    by = {
        severity: frozenset(each.rule_id for each in found if each.severity is severity) - FILING
        for severity in (Severity.BLOCK, Severity.WARN)
    }
    return Reread(by[Severity.BLOCK], by[Severity.WARN])


@lru_cache(maxsize=1_024)  # a batch has one time
def _quarter(moment: datetime) -> datetime:
    local = moment.astimezone(BEIJING)
    return local - timedelta(minutes=local.minute % 15, seconds=local.second, microseconds=local.microsecond)
