"""A queue that hands every reply out once, and two who read it at once: the cursor never goes back to before a pull."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from campaign_app.domain.message import DeliveryReport, InboundMessage, Page
from campaign_app.domain.phone import Phone
from campaign_app.gateways.pulling import Pulled, PullQueue
from campaign_app.jobs.poll import poll_inbound
from tests.fakes.remotes import FakeGateway
from tests.helpers.shop import NOW, Shop, everybody, person

DIALECTS = ("sqlite", "postgresql")


class Killed(BaseException):
    """The process ends here."""


def reply(index: int, text: str) -> InboundMessage:
    return InboundMessage(f"i{index}", "", person("c", index).phone, text, NOW)


@dataclass
class Queued(FakeGateway):
    """A provider: what waits in its queue, and what it tells of a number when asked."""

    waiting: list[InboundMessage] = field(default_factory=list)
    ever: list[InboundMessage] = field(default_factory=list)
    queue: PullQueue[InboundMessage] | None = None

    def comes_in(self, message: InboundMessage) -> None:
        self.waiting.append(message)
        self.ever.append(message)

    def _pull(self) -> Pulled[InboundMessage]:
        found, self.waiting = self.waiting, []
        return Pulled(found, full=False)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        self.queue = self.queue or PullQueue(self._pull)
        return self.queue.page(cursor)

    def look_back(self, stream: str, phone: Phone, since: datetime) -> tuple[DeliveryReport | InboundMessage, ...]:
        return tuple(each for each in self.ever if each.phone == phone and stream == "inbound")


class Between:
    """The inbox, by which somebody who is about to store the first page is held up until `meanwhile` is over."""

    def __init__(self, inbox: Any) -> None:
        self.inbox = inbox
        self.meanwhile: Any = None

    def store_inbound(self, account: int, page: Page[InboundMessage], *rest: Any, **more: Any) -> int:
        if page.items and self.meanwhile is not None:
            do, self.meanwhile = self.meanwhile, None
            do()
        stored: int = self.inbox.store_inbound(account, page, *rest, **more)
        return stored

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inbox, name)


def test_a_refusal_that_another_reader_pulled_and_never_stored_is_asked_for(shop: Shop) -> None:
    account = shop.add_account(4)
    gateway = shop.gateways[account] = Queued(account)
    shop.run(shop.campaign().id)
    gateway.accepted.clear()
    between: Any = Between(shop.workspace.inbox)
    slow = replace(shop.context, stores=replace(shop.context.stores, inbox=between))
    killed: Any = Between(shop.workspace.inbox)
    dying = replace(shop.context, stores=replace(shop.context.stores, inbox=killed))
    gateway.comes_in(reply(0, "好的"))

    def end() -> None:
        raise Killed

    def the_other() -> None:
        poll_inbound(shop.context, account)  # the same page, and it is stored
        gateway.comes_in(reply(1, "TD"))
        killed.meanwhile = end
        with suppress(Killed):
            poll_inbound(dying, account)

    between.meanwhile = the_other
    poll_inbound(slow, account)
    gateway.queue = None  # another process
    shop.run(shop.campaign().id)
    assert shop.reached() == [ref for ref in everybody(4) if ref != "c00001"]
