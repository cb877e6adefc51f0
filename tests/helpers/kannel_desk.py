"""A workspace with one Kannel account, and its gateway as the worker has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from campaign_app.consent import Outgoing
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.message import DeliveryReport, InboundMessage, SubmitOutcome
from campaign_app.gateways.kannel.gateway import KannelLine
from campaign_app.gateways.lines import LineGateway
from campaign_app.jobs.ports import Sent
from campaign_app.storage.workspace import Workspace
from campaign_app.transport.kannel import access_of
from tests.helpers.fresh import fresh_workspace
from tests.helpers.kannel_box import PUSH_KEY
from tests.helpers.smpp_desk import ENTITY, NOW, phone

SECRETS = {"password": "secret", "push_key": PUSH_KEY}
OPTIONS = {"source": "1069000", "prefix": "86", "window": "1", "push_port": "13080", "use": "test"}


def account(url: str = "http://127.0.0.1:13013", *, options: dict[str, str] | None = None, **changed: Any) -> Account:
    made = Account(
        0, "kannel", "c", url, ENTITY, "127.0.0.1", "", "user", True, "", options={**OPTIONS, **(options or {})}
    )
    return replace(made, **changed)


@dataclass
class KannelDesk:
    folder: Path
    url: str
    push_port: int
    password: str = "secret"
    window: int = 1
    now: datetime = NOW
    quiet: float = 0.05

    def __enter__(self) -> Self:
        self.workspace: Workspace = fresh_workspace(self.folder)
        self.workspace.accounts.add_entity(Entity(ENTITY, "某店"))
        made = account(self.url, options={"push_port": str(self.push_port), "window": str(self.window)})
        self.account = self.workspace.accounts.add_account(made)
        self.line, self.gateway = self.connected()
        self.cursors = {"reports": "", "inbound": ""}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.close()
        self.workspace.close()

    def connected(self) -> tuple[KannelLine, LineGateway]:
        access = access_of(self.account, {**SECRETS, "password": self.password})
        line = KannelLine(
            self.account.id, access, self.workspace.pushed, lambda: self.now, backlog=0.1, quiet=self.quiet
        )
        return line, LineGateway(self.account, line, "retail")

    def submit(self, batch: Sequence[Outgoing]) -> dict[str, SubmitOutcome]:
        return {outcome.message_id: outcome for outcome in self.gateway.submit("key", batch)}

    def lookup(self, batch: Sequence[Outgoing]) -> dict[str, SubmitOutcome]:
        sent = [Sent(message.message_id, phone(n), self.now) for n, message in enumerate(batch)]
        return {outcome.message_id: outcome for outcome in self.gateway.lookup("key", sent)}

    def reports(self) -> list[DeliveryReport]:
        """What is new since the last call."""
        page = self.gateway.reports(self.cursors["reports"])
        self.cursors["reports"] = page.next_cursor
        return list(page.items)

    def replies(self) -> list[InboundMessage]:
        page = self.gateway.inbound(self.cursors["inbound"])
        self.cursors["inbound"] = page.next_cursor
        return list(page.items)
