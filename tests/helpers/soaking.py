"""Campaigns under kills, faults and moved clocks, and what has to hold afterwards. The scale is the caller's."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from campaign_app import bootstrap, working
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import RemoteError
from campaign_app.domain.platform import Asked
from campaign_app.domain.signature import SignatureRecord
from campaign_app.jobs import dispatch, poll, sync
from campaign_app.jobs.stores import Context
from campaign_app.services.accounts import secret_name
from campaign_app.storage.schema_sending import ledger_latest, ledger_outcome
from campaign_app.storage.workspace import Workspace
from tests.helpers.connected import clock, connect, no_wait
from tests.helpers.merchant import BODY, KEY, KeptKeeper, Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import screen
from tests.helpers.vendors import account_of, trouble

# without idempotency keys, then with them: the shop's own platform
SENDERS: Final = ("aliyun", "tencent", "platform")
# how a provider writes the variable of the campaign's text
_VARIABLES: Final = {"aliyun": "${name}", "tencent": "{1}"}
# whose requests meet an ordered fault: a provider's, or any of the platform's
_PATHS: Final = {"aliyun": "/", "tencent": "/", "platform": "*"}
# of a request to a provider, before and after it was carried out
FAULTS: Final = (
    *("throttle", "error500", "error503", "timeout_before"),
    *("timeout_after", "error500_after", "cut_body", "truncated_json"),
)
RATES: Final = ",".join(f"{name}={0.02 if name != 'throttle' else 0.005}" for name in FAULTS)
# messages of a batch, and faults: at Tencent everybody's own text is a request
BATCHES: Final = {"aliyun": (3, 4), "tencent": (40, 24), "platform": (3, 4)}
# whoever carries the messages knows it
SIGNED: Final = "安宁百货"
ENDED: Final = (CampaignState.DONE, CampaignState.WAITING)
_PATIENCE: Final = 900.0


@dataclass
class Figures:
    """Sums over rounds. `unknown`: rows whose outcome was unknown for a time; `reconciled` of them have one now.

    `left` to a person are the others, and those whose request a kill cut off, which nobody could find.

    `lost`: confirmed people without a row; `wrong`: rounds in which more were reached than the workspace says, or fewer
    than it says were delivered to. `late`: reached after the window's end. All from `doubled` on have to be 0.
    """

    rounds: int = 0
    kills: int = 0
    kills_while_sending: int = 0
    faults: int = 0
    clock_moves: int = 0
    messages: int = 0
    reached: int = 0
    unknown: int = 0
    reconciled: int = 0
    left: int = 0
    doubled: int = 0
    unconfirmed: int = 0
    lost: int = 0
    late: int = 0
    wrong: int = 0

    @property
    def broken(self) -> bool:
        return any((self.doubled, self.unconfirmed, self.lost, self.late, self.wrong))

    def count(
        self, sandbox: SandboxProcess, workspace: Workspace, campaign_id: int, end: datetime | None, forgotten: int = 0
    ) -> None:
        """One round, when everything has come to rest. `end` of the campaign's window, by the sandbox's clock.

        `forgotten`: messages that left, and of which a lost server alone knew: some of those people may say no since.
        """
        said, counts = sandbox.ledger(), workspace.inbox.counts(campaign_id)
        funnel = workspace.campaigns.funnel(campaign_id)
        rows = list(sandbox.ledger_rows())
        left = counts["unknown"]
        self.rounds += 1
        self.messages += counts["submitted"]
        self.reached += len(rows)
        self.left += left
        told, ended = _told_unknown(workspace, campaign_id)
        self.unknown += told
        self.reconciled += ended
        self.doubled += said["doubled"]
        self.unconfirmed += said["unconfirmed"]
        self.lost += abs(funnel.get("ok", 0) - counts["submitted"] - counts["withheld"])
        # a provider may take a message and fail it at once, which shows only once it is asked what became of it
        self.wrong += not counts["delivered"] <= len(rows) <= counts["accepted"] + left + forgotten
        self.late += sum(end is not None and datetime.fromisoformat(row["accepted_at"]) > end for row in rows)


def _told_unknown(workspace: Workspace, campaign_id: int) -> tuple[int, int]:
    """How many messages were unknown for a time, and how many of them have another outcome now."""
    told, latest = ledger_outcome.c, ledger_latest.c
    rows = (
        sa.select(latest.ledger_id, latest.outcome)
        .join(ledger_outcome, told.ledger_id == latest.ledger_id)
        .where(latest.campaign_id == campaign_id, told.outcome == "unknown")
        .distinct()
    )
    with workspace.database.read() as connection:
        found = [row.outcome for row in connection.execute(rows)]
    return len(found), sum(outcome != "unknown" for outcome in found)


def fired(sandbox: SandboxProcess) -> int:
    return sum(sandbox.faults()["fired"].values())


def _rules(chance: random.Random, count: int, path: str) -> list[dict[str, Any]]:
    """Of the next requests about every second."""
    return [
        {"fault": chance.choice(FAULTS), "path": path, "seconds": 0, "after": 2 * n + chance.randrange(2)}
        for n in range(count)
    ]


def kill_round(folder: Path, sender: str, kills: int, chance: random.Random, figures: Figures, people: int) -> None:
    """One campaign whose worker is killed `kills` times, or until it has ended, under faults of every server."""
    with SandboxProcess(customers=people, seed=chance.randrange(1_000)) as sandbox:
        merchant = open_merchant(folder, sandbox, batch_size=8, keeper=KeptKeeper(KEY))
        try:
            merchant.start_worker()
            merchant.connect()
            carrier = carry(merchant, sender)
            campaign = merchant.new_campaign(signed=SIGNED).id
            merchant.until(lambda: merchant.app.campaigns.get(campaign).state is CampaignState.SCREENED, _PATIENCE)
            sandbox.faults(RATES)
            done = 0
            while done < kills and merchant.app.campaigns.get(campaign).state not in ENDED:
                done += _kill(merchant, campaign, chance, figures)
            figures.faults += fired(sandbox)
            sandbox.faults("none")
            merchant.until(lambda: merchant.go_on(campaign) in ENDED, _PATIENCE)
            # one that failed as soon as it was taken is not among the reached: nobody knows it before it was followed
            work_off(merchant, "poll", carrier)
            figures.count(sandbox, merchant.app.workspace, campaign, None)
        finally:
            if merchant.worker is not None:
                merchant.worker.terminate()
                merchant.stop_worker()
            merchant.app.close()


def _kill(merchant: Merchant, campaign_id: int, chance: random.Random, figures: Figures) -> int:
    """SIGKILL at a random moment after this worker claimed its first batch, and a new worker.

    A worker that has just started takes seconds before it sends: a kill by the clock alone would hit nothing.
    """
    counts = merchant.app.workspace.inbox.counts
    before = counts(campaign_id)["submitted"]
    merchant.until(lambda: merchant.go_on(campaign_id) in ENDED or counts(campaign_id)["submitted"] > before, _PATIENCE)
    time.sleep(chance.uniform(0.0, 0.6))
    figures.kills_while_sending += merchant.app.campaigns.get(campaign_id).state is CampaignState.SENDING
    figures.kills += 1
    merchant.kill_worker()
    merchant.start_worker()
    return 1


def carry(merchant: Merchant, sender: str) -> int:
    """Every shop sends through the provider from now on, or by its own platform: by the account of this id."""
    app = merchant.app
    shops = app.accounts.all()
    if sender == "platform":
        return shops[0].id
    said = merchant.sandbox.ready["vendors"][sender]
    entity = Entity(shops[0].entity_uscc, "安宁百货有限公司（模拟）")
    account = app.accounts.connect(Asked(sender, {**said, "base_url": merchant.sandbox.url}, entity), actor="test")
    app.replies.record(account.id, "短信控制台", actor="test")
    if sender == "tencent":  # which does not say what a signature may carry
        app.filings.save(SignatureRecord(entity.uscc, SIGNED, scopes=("retail",)), actor="test")
    for shop in shops:
        app.accounts.send_through(shop.id, account.id, actor="test")
    trouble(merchant.sandbox, sender, template=BODY.replace("{name}", _VARIABLES[sender]))
    work_off(merchant, "sync", account.id)  # its signatures
    return account.id


def work_off(merchant: Merchant, kind: str, account_id: int) -> None:
    job = merchant.app.jobs.enqueue(kind, {"account_id": account_id}, merchant.app.clock())
    merchant.until(lambda: merchant.app.jobs.job(job.id).state in ("done", "failed"), _PATIENCE)


@dataclass
class Moved:
    """The clock of workspace and sandbox alike."""

    sandbox: SandboxProcess
    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return clock() + self.ahead

    def to(self, ahead: timedelta) -> None:
        self.ahead = ahead
        self.sandbox.skew_clock(ahead.total_seconds())


@dataclass
class Faulty:
    """A shop whose messages a provider carries, in this process: nobody waits before something is tried again."""

    sandbox: SandboxProcess
    context: Context
    workspace: Workspace
    campaign: Campaign
    moved: Moved
    end: datetime
    faults_a_batch: int
    path: str

    def batches(self, most_faults: int, chance: random.Random, figures: Figures) -> None:
        """Batch after batch until the campaign has ended; after so many faults without any more."""
        after = -1
        while True:
            if fired(self.sandbox) < most_faults:
                self.sandbox.faults(clear=True, rules=_rules(chance, self.faults_a_batch, self.path))
            if chance.random() < 0.02:
                figures.clock_moves += 1
                # now and then behind the window's end, and back again
                self.moved.to(timedelta(minutes=chance.choice((0, 3, 30, 59, 60.5, 90, 300))))
            result = self._batch(after)
            if result.step is dispatch.Step.ON or result.step is dispatch.Step.WAIT:
                after = result.after
            elif self._at_rest():
                return
            else:
                after = -1

    def _batch(self, after: int) -> dispatch.BatchResult:
        try:
            result = dispatch.run_batch(self.context, self.campaign.id, after)
            return dispatch.finish(self.context, self.campaign.id) if result.step is dispatch.Step.END else result
        except RemoteError:
            return dispatch.BatchResult(dispatch.Step.ON, after)

    def _at_rest(self) -> bool:
        """Whether the campaign has ended; else a person lets it go on, within its window."""
        campaigns = self.workspace.campaigns
        stopped = campaigns.campaign(self.campaign.id)
        by_the_clock = stopped.state is CampaignState.WAITING and stopped.state_note in ("window_over", "clock_back")
        if stopped.state in ENDED and not by_the_clock:
            return True
        if by_the_clock:
            self.moved.to(timedelta(0))
        campaigns.update(replace(stopped, state=CampaignState.SENDING), expected=stopped.state)
        return False


def fault_round(folder: Path, sender: str, faults: int, chance: random.Random, figures: Figures, people: int) -> None:
    """One campaign at whose provider something goes wrong with every batch, until so many faults were injected."""
    with faulty(folder, sender, chance, people) as shop:
        shop.batches(faults, chance, figures)
        figures.faults += fired(shop.sandbox)
        shop.sandbox.faults("none", clear=True)
        shop.moved.to(timedelta(0))
        for account in shop.workspace.accounts.accounts():
            if shop.context.remotes.sends(account.id):
                poll.poll_reports(shop.context, account.id)
        figures.count(shop.sandbox, shop.workspace, shop.campaign.id, shop.end)


def _carrier(app: bootstrap.App, sandbox: SandboxProcess, sender: str, shop: Account) -> Account:
    account, secret = account_of(sandbox, sender)
    carrier = app.workspace.accounts.add_account(account)
    app.workspace.secrets.put(secret_name(carrier.id), secret)
    app.accounts.send_through(shop.id, carrier.id, actor="test")
    app.replies.record(carrier.id, "短信控制台", actor="test")
    trouble(sandbox, sender, template=BODY.replace("{name}", _VARIABLES[sender]))
    return carrier


@contextmanager
def faulty(folder: Path, sender: str, chance: random.Random, people: int) -> Iterator[Faulty]:
    with (
        SandboxProcess(customers=people, seed=chance.randrange(1_000)) as sandbox,
        bootstrap.create_app(folder, KeptKeeper(KEY)) as app,
    ):
        moved, workspace = Moved(sandbox), app.workspace
        batch, faults_a_batch = BATCHES[sender]
        service = connect(sandbox)
        service.close()
        store, secrets = workspace.accounts, workspace.secrets
        store.add_entity(Entity(service.account.entity_uscc, "安宁百货有限公司（模拟）"))
        shop = store.add_account(service.account)
        secrets.put(secret_name(shop.id), sandbox.shops[0].private_key)
        carrier = shop if sender == "platform" else _carrier(app, sandbox, sender, shop)
        context = working.worker_context(workspace, moved, pause=no_wait)
        context = replace(context, wait=no_wait, batch=batch)
        # Tencent does not say what a signature may carry
        workspace.filings.put_record(SignatureRecord(shop.entity_uscc, "安宁百货", scopes=("retail",)))
        for told in dict.fromkeys((carrier.id, shop.id)):
            store.put_signatures(told, context.remotes.platform(told).signatures(), moved())
        sync.begin_walk(context, shop.id, full=False)
        while sync.sync_page(context, shop.id).more:
            pass
        end = moved() + timedelta(hours=1)
        base = Campaign(0, "双十一", shop.entity_uscc, "retail", Filter(), "安宁百货", BODY)
        made = workspace.campaigns.create(replace(base, window_end=end))
        screen(context, made.id)
        sending = replace(workspace.campaigns.campaign(made.id), state=CampaignState.SENDING)
        workspace.campaigns.update(sending, expected=CampaignState.SCREENED)
        try:
            yield Faulty(sandbox, context, workspace, sending, moved, end, faults_a_batch, _PATHS[sender])
        finally:
            for account_id in {shop.id, carrier.id}:
                for client in (context.remotes.platform(account_id), context.remotes.gateway(account_id, "retail")):
                    client.close()
