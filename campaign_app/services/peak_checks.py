"""What stands in a plan for a peak: looked up in the workspace wherever it can be, asked of a person only where not.

The list is this program's policy, made of what its owners want to know before a peak: no law has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.copies import BACKED_UP
from campaign_app.domain.customer import Account
from campaign_app.domain.peak import PauseAll, Plan, Result, Word
from campaign_app.domain.signature import Signature, standing
from campaign_app.services.account_matters import lateness
from campaign_app.services.campaigns import adds_up
from campaign_app.services.opt_outs import Untold
from campaign_app.services.window import BEIJING, CLOSES, OPENS
from campaign_app.settings import Settings

State = Literal["ok", "todo", "unknown"]
Facts = Mapping[str, str | int | tuple[str, ...]]
Place = tuple[str, object]  # a page of the window and what to open there
OWN: Final = "compliance"  # this very section: of the plan itself
POLICIES: Final[Place] = ("settings", "policies")
DRILLED: Final = timedelta(days=30)
# nothing in a workspace tells of these
ASKED: Final = ("senders_told", "support", "instructed")
# what else a person may answer for: what nobody told the program
ANSWERABLE: Final = frozenset({"asked", "signatures_open", "authorisations_open", "opt_outs_refused", "backup_team"})


@dataclass(frozen=True, slots=True)
class Item:
    """`key` says what was looked at, `code` what was found; `facts` are the figures and names of the sentence.

    `place` is where it is mended. `word` is a person's, of this code or an earlier one; `asks`: a person may give one.
    """

    key: str
    state: State
    code: str
    facts: Facts = field(default_factory=dict)
    place: Place | None = None
    word: Word | None = None

    @property
    def asks(self) -> bool:
        return self.code in ANSWERABLE

    @property
    def confirmed(self) -> bool:
        """By a word that is about what is found today."""
        return self.asks and self.word is not None and self.word.holds and self.word.code == self.code


@dataclass(frozen=True, slots=True)
class Situation:
    """What is judged."""

    plan: Plan
    now: datetime
    settings: Settings
    # planned within the peak; by campaign its funnel; those that a budget holds
    campaigns: tuple[Campaign, ...] = ()
    funnels: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    budgeted: frozenset[int] = frozenset()
    # names by USCC, as far as the plan covers them; those with a budget of the month
    entities: Mapping[str, str] = field(default_factory=dict)
    months: frozenset[str] = frozenset()
    # by campaign
    signatures: Mapping[int, Signature | None] = field(default_factory=dict)
    # the connected ones; when their authorisations end; those whose platform is known to let them end
    accounts: tuple[Account, ...] = ()
    ends: Mapping[int, datetime] = field(default_factory=dict)
    ending: frozenset[int] = frozenset()
    # what platforms were not told
    untold: Mapping[int, Untold] = field(default_factory=dict)
    backed_up: datetime | None = None
    # a team's workspace, backed up where its server is
    shared: bool = False
    pauses: tuple[PauseAll, ...] = ()
    words: Mapping[str, Word] = field(default_factory=dict)

    @property
    def over_at(self) -> datetime:
        """The end of the last day."""
        return datetime.combine(self.plan.wish.last + timedelta(days=1), time(), BEIJING).astimezone(UTC)


def check(seen: Situation) -> tuple[Item, ...]:
    """In the order in which a person would go through them; a person's word counts only where it is asked for."""
    found = (
        _audiences(seen), _caps(seen), _fuse(seen), _budget(seen), _signatures(seen), _authorisations(seen),
        _opt_outs(seen), _hours(seen), _backup(seen), _duty(seen), _drill(seen),
        *(Item(key, "todo", "asked") for key in ASKED),
    )  # fmt: skip
    worded = (replace(item, word=seen.words.get(item.key)) for item in found)
    return tuple(replace(item, state="ok") if item.confirmed else item for item in worded)


def open_of(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.key for item in items if item.state != "ok")


def _audiences(seen: Situation) -> Item:
    if not seen.campaigns:
        return Item("audiences", "unknown", "no_campaigns", place=("campaigns", None))
    bad = [c for c in seen.campaigns if not c.snapshot_size or not adds_up(seen.funnels[c.id], c.snapshot_size)]
    if bad:
        return Item("audiences", "todo", "audiences_open", _named(bad), ("campaigns", (bad[0].id, "screening")))
    people = sum(campaign.snapshot_size for campaign in seen.campaigns)
    facts: Facts = {"count": len(seen.campaigns), "people": people, "names": _names(seen.campaigns)}
    return Item("audiences", "ok", "audiences", facts, ("campaigns", None))


def _caps(seen: Situation) -> Item:
    week, month = seen.settings.house_cap_per_week, seen.settings.house_cap_per_month
    on = week and month
    return Item("caps", "ok" if on else "todo", "caps" if on else "caps_off", {"week": week, "month": month}, POLICIES)


def _fuse(seen: Situation) -> Item:
    return Item("fuse", "ok", "fuse", {"count": seen.settings.complaints_per_10000}, POLICIES)


def _budget(seen: Situation) -> Item:
    if seen.campaigns:
        bad = [each for each in seen.campaigns if each.id not in seen.budgeted]
        if bad:
            return Item("budget", "todo", "budget_none", _named(bad), ("campaigns", (bad[0].id, "sending")))
        return Item("budget", "ok", "budget", _named(seen.campaigns), ("settings", "money"))
    without = tuple(name for uscc, name in seen.entities.items() if uscc not in seen.months)
    if without or not seen.entities:
        return Item("budget", "todo", "month_none", {"names": without}, ("settings", "money"))
    return Item("budget", "ok", "months", {"names": tuple(seen.entities.values())}, ("settings", "money"))


def _signatures(seen: Situation) -> Item:
    if not seen.campaigns:
        return Item("signatures", "unknown", "no_campaigns", place=("signatures", None))
    bad, endless, last = list[str](), list[str](), seen.plan.wish.last
    for each in seen.campaigns:
        known = seen.signatures[each.id]
        if known is None or standing(known, each.entity_uscc, last):
            bad.append(each.signature)
        elif known.valid_until is None:
            endless.append(each.signature)
    code: tuple[State, str] = ("todo", "signatures_bad") if bad else ("unknown", "signatures_open")
    if bad or endless:
        return Item("signatures", *code, _unique(bad or endless), ("signatures", None))
    return Item("signatures", "ok", "signatures", _unique(each.signature for each in seen.campaigns))


def _authorisations(seen: Situation) -> Item:
    if not seen.accounts:
        return Item("authorisations", "todo", "accounts_none", place=("settings", "accounts"))
    short = [each for each in seen.accounts if each.id in seen.ends and seen.ends[each.id] < seen.over_at]
    untold = [each for each in seen.accounts if each.id in seen.ending and each.id not in seen.ends]
    code: tuple[State, str] = ("todo", "authorisations_end") if short else ("unknown", "authorisations_open")
    for found in filter(None, (short, untold)):
        return Item("authorisations", *code, _labels(found), ("settings", ("renew", found[0].id)))
    return Item("authorisations", "ok", "authorisations", _labels(seen.accounts), ("settings", "accounts"))


def _opt_outs(seen: Situation) -> Item:
    known = {each.id: seen.untold[each.id] for each in seen.accounts if each.id in seen.untold}
    late = [each for each in seen.accounts if each.id in known and lateness(known[each.id], seen.now)]
    waiting = sum(each.backlog.waiting for each in known.values())
    if late:
        facts: Facts = {**_labels(late), "count": sum(known[each.id].backlog.waiting for each in late)}
        return Item("opt_outs", "todo", "opt_outs_late", facts, ("settings", ("account", late[0].id)))
    deaf = [each for each in seen.accounts if each.id in known and _untakable(known[each.id])]
    if deaf:
        facts = {**_labels(deaf), "count": sum(_untakable(known[each.id]) for each in deaf)}
        return Item("opt_outs", "unknown", "opt_outs_refused", facts, ("settings", ("account", deaf[0].id)))
    return Item("opt_outs", "ok", "opt_outs_fresh" if waiting else "opt_outs", {"count": waiting})


def _untakable(untold: Untold) -> int:
    """Those that its platform will not take: whether it was told in another way only a person knows."""
    return untold.backlog.refused + untold.backlog.untellable


def _hours(seen: Situation) -> Item:
    opens, closes = max(seen.settings.window_opens, OPENS), min(seen.settings.window_closes, CLOSES)
    facts: dict[str, str | int | tuple[str, ...]] = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
    outside = [each for each in seen.campaigns if not _within(each, opens, closes)]
    if outside:
        place: Place = ("campaigns", (outside[0].id, "sending"))
        return Item("hours", "todo", "hours_outside", {**facts, "names": _names(outside)}, place)
    return Item("hours", "ok", "hours", facts, POLICIES)


def _within(campaign: Campaign, opens: time, closes: time) -> bool:
    """Until the end of its window: what is left of it when the hours end stops there, and waits for a person."""
    assert campaign.send_at is not None, "only planned campaigns are judged"
    last = campaign.window_end or campaign.send_at
    first, end = (moment.astimezone(BEIJING).time() for moment in (campaign.send_at, last))
    return opens <= first and end <= closes


def _backup(seen: Situation) -> Item:
    place = ("settings", "workspace")
    if seen.shared:
        return Item("backup", "unknown", "backup_team")
    if seen.backed_up is None:
        return Item("backup", "todo", "backup_none", place=place)
    facts: Facts = {"day": seen.backed_up.astimezone(BEIJING).date().isoformat(), "days": BACKED_UP.days}
    old = seen.now - seen.backed_up > BACKED_UP
    return Item("backup", "todo" if old else "ok", "backup_old" if old else "backup", facts, place)


def _duty(seen: Situation) -> Item:
    names = tuple(each.name for each in seen.plan.wish.duty)
    place = (OWN, "duty")
    return (
        Item("duty", "ok", "duty", {"names": names}, place) if names else Item("duty", "todo", "duty_none", {}, place)
    )


def _drill(seen: Situation) -> Item:
    place = (OWN, "drill")
    newest = seen.pauses[0] if seen.pauses else None
    measured = next((each for each in seen.pauses if each.result is Result.STOPPED), None)
    if newest is not None and newest.result is Result.OVER:
        return Item("drill", "todo", "drill_over", {"number": newest.id}, place)
    if measured is not None:
        day = measured.asked_at.astimezone(BEIJING).date().isoformat()
        facts: Facts = {
            "day": day, "days": DRILLED.days, "seconds": f"{measured.seconds:.1f}", "messages": measured.messages,
            "left": measured.left,
        }  # fmt: skip
        old = seen.now - measured.asked_at > DRILLED
        return Item("drill", "todo" if old else "ok", "drill_old" if old else "drill", facts, place)
    return Item("drill", "todo", f"drill_{newest.result}" if newest is not None else "drill_none", place=place)


def _named(campaigns: Iterable[Campaign]) -> Facts:
    return {"names": _names(campaigns)}


def _names(campaigns: Iterable[Campaign]) -> tuple[str, ...]:
    return tuple(campaign.name for campaign in campaigns)


def _labels(accounts: Iterable[Account]) -> dict[str, str | int | tuple[str, ...]]:
    return {"names": tuple(account.label for account in accounts)}


def _unique(texts: Iterable[str]) -> Facts:
    return {"names": tuple(dict.fromkeys(f"【{text}】" for text in texts))}


def planned(campaigns: Iterable[Campaign], plan: Plan) -> Iterator[Campaign]:
    """Of these campaigns those of the plan's entities that have a time within its days."""
    for campaign in campaigns:
        if campaign.send_at is not None and plan.covers(campaign.entity_uscc):
            day = campaign.send_at.astimezone(BEIJING).date()
            if plan.wish.first <= day <= plan.wish.last:
                yield campaign
