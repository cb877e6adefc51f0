"""What has to be known of a platform to hold its adapter to the rules: its simulator, and answers worth spoiling.

    def case() -> PlatformCase:
        return PlatformCase(
            name="shopify",                             # as in platforms.adapter
            start=_start,                               # a context manager: a started simulator, `Running`
            spoilt=(                                    # answers that may confirm nobody, each with the rule it breaks
                Spoilt("unknown state", 1, edit(GRAPHQL, _unknown_state)),
                Spoilt("null level", 1, edit(GRAPHQL, _null_level)),
                Spoilt("missing ref", 1, edit(GRAPHQL, _without_first)),
                Spoilt("half page", 1, …),              # `hasNextPage` true and no cursor, userErrors, partial data …
                Spoilt("grant in the future", 5, edit(GRAPHQL, _dated("2999-01-01T00:00:00Z"))),
                Spoilt("grant without a date", 5, edit(GRAPHQL, _dated(None))),
            ),
            open_ends=(                                 # (rule 2) pages that do not say that they are the last
                OpenEnd("customers", "no pageInfo", edit(GRAPHQL, _without_page_info)),
                OpenEnd("customers", "empty page", edit(GRAPHQL, _empty_page_with_more)),
            ),
            other_version=edit(GRAPHQL, …),             # (rule 9) an answer that names a version which is not pinned
            unpinned=lambda account: replace(…),        # or an account that asks for one
            drifted=renamed("shop"),                    # or, where no answer names a version, one of another shape
            opt_in=rb'"SUBSCRIBED"',                    # (rule 8) a regex of what is never asked: an opt-in
        )

`Running.confirmed`: 20 refs or more whom the simulator confirms for `purpose` (fewer make the suite fail, none is right
only for an adapter without `consent_lookup`). `Running.refused`: refs that must not pass, by the status that their fact
has to have. Of a platform without consents `refused` may hold vetoes, `vetoed` has the notes of those who are UNKNOWN;
everybody else who is UNKNOWN must be so by `no_consent_api`, and ten at least of a platform that has vetoes, for checks
use some of them up. What is said of such a platform is judged beside a consent service that confirms everybody.
`Running.withdraw(ref)` makes the simulator's person opt out now; None where the platform has no consents.
`Running.opted_out(ref)` says whether the simulator was told that this person opted out; None where the adapter itself
says of them that they are WITHDRAWN then.
A simulator with a budget that all checks draw on gets the time that it asks for, ten seconds in one check at most.
Every call whose answers `other_version` or `drifted` changes has to refuse them; the check's have to be among them.
A spoilt answer either raises RemoteError or lets nobody pass whom it is about, whatever a consent service says of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from campaign_app.conformance.adapters.tampering import Spoil, untouched
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Account


@dataclass(frozen=True)
class Running:
    """A started simulator and an account of it as the program would have connected it (`account.base_url`: its url).

    `secret` is what the workspace keeps for the account (`client_for`'s second argument); `people`: how many customers
    it lists; `simulator` is there for the case's own `before` functions. `used`: refs whose consent a check changed.
    """

    account: Account
    secret: str = field(repr=False)
    people: int
    confirmed: tuple[str, ...] = ()
    refused: Mapping[str, ConsentStatus] = field(default_factory=dict)
    vetoed: Mapping[str, str] = field(default_factory=dict)
    purpose: str = "retail"
    withdraw: Callable[[str], None] | None = None
    opted_out: Callable[[str], bool] | None = None
    simulator: Any = None
    used: list[str] = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class Spoilt:
    """An answer to `consents` that may confirm nobody. `before` changes the simulator's person first (a ref is given).

    `first_only`: it is about the first ref of the answer, the others may stay confirmed.
    """

    name: str
    rule: int
    spoil: Spoil = untouched
    before: Callable[[Running, str], None] | None = None
    first_only: bool = False


@dataclass(frozen=True)
class OpenEnd:
    """A page of a listing (`customers` or `consent_changes`) that does not say that it is the last one."""

    listing: str
    name: str
    spoil: Spoil


@dataclass(frozen=True)
class PlatformCase:
    name: str
    start: Callable[[], AbstractContextManager[Running]]
    spoilt: tuple[Spoilt, ...] = ()
    open_ends: tuple[OpenEnd, ...] = ()
    other_version: Spoil | None = None
    unpinned: Callable[[Account], Account] | None = None
    drifted: Spoil | None = None
    strangers: int = 2_500  # more than any platform answers at once; fewer where it is asked of one at a time
    http: bool = True  # False: what it speaks cannot be spoilt by a proxy of HTTP
    opt_in: bytes = rb"(?i)opt.?in|subscribe\b"
