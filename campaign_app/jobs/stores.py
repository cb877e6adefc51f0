"""What the jobs work with: the workspace's stores and ways to the connected accounts, handed over by `working`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from campaign_app.compliance.providers import Cap
from campaign_app.consent.policy import Policy
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.copies import Copy
from campaign_app.domain.customer import Customer
from campaign_app.domain.message import Composed
from campaign_app.domain.ports import AccountStore, AuditLog, Clock, InboxStore, JobStore, PhoneKeys, PlatformClient
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_lookback import LookBackStore
from campaign_app.domain.ports_people import CustomerStore, FactStore, OptOutStore, SuppressionStore
from campaign_app.domain.sent_texts import SentTexts
from campaign_app.jobs.ports import BATCH, Gateway, Ledger, Rates, Trials
from campaign_app.services.window import CLOSES, OPENS


class Composer(Protocol):
    """Renders a campaign for its people and says what the rules find in each text."""

    def messages(self, campaign: Campaign, customers: Sequence[Customer], now: datetime) -> Sequence[Composed]:
        """Each customer's text with its 【signature】, judged as of the planned time, or of now once that is over."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    accounts: AccountStore
    customers: CustomerStore
    facts: FactStore
    suppressions: SuppressionStore
    campaigns: CampaignStore
    inbox: InboxStore
    ledger: Ledger
    jobs: JobStore
    audit: AuditLog
    phone_keys: PhoneKeys
    opt_outs: OptOutStore
    trials: Trials
    rates: Rates
    lookbacks: LookBackStore


@dataclass(frozen=True, slots=True)
class Remotes:
    """Clients by account id; made once per process and shared by its threads.

    `sends`: whether the account's platform is a sender at all; of one that is none there is no gateway.
    """

    platform: Callable[[int], PlatformClient]
    gateway: Callable[[int, str], Gateway]  # account id, purpose
    sends: Callable[[int], bool] = lambda _: True


def no_caps(_account_id: int) -> tuple[Cap, ...]:
    return ()


def is_in_use() -> bool:
    """Of a workspace that is no copy."""
    return False


def is_known() -> str:
    """Of a workspace that nobody can put back, such as a demo's."""
    return ""


@dataclass(frozen=True, slots=True)
class Context:
    """What every step of a job is handed; `as_set` of the worker makes it anew by the settings of now."""

    # makes message ids and idempotency keys unique across workspaces at one sender
    workspace_id: str
    stores: Stores
    remotes: Remotes
    composer: Composer
    policy: Policy
    clock: Clock
    wait: Callable[[float], None]
    # people of a batch
    batch: int = BATCH
    # messages per person and entity in 7 and in 30 days, 0 for no cap
    house_caps: tuple[int, int] = (0, 0)
    # by a shop's account those of the SMS provider that carries its messages
    provider_caps: Callable[[int], tuple[Cap, ...]] = no_caps
    complaints_per_10000: int = 10
    # those of the merchant, for the first message and the last
    hours: tuple[time, time] = (OPENS, CLOSES)
    # test messages of an entity
    tests_per_day: int = 20
    # what this workspace is a copy of
    copies: tuple[Copy, ...] = ()
    # puts down outside of the workspace what it has claimed by now; "", or why nothing may leave: it is an older copy
    seen: Callable[[], str] = is_known
    # the same of what came in, before its sender is asked for more and forgets it
    kept: Callable[[], object] = is_known
    # whether it is taken for a copy, and nobody has said yet that the other is out of use, whose replies they are
    aside: Callable[[], bool] = is_in_use
    # a small step of what keeps the workspace's files small, which nobody waits for
    upkeep: Callable[[], object] = is_known
    # reads what was sent by today's rules; where there is none, no look-back calls any text good
    sent_texts: SentTexts | None = None
