"""What a campaign's pre-flight looks at, and what it says of it: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Account
from campaign_app.domain.finding import Finding
from campaign_app.domain.signature import Signature
from campaign_app.domain.team import Editor
from campaign_app.services.expiry import Expiry
from campaign_app.services.money import Level, Spending


@dataclass(frozen=True, slots=True)
class Check:
    """`key` says what was looked at, `code` what was found; `facts` are the figures and names of the sentence."""

    key: str
    level: Level
    code: str
    facts: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=dict)


class Fit(NamedTuple):
    """Of the texts of `people` looked at, how many no template of the sender gives."""

    people: int
    unfit: int


@dataclass(frozen=True, slots=True)
class Abilities:
    """Whether an account has a sender, and whether anybody can be asked who of its customers agreed.

    `carrier`: it is one at an SMS provider, without customers. `replies`: what people answer to messages that its own
    platform carries comes in here. `stated`: what its own platform sends by is the word of whoever typed it in. `pace`:
    how many parts a second are handed over, 0 where no limit is known.
    """

    sends: bool
    confirmed: bool
    carrier: bool = False
    replies: bool = True
    stated: bool = False
    pace: float = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that the checks judge. `ages` are the oldest and the newest reading of the facts that let people in.

    `blocks` and `warned` are by rule what stops every text, and what a person has still to confirm (None where the text
    that it was found in reads otherwise by now). `accounts` send; the platforms of `mute`, connected too, do not.
    `opens` and `closes` are the hours in force; `heartbeat` is the worker's last sign of life. `silent` names the
    connected shops for whose customers nobody is there to ask who agreed. `carriers` has by shop the account at an SMS
    provider that carries its messages, where one does. Of the shops whose sender does not hand in what people answer,
    `unread` are those where nobody has said who reads that, and `elsewhere` has for the others what was said. Of those
    whose sender shows no templates nobody has compared what was typed in for the `unchecked`; the others are `stated`.
    `spending` is None before the screening. `signed` has by shop the signature as its carrier tells of it, `held` the
    port that its messages would leave over and the other signature that it carries. `send_at` is the time that was
    chosen, if any; `paces` has by carrying account its `Abilities.pace`. `editor` is who changed the campaign last, as
    whoever looks at it sees them; None where policy does not ask for another person's approval. `fits` has by
    sending account whether its templates give the texts, where its provider lists any. Of the accounts that are
    asked before each batch, in the queue of `stuck` lies a reply that nobody can read, and `ends` has until when the
    authorisation of a label holds. `void`: it was approved, and that does not hold any more. `approver_left`: it does,
    and who approved it has lost the role.
    """

    campaign: Campaign
    funnel: Mapping[str, int]
    ages: tuple[datetime, datetime] | None
    max_age: timedelta
    blocks: Mapping[str, Finding]
    warned: Mapping[str, Finding | None]
    signature: Signature | None
    accounts: tuple[Account, ...]
    opens: time
    closes: time
    heartbeat: datetime | None
    now: datetime
    mute: tuple[Account, ...] = ()
    silent: tuple[str, ...] = ()
    carriers: Mapping[int, Account] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    spending: Spending | None = None
    signed: Mapping[int, Signature | None] = field(default_factory=dict)
    held: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    send_at: datetime | None = None
    paces: Mapping[int, float] = field(default_factory=dict)
    editor: Editor | None = None
    fits: Mapping[int, Fit] = field(default_factory=dict)
    stuck: tuple[str, ...] = ()
    ends: Mapping[str, Expiry] = field(default_factory=dict)
    void: bool = False
    approver_left: bool = False

    @property
    def leaves_at(self) -> datetime:
        return self.send_at or self.now

    @property
    def ready(self) -> int:
        return self.funnel.get(Reason.OK, 0)

    def carrier(self, shop: Account) -> Account:
        """The account that hands its messages over."""
        return self.carriers.get(shop.id, shop)

    def way(self, shop: Account) -> str:
        """The shop, and by whom its messages leave where that is another account."""
        carrier = self.carrier(shop)
        return shop.label if carrier is shop else f"{shop.label} → {carrier.label}"
