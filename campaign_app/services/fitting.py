"""Whether a sender's templates give what a campaign says, by what its provider listed last.

What leaves is decided by the gateway, which asks the provider again; here a person is told before they approve.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from campaign_app.compliance.filed import Templates, signed
from campaign_app.domain.ports import AccountStore
from campaign_app.domain.signature import FiledTemplate
from campaign_app.services.situation import Check, Fit, Situation

# a list that was read longer ago says nothing of what is approved by now
BELIEVED: Final = timedelta(hours=24)
FEW: Final = 20  # of a sender's people in the sample: their texts alone are no word on those of all


def note_templates(settings: AccountStore, account_id: int, listed: Iterable[FiledTemplate], at: datetime) -> None:
    """Keeps those by which messages leave, in place of what was known."""
    kept = [[each.code, each.text, each.sends] for each in listed if each.sends]
    settings.set_setting(_name(account_id), {"at": at.isoformat(), "templates": kept})


def fits(
    settings: AccountStore, texts: Mapping[int, Sequence[str]], carriers: Mapping[int, int], now: datetime
) -> dict[int, Fit]:
    """By sender account; those are left out of whose templates nothing is known.

    `texts` are finished ones by shop, as `Survey.leaving`; `carriers` has by shop the account that sends for it. A
    sender of whose people FEW are in the sample is judged by the texts of all: they follow one body.
    """
    mine = defaultdict[int, list[str]](list)
    for shop, theirs in texts.items():
        if shop in carriers:
            mine[carriers[shop]] += theirs
    everybody = [text for theirs in texts.values() for text in theirs]
    known = {carrier: _known(settings, carrier, now) for carrier in dict.fromkeys(carriers.values())}
    return {
        c: _fit(templates, everybody if len(mine[c]) < FEW else mine[c])
        for c, templates in known.items()
        if templates is not None
    }


def check_fit(seen: Situation) -> tuple[Check, ...]:
    """Of a sender that could send nothing the batch would stop; whom alone no template fits would be rejected."""
    lines = None if seen.spending is None else {line.account_id for line in seen.spending.quote.lines}
    ways = {seen.carrier(shop).id: seen.way(shop) for shop in seen.accounts}
    found = {ways[c]: fit for c, fit in seen.fits.items() if c in ways and fit.unfit and (lines is None or c in lines)}
    if none := tuple(way for way, fit in found.items() if fit.unfit == fit.people):
        return (Check("fit", "block", "template_none", {"names": none}),)
    some = tuple(f"{way}（{fit.unfit} / {fit.people}）" for way, fit in found.items())
    return (Check("fit", "warn", "template_some", {"names": some}),) if some else ()


def _known(settings: AccountStore, account_id: int, now: datetime) -> list[Templates] | None:
    known = settings.setting(_name(account_id), None)
    # abs: after the clock was set back nobody knows how old it is
    if known is None or abs(now - datetime.fromisoformat(known["at"])) > BELIEVED:
        return None
    notations = dict.fromkeys(notation for _, _, notation in known["templates"])
    return [
        Templates([(code, text) for code, text, of in known["templates"] if of == each], each) for each in notations
    ]


def _fit(templates: Iterable[Templates], texts: Sequence[str]) -> Fit:
    """A text without a signature in front is no finished one, and another check tells of it."""
    bodies = [parts.body for text in texts if (parts := signed(text)) is not None]
    given = {body: any(each.fill(body) is not None for each in templates) for body in set(bodies)}
    return Fit(len(bodies), sum(not given[body] for body in bodies))


def _name(account_id: int) -> str:
    return f"account.{account_id}.templates"
