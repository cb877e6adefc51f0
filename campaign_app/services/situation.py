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
    """Everything that the checks judge."""

    campaign: Campaign
    # reason → people of the screening
    funnel: Mapping[str, int]
    # the oldest and the newest reading of the facts that let people in
    ages: tuple[datetime, datetime] | None
    max_age: timedelta
    # by rule what stops every text, and what a person has still to confirm (None where the text that it was found in
    # reads otherwise by now)
    blocks: Mapping[str, Finding]
    warned: Mapping[str, Finding | None]
    signature: Signature | None
    # the shops whose messages can leave, connected or not
    accounts: tuple[Account, ...]
    # the hours in force
    opens: time
    closes: time
    # the worker's last sign of life
    heartbeat: datetime | None
    now: datetime
    # the connected shops whose platforms send nothing
    mute: tuple[Account, ...] = ()
    # the connected shops for whose customers nobody is there to ask who agreed
    silent: tuple[str, ...] = ()
    # by shop the account at an SMS provider that carries its messages, where one does
    carriers: Mapping[int, Account] = field(default_factory=dict)
    # of the shops whose sender does not hand in what people answer: those where nobody has said who reads that, and
    # what was said for the others
    unread: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    # of the shops whose sender shows no templates: those where nobody has compared what was typed in, and the others
    unchecked: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    # None before the screening
    spending: Spending | None = None
    # by shop the signature as its carrier tells of it
    signed: Mapping[int, Signature | None] = field(default_factory=dict)
    # by shop the port that its messages would leave over, and the other signature that it carries
    held: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    # the time that was chosen, if any
    send_at: datetime | None = None
    # by carrying account its `Abilities.pace`
    paces: Mapping[int, float] = field(default_factory=dict)
    # who changed the campaign last, as whoever looks at it sees them; None where policy does not ask for another
    # person's approval
    editor: Editor | None = None
    # by sending account whether its templates give the texts, where its provider lists any
    fits: Mapping[int, Fit] = field(default_factory=dict)
    # of the accounts that are asked before each batch: in whose queue a reply lies that nobody can read, and by label
    # until when their authorisation holds
    stuck: tuple[str, ...] = ()
    ends: Mapping[str, Expiry] = field(default_factory=dict)
    # it was approved, and that does not hold any more
    void: bool = False
    # it does, and who approved it has lost the role
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
