"""The connected accounts as the settings show them: state, last sync, test and disconnect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.platform import Capabilities, Offer, hears_replies, is_carrier, sends_itself
from campaign_app.domain.ports import ConnectionReport, Job
from campaign_app.services.balances import Balance
from campaign_app.services.expiry import Expiry, has_end
from campaign_app.services.following import Lag
from campaign_app.services.opt_outs import TELL, Untold
from campaign_app.services.stated import STATED
from campaign_app.services.unread_replies import UnreadReply
from campaign_app.ui.viewmodels.closing import on_their_way
from campaign_app.ui.viewmodels.connect import CONSENT_API, Choices

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.viewmodels.jobs import Jobs

ACTOR: Final = "window"
ENDED_SYNCS: Final = 200  # as far back as the last one of every account is looked for


@dataclass(frozen=True, slots=True)
class Tested:
    """What the last test of an account said: a report, an error, or nothing yet while it runs."""

    report: ConnectionReport | None = None
    error: AppError | None = None

    @property
    def running(self) -> bool:
        return self.report is None and self.error is None

    @property
    def problem(self) -> AppError | None:
        """Why the account cannot be used, by what the platform said or failed to say."""
        if self.report is None or self.report.ok:
            return self.error
        skew = round(abs(self.report.clock_skew_seconds))
        return AppError(self.report.problem or "not_connected", "The platform's answer forbids it", skew_seconds=skew)


@dataclass(frozen=True, slots=True)
class Shop:
    """One account with whatever a card of it shows; `capabilities` is None where its platform is no longer on offer.

    `source` is the account whose Platform Consent API confirms for it, `carrier` the one at an SMS provider that
    carries its messages. Of such an account `carries` names the shops, and `replies` says where its answers are read.
    `checked`: somebody has compared the signatures and templates that were typed in with the platform's console.
    `unreachable` is how many customers the platform kept to itself in the last sync. `changes_read`: until when the
    changes of consent were read to their end. `ends`: its authorisation does, at `expiry` where that is known. `lag`:
    how long the platform was without an opt-out that was said here. `balance`: the parts bought there. `waiting_for`:
    the campaigns of its entity that are being sent or planned.
    """

    account: Account
    entity: Entity | None
    synced_at: datetime | None
    capabilities: Capabilities | None = None
    source: Account | None = None
    carrier: Account | None = None
    carries: tuple[str, ...] = ()
    replies: str = ""
    checked: bool = False
    tested: Tested | None = None
    syncing: Job | None = None
    untold: Untold | None = None
    telling: bool = False
    expiry: Expiry | None = None
    ends: bool = False
    unreachable: int = 0
    balance: Balance | None = None
    unread: tuple[UnreadReply, ...] = ()
    changes_read: datetime | None = None
    lag: Lag | None = None
    waiting_for: tuple[str, ...] = ()

    @property
    def follows_changes(self) -> bool:
        """Whether anybody lists who changed their mind: its platform, or the endpoint that is set on it."""
        own = self.capabilities is not None and self.capabilities.consent_changes
        return own or self.source is not None

    @property
    def connected(self) -> bool:
        return self.account.state == "connected"

    @property
    def is_carrier(self) -> bool:
        """An account at an SMS provider, without customers of its own."""
        return self.capabilities is not None and is_carrier(self.capabilities)

    @property
    def sends_itself(self) -> bool:
        """Whether its platform, or the service that confirms for it, takes messages though nobody chose a sender."""
        offers = self.capabilities
        served = self.account.consent_account_id is not None
        return offers is not None and (served or sends_itself(offers, chosen=False))

    @property
    def by_choice(self) -> bool:
        """Whether its own platform can be chosen as its sender."""
        return self.capabilities is not None and self.capabilities.by_choice

    @property
    def is_chosen(self) -> bool:
        return self.carrier is not None and self.carrier.id == self.account.id

    @property
    def is_deaf(self) -> bool:
        """Whether what people answer to what it carries does not come back by it."""
        offers = self.capabilities
        if offers is None or not sends_itself(offers, chosen=self.is_chosen):
            return False
        return not hears_replies(offers, self.account.options)

    @property
    def is_stated(self) -> bool:
        """Whether it sends by signatures and templates that its platform does not show."""
        offers = self.capabilities
        return offers is not None and offers.stated_templates and sends_itself(offers, chosen=self.is_chosen)

    @property
    def is_typed(self) -> bool:
        return all(self.account.options.get(name) for name in STATED)


@dataclass(frozen=True, slots=True)
class AccountsState:
    """`shops` is None until they were read."""

    shops: tuple[Shop, ...] | None = None
    entities: tuple[Entity, ...] = field(default=())
    offers: tuple[Offer, ...] = ()

    @property
    def choices(self) -> Choices:
        """What can be chosen when an account is connected."""
        accounts = [shop.account for shop in self.shops or () if shop.connected]
        sources = tuple(account for account in accounts if account.platform == CONSENT_API)
        return Choices(self.offers, self.entities, sources)

    @property
    def carriers(self) -> tuple[Shop, ...]:
        """The connected accounts at SMS providers, whoever's they are."""
        return tuple(shop for shop in self.shops or () if shop.connected and shop.is_carrier)


class AccountsModel(QObject):
    changed = Signal(object)  # AccountsState
    carried = Signal(object, object)  # the shop's Account as it is now, the id of its former sender or None

    def __init__(self, app: App, tasks: Tasks, messages: Messages, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages, self._jobs = app, tasks, messages, jobs
        self.state = AccountsState()
        self._begun: set[tuple[str, int]] = set()  # by a person: how those end is said
        jobs.changed.connect(self._jobs_changed)
        jobs.ended.connect(self._job_ended)

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def test(self, account_id: int, *, asked: int | None = None) -> None:
        """Asks the platform again, or that of the account `asked`, for this card; changes nothing."""
        self._put(account_id, Tested())
        self._tasks.run(
            lambda _: self._app.accounts.test(asked or account_id),
            lambda report: self._tested(account_id, report),
            failed=lambda error: self._put(account_id, Tested(error=error)),
            owner=self,
            key=f"test {account_id}",
        )

    def _tested(self, account_id: int, report: ConnectionReport) -> None:
        self._put(account_id, Tested(report))
        if report.parts_left is not None:
            self.load()

    def sync(self, account_id: int) -> None:
        self._begin("sync", account_id)

    def tell(self, account_id: int) -> None:
        """Tries at once to tell the platform of the opt-outs that wait; how that ends is said."""
        self._begin(TELL, account_id)

    def disconnect_account(self, account_id: int) -> None:
        self._write(lambda: self._app.accounts.disconnect(account_id, actor=ACTOR))

    def take_consents_from(self, account_id: int, source_id: int | None) -> None:
        """Whose Platform Consent API confirms for this shop from now on."""
        self._write(lambda: self._app.accounts.take_consents_from(account_id, source_id, actor=ACTOR))

    def send_through(self, account_id: int, sender_id: int | None, former: int | None) -> None:
        """Who carries this shop's messages from now on, None for its own platform."""
        self._tasks.write(
            lambda _: self._app.accounts.send_through(account_id, sender_id, actor=ACTOR),
            lambda account: self._sent_through(account, former),
            failed=self._messages.error,
            owner=self,
        )

    def _sent_through(self, account: Account, former: int | None) -> None:
        self.carried.emit(account, former)
        self.load()

    def record_replies(self, account_id: int, where: str) -> None:
        """Who reads what people answer to this account's messages, and where; "" takes that back."""
        self._write(lambda: self._app.replies.record(account_id, where, actor=ACTOR))

    def record_templates(self, account_id: int, *, checked: bool) -> None:
        """That somebody compared this account's templates with the platform's console."""
        self._write(lambda: self._app.stated.record(account_id, actor=ACTOR, checked=checked))

    def clear_unread(self, account_id: int, names: Sequence[str]) -> None:
        """The worker takes them out of the provider's queue when it meets them next."""

        def work(_: object) -> None:
            for name in names:
                self._app.unread.clear(account_id, name, actor=ACTOR)

        self._tasks.write(work, lambda _: self.load(), failed=self._messages.error, owner=self)

    def describe(self, uscc: str, *, kind: str | None = None, licences: Mapping[str, bool] | None = None) -> None:
        """Kind or licences of an entity, as a person says; what is not named stays."""
        describe = self._app.accounts.describe_entity
        self._write(lambda: describe(uscc, kind=kind, licences=licences, actor=ACTOR))

    def _write(self, work: Callable[[], object]) -> None:
        """A change of what the cards show."""
        self._tasks.write(lambda _: work(), lambda _: self.load(), failed=self._messages.error, owner=self)

    def _begin(self, kind: str, account_id: int) -> None:
        self._begun.add((kind, account_id))
        self._jobs.enqueue(kind, account_id=account_id)

    def _read(self) -> AccountsState:
        accounts, following = self._app.accounts, self._app.following
        entities = accounts.entities()
        by_uscc = {entity.uscc: entity for entity in entities}
        offers = {offer.name: offer for offer in accounts.offers()}
        known = {account.id: account for account in accounts.all()}
        untold = self._app.opt_outs.untold()
        ends = {each.account_id: each for each in accounts.ends()}
        waiting = on_their_way(self._app)  # read once: a merchant may have many shops and thousands of campaigns
        unreachable = _unreachable(self._app.jobs.ended_jobs(ENDED_SYNCS, kind="sync"))
        shops = [
            Shop(
                account,
                by_uscc.get(account.entity_uscc),
                accounts.synced_at(account.id),
                offers[account.platform].capabilities if account.platform in offers else None,
                known.get(account.consent_account_id or 0),
                known.get(account.sender_account_id or 0),
                tuple(shop.label for shop in known.values() if shop.sender_account_id == account.id),
                self._app.replies.read_at(account.id),
                self._app.stated.is_checked(account.id),
                untold=untold.get(account.id),
                expiry=ends.get(account.id),
                ends=account.platform in offers and has_end(offers[account.platform]),
                unreachable=unreachable.get(account.id, 0),
                changes_read=following.changes_read_at(account.id),
                lag=following.lag(account.id),
                balance=accounts.balance(account.id),
                unread=self._app.unread.waiting(account.id),
                waiting_for=tuple(each.name for each in waiting if each.entity == account.entity_uscc),
            )
            for account in known.values()
        ]
        return AccountsState(tuple(shops), entities, tuple(offers.values()))

    def _loaded(self, read: AccountsState) -> None:
        known = {shop.account.id: shop for shop in self.state.shops or ()}
        shops = [
            replace(shop, tested=known[shop.account.id].tested) if shop.account.id in known else shop
            for shop in read.shops or ()
        ]
        self._become(replace(read, shops=tuple(self._with_jobs(shop) for shop in shops)))

    def _with_jobs(self, shop: Shop) -> Shop:
        account_id = shop.account.id
        telling = self._jobs.of(TELL, account_id=account_id) is not None
        return replace(shop, syncing=self._jobs.of("sync", account_id=account_id), telling=telling)

    def _jobs_changed(self, _: object) -> None:
        if self.state.shops is not None:
            self._become(replace(self.state, shops=tuple(map(self._with_jobs, self.state.shops))))

    def _job_ended(self, job: Job) -> None:
        if job.kind not in ("sync", TELL):
            return
        of = (job.kind, job.args["account_id"])
        if job.state == "failed" and of in self._begun:
            self._messages.error(AppError(job.error, job.error))
        self._begun.discard(of)
        self.load()

    def _put(self, account_id: int, tested: Tested) -> None:
        shops = self.state.shops or ()
        changed = (replace(shop, tested=tested) if shop.account.id == account_id else shop for shop in shops)
        self._become(replace(self.state, shops=tuple(changed)))

    def _become(self, state: AccountsState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def _unreachable(newest_first: Sequence[Job]) -> dict[int, int]:
    """By account, what its last sync that was done said of those whom the platform hands out to nobody."""
    found: dict[int, int] = {}
    for job in newest_first:
        if job.state == "done":
            found.setdefault(job.args["account_id"], int((job.result or {}).get("unreachable", 0)))
    return found
