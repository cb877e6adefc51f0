"""Connecting an account in two steps: look who is there, then keep it. Nothing is stored before, or after a cancel."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.domain.platform import Asked, Offer, consent_api
from campaign_app.domain.ports import ConnectionReport
from campaign_app.services.expiry import AUTHORISED_UNTIL

if TYPE_CHECKING:
    from campaign_app.services.accounts import Accounts
    from campaign_app.ui.tasks import Task, Tasks

ACTOR: Final = "window"
KEY_FILE_MAX: Final = 4_096
CONSENT_API: Final = "consent_api"
NOTHING: Final = Asked(CONSENT_API)
Phase = Literal["asking", "checking", "seen", "keeping", "done"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen: platforms, the entities known so far, and the accounts that can confirm for others."""

    offers: tuple[Offer, ...] = ()
    entities: tuple[Entity, ...] = ()
    sources: tuple[Account, ...] = ()

    def offer(self, name: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.name == name), None)


@dataclass(frozen=True, slots=True)
class SandboxShop:
    """One account of the line that `campaign-app sandbox` prints; `name` is "" for a platform's one shop."""

    name: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class ConnectState:
    phase: Phase = "asking"
    report: ConnectionReport | None = None
    error: AppError | None = None
    account: Account | None = None

    @property
    def busy(self) -> bool:
        return self.phase in ("checking", "keeping")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a file holds as a private key. `bare`: others who use this computer may read it there."""

    key: str = field(repr=False)
    name: str
    bare: bool


class ConnectModel(QObject):
    changed = Signal(object)  # ConnectState
    key_read = Signal(object)  # KeyFile

    def __init__(self, accounts: Accounts, tasks: Tasks, *, renews: int | None = None) -> None:
        super().__init__()
        self._accounts, self._tasks, self.renews = accounts, tasks, renews
        self.state = ConnectState()
        self._asked = NOTHING
        self._task: Task | None = None

    def check(self, asked: Asked) -> None:
        """Who is there; stores nothing."""
        self._asked = asked
        self._become(ConnectState("checking"))
        self._task = self._tasks.run(
            lambda _: self._accounts.check(asked),
            lambda report: self._checked(asked, report),
            failed=self._refused,
            owner=self,
            key="connect",
        )

    def keep(self) -> None:
        """Stores the account as it was seen."""
        report, asked = self.state.report, self._asked
        if report is None or self.state.busy:
            return
        self._become(replace(self.state, phase="keeping"))
        self._tasks.write(
            lambda _: self._accounts.keep(report, asked, actor=ACTOR, renews=self.renews),
            lambda account: self._kept(report, account),
            failed=self._refused,
            owner=self,
        )

    def cancel(self) -> None:
        """Back to asking at once; the answer that is under way is dropped."""
        if self.state.phase == "checking" and self._task is not None:
            self._task.cancel()
        if self.state.phase != "keeping":
            self.edited()

    def edited(self) -> None:
        """What was seen is not what is typed now."""
        self._asked = NOTHING
        self._become(ConnectState())

    def read_key(self, file: Path) -> None:
        self._tasks.run(lambda _: key_in(file), self.key_read.emit, failed=self._refused, owner=self, key="key")

    def _checked(self, asked: Asked, report: ConnectionReport) -> None:
        if self.state.phase == "checking" and asked is self._asked:
            self._become(ConnectState("seen", report))

    def _kept(self, report: ConnectionReport, account: Account) -> None:
        self._asked = NOTHING
        self._become(ConnectState("done", report, account=account))

    def _refused(self, error: AppError) -> None:
        if self.state.phase != "asking" or error.code in ("no_file", "bad_private_key"):
            self._become(ConnectState(error=error))

    def _become(self, state: ConnectState) -> None:
        self.state = state
        self.changed.emit(state)


def again(account: Account, entity: Entity | None) -> Asked:
    """What was typed when the account was connected, without its secrets and until when those held."""
    kept = {name: value for name, value in account.options.items() if name != AUTHORISED_UNTIL}
    typed = {**kept, "base_url": account.base_url, "key_id": account.key_id}
    known = entity if account.platform != CONSENT_API else None
    return Asked(account.platform, typed, known, account.consent_account_id)


def key_in(file: Path) -> KeyFile:
    """The private key in a file; raises SettingsError("no_file"). One that others may read is taken: it is told."""
    from campaign_app.credentials import may_others_read

    try:
        with file.open("rb") as opened:
            key = opened.read(KEY_FILE_MAX).decode("ascii").strip()
        return KeyFile(key, file.name, may_others_read(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("no_file", "The key file cannot be read", file=file.name) from error


def sandbox_shops(pasted: str) -> tuple[SandboxShop, ...]:
    """The shops in the line that `campaign-app sandbox` prints; none in anything else."""
    try:
        return _shops_of(json.loads(pasted))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return ()


def _shops_of(line: dict[str, Any]) -> tuple[SandboxShop, ...]:
    url, shops = str(line["url"]), line["shops"]
    own = [
        SandboxShop(
            f"{shop['name']} · {shop['entity']['name']}",
            consent_api(base_url=url, key_id=shop["key_id"], private_key=shop["private_key"]),
        )
        for shop in shops
    ]
    entity = Entity(shops[0]["entity"]["uscc"], shops[0]["entity"]["name"])
    theirs = [
        SandboxShop("", Asked(str(name), {str(field): str(value) for field, value in values.items()}, entity))
        for name, values in line.get("vendors", {}).items()
    ]
    return (*own, *theirs)
