"""A workspace with one SMPP account, and its gateway as the worker has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self

from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Evidence
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways.lines import LineGateway
from campaign_app.gateways.smpp.gateway import SmppLine
from campaign_app.gateways.smpp.line import Timing
from campaign_app.storage.workspace import Workspace
from campaign_app.transport.smpp.access import access_of
from tests.helpers.fresh import fresh_workspace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
SHORT = "【示例旗舰店】上新，拒收请回复R"
LONG = SHORT + "双十一会员专享" * 10
OPTIONS = {"source": "1069000", "prefix": "86", "rate": "10000", "window": "10", "use": "test"}
QUICK = Timing(silent=0.2, idle=60, tick=0.02, first_pause=0.05, longest_pause=0.2, refused=60, backlog=0.1)
PATIENCE_SECONDS = 20


def account(url: str, **changed: Any) -> Account:
    made = Account(0, "smpp", "c", url, ENTITY, "127.0.0.1", "", "user", True, "", options=OPTIONS)
    return replace(made, **changed)


def phone(n: int) -> Phone:
    return Phone(f"138{n:08d}")


def recipient(
    n: int, account_id: int = 1, *, simulated: bool = True, number: Phone | None = None
) -> ConfirmedRecipient:
    """By the gate: nobody else can make one."""
    fact = ConsentFact(
        CustomerRef(account_id, f"c{n}"), ConsentStatus.CONFIRMED, NOW, ConsentMethod.DOUBLE_OPT_IN, Channel.SMS,
        frozenset({"retail"}), ENTITY, NOW - timedelta(days=9), checked_at=NOW,
        evidence=Evidence(ISSUER, "consent_api", "1.0", simulated, "q", "r", "{}", 0),
    )  # fmt: skip
    ask = Ask(1, "retail", ENTITY, NOW, NOW, Policy(), simulated_sender=simulated)
    decision = decide(Person(1, 1, fact, phone=number or phone(n)), ask)
    assert isinstance(decision, ConfirmedRecipient)
    return decision


def messages(count: int, text: str = SHORT, first: int = 0) -> list[Outgoing]:
    return [Outgoing(recipient(n), f"m{n}", text) for n in range(first, first + count)]


def until(holds: Callable[[], object], what: str) -> None:
    """Waits for a state, never for a time."""
    never = Event()
    for _ in range(PATIENCE_SECONDS * 100):
        if holds():
            return
        never.wait(0.01)
    raise AssertionError(f"never came: {what}")


@dataclass
class SmppDesk:
    """`with SmppDesk(folder, centre.url) as desk:` — opens the workspace that is there, else makes it."""

    folder: Path
    url: str
    timing: Timing = QUICK
    answer_within: float = 20.0
    password: str = "secret"
    now: datetime = NOW

    def __enter__(self) -> Self:
        self.workspace: Workspace = fresh_workspace(self.folder)
        self.workspace.accounts.add_entity(Entity(ENTITY, "某店"))
        self.account = self.workspace.accounts.add_account(account(self.url))
        self.line, self.gateway = self.connected()
        self.cursors = {"reports": "", "inbound": ""}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.close()
        self.workspace.close()

    def connected(self) -> tuple[SmppLine, LineGateway]:
        access = replace(access_of(self.account, {"password": self.password}), answer_within=self.answer_within)
        line = SmppLine(self.account.id, access, self.workspace.pushed, lambda: self.now, self.timing)
        return line, LineGateway(self.account, line, "retail")

    def submit(self, batch: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        return self.gateway.submit("key", batch)

    def outcomes(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        return [each.outcome for each in self.submit(batch)]

    def reports(self) -> list[DeliveryReport]:
        """What is new since the last call."""
        page = self.gateway.reports(self.cursors["reports"])
        self.cursors["reports"] = page.next_cursor
        return list(page.items)

    def replies(self) -> list[InboundMessage]:
        page = self.gateway.inbound(self.cursors["inbound"])
        self.cursors["inbound"] = page.next_cursor
        return list(page.items)

    def all_reports(self, count: int) -> dict[str, Outcome]:
        found: dict[str, Outcome] = {}

        def enough() -> bool:
            found.update((report.message_id, report.outcome) for report in self.reports())
            return len(found) >= count

        until(enough, f"{count} reports")
        return found
