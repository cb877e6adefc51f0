"""Rules 8 and 9: what is asked of the platform, what never is, and which answers of another version are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final

from campaign_app.conformance.adapters.behind import Behind, Broken, expect
from campaign_app.conformance.adapters.tampering import Seen, Spoil
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import RemoteError, RemoteRefused, SettingsError
from campaign_app.domain.ports import ConnectionReport
from campaign_app.platforms import client_for

PORT: Final = frozenset(
    {
        "capabilities", "check_connection", "customers", "consents", "consent_changes", "write_opt_out", "signatures",
        "redacted", "close", "template", "templates", "parts_left",
    }
)  # fmt: skip


def calls(behind: Behind) -> Mapping[str, Callable[[], object]]:
    """The check of the connection, and every call that the adapter offers besides `consents`."""
    offers = behind.offers
    offered = {name: ask for name, ask in _everything(behind).items() if getattr(offers, name)}
    return {"check_connection": behind.client.check_connection, **offered}


def _everything(behind: Behind) -> Mapping[str, Callable[[], object]]:
    client = behind.client

    def write_opt_out() -> None:
        client.write_opt_out(behind.somebody_used(), "reply", behind.clock())

    return {
        "customers": lambda: client.customers("", behind.clock() - timedelta(days=1)),
        "consent_changes": lambda: client.consent_changes(""),
        "signatures": client.signatures,
        "opt_out_write": write_opt_out,
    }


def nothing_is_an_opt_in(behind: Behind) -> None:
    more = {name for name in dir(behind.client) if not name.startswith("_")} - PORT
    expect(not more, f"the client can more than the port: {more}")
    behind.ask(behind.refs())
    if behind.offers.opt_out_write:
        behind.use_up()  # of somebody who has opted out already nothing may have to be written
    for ask in calls(behind).values():
        ask()
    found = re.search(behind.case.opt_in, behind.proxy.asked)
    expect(found is None, f"an opt-in is asked: {found}")


def what_is_not_offered_is_refused(behind: Behind) -> None:
    offered = calls(behind)
    for name, ask in _everything(behind).items():
        if name not in offered:
            expect(_code(ask) == "not_offered", f"{name} is not offered, and not refused as such")
    expect(not behind.proxy.seen, "the platform is asked for what it does not offer")


def _code(ask: Callable[[], object]) -> str:
    try:
        ask()
    except RemoteRefused as refused:
        return refused.code
    return ""


def a_version_is_looked_at(behind: Behind) -> None:
    case = behind.case
    ways = (case.other_version, case.unpinned, case.drifted)
    expect(not case.http or any(way is not None for way in ways), "nothing of another version is shown to the adapter")


def another_version_is_refused(behind: Behind) -> None:
    _is_refused(behind, behind.case.other_version, "an answer of another version", ("schema_drift",))


def another_shape_is_refused(behind: Behind) -> None:
    _is_refused(behind, behind.case.drifted, "an answer whose fields have other names")


def an_unpinned_version_is_refused(behind: Behind) -> None:
    if (unpinned := behind.case.unpinned) is not None:
        try:
            client_for(unpinned(behind.running.account), behind.running.secret, behind.clock)
        except SettingsError as error:
            expect(error.code == "schema_drift", f"it is refused as {error.code}")
            return
    raise Broken("a version that nobody has pinned is asked for")


def _is_refused(behind: Behind, spoil: Spoil | None, what: str, codes: Collection[str] = ()) -> None:
    """By every call whose answers become others by it; those of the check of the connection have to."""
    changed: list[bool] = []

    def seen_through(seen: Seen) -> Seen:
        spoilt = seen if spoil is None else spoil(seen)
        changed.append((spoilt.body, dict(spoilt.headers)) != (seen.body, dict(seen.headers)))
        return spoilt

    behind.proxy.spoil = seen_through
    for name, ask in calls(behind).items():
        changed.clear()
        problem = _problem(ask)
        if any(changed):
            expect(problem in codes if codes else bool(problem), f"{name} takes {what} for its own ({problem!r})")
        missed = name == "check_connection" and not any(changed)
        expect(not missed, "nothing of its answers was changed: `other_version` or `drifted` misses them")
    changed.clear()
    passing = _passing(behind, behind.refs())
    expect(not (any(changed) and passing), f"consents takes {what} for its own")


def _problem(ask: Callable[[], object]) -> str:
    """What a call says of its answers, "" where it takes them for good ones."""
    try:
        answer = ask()
    except RemoteError as error:
        return error.code
    return answer.problem if isinstance(answer, ConnectionReport) else ""


def _passing(behind: Behind, refs: Sequence[CustomerRef]) -> list[CustomerRef]:
    try:
        facts = behind.ask(refs)
    except RemoteError:
        return []
    return [ref for ref in refs if behind.passes(facts[ref])]
