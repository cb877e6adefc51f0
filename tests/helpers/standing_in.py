"""A campaign of two hosts whose server is lost while one of them sends, and whose standby takes over."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from campaign_app import backups, bootstrap
from campaign_app.cli.worker import TRY_AGAIN
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.copies import OLDER
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copies, team
from campaign_app.storage.header import read_header
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import create_team_workspace
from tests.helpers.crew import LEASE, RUNNING
from tests.helpers.merchant import KEY, KeptKeeper, Merchant, open_merchant
from tests.helpers.pg import PASSWORD, USER
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.soaking import ENDED, SIGNED, Figures, carry, work_off
from tests.helpers.standby import Pair, server_with_standby

# what becomes of the host that sent: it goes down with the server and comes back, or it stays; and whether the standby
# had everything that the server committed
KINDS: Final = ("down_behind", "down_whole", "up_behind", "up_whole")
_AWAY: Final = frozenset({"server_unreachable", "server_read_only", "busy"})
_PATIENCE: Final = 300.0
T = TypeVar("T")


@dataclass
class Falls:
    """`alarms`: how many stopped everything until a person accepted it, `false` those behind which nothing was lost.

    `forgotten`: messages whose claims the standby lacked; `silent`: falls after which nobody noticed that. `held`:
    seconds from the standby's taking over until more was handed over, or the alarm.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    forgotten: int = 0
    alarms: int = 0
    false: int = 0
    silent: int = 0
    held: list[float] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return bool(self.false or self.silent)

    def told(self) -> dict[str, Any]:
        rest = {name: value for name, value in vars(self).items() if name not in ("kinds", "held")}
        return {"falls": dict(self.kinds), **rest, "held_at_most": round(max(self.held, default=0.0), 1)}


@dataclass
class Host:
    """A computer with a worker: by its own machine's id, and with its own marks of what it has seen."""

    merchant: Merchant
    worker: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.worker = self.merchant.begin_worker("--lease", str(LEASE))

    def kill(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.end()

    def end(self) -> int:
        worker, self.worker = self.worker, None
        assert worker is not None
        worker.wait(60)
        self.merchant.log.append(self.merchant.end_worker(worker))
        return worker.returncode

    def go_on(self) -> None:
        """As a service's manager does."""
        if self.worker is not None and self.worker.poll() is not None:
            assert self.end() == TRY_AGAIN, self.merchant.log[-1]
            self.start()


def standby_round(
    folder: Path, sender: str, kind: str, chance: random.Random, figures: Figures, falls: Falls, people: int = 400
) -> None:
    """One campaign: the server falls while it is sent, the standby takes over, and in the end everything is counted."""
    how, _, whole = kind.partition("_")
    with (
        SandboxProcess(customers=people, seed=chance.randrange(1_000)) as sandbox,
        server_with_standby(synchronous=whole == "whole") as pair,
        _hosts(folder, sandbox, pair) as hosts,
    ):
        merchant = hosts[0].merchant
        merchant.connect()
        carrier = carry(merchant, sender)
        campaign = merchant.new_campaign(signed=SIGNED).id
        merchant.until(lambda: merchant.app.campaigns.get(campaign).state is CampaignState.SCREENED, _PATIENCE)
        sending = _sending(hosts, campaign)
        if whole != "whole":
            pair.fall_behind()
            time.sleep(chance.uniform(0.1, 1.5))
        falls.kinds[kind] += 1
        figures.kills += 1
        if how == "down":
            sending.kill()
        pair.fail()
        claimed = _claims(sandbox)
        time.sleep(chance.uniform(0.0, 5.0))
        pair.take_over()
        lost = _after(hosts, sending, campaign, claimed, chance, falls)
        work_off(merchant, "poll", carrier)
        figures.count(sandbox, merchant.app.workspace, campaign, None, lost)


def _after(
    hosts: tuple[Host, Host], sending: Host, campaign: int, claimed: int, chance: random.Random, falls: Falls
) -> int:
    """Until the campaign has ended: workers are started again, and a person accepts what stopped.

    How many messages the standby knows nothing of.
    """
    began, app = time.monotonic(), hosts[0].merchant.app
    known = calm(lambda: app.workspace.inbox.counts(campaign)["submitted"]) or 0
    lost, back = max(0, claimed - known), began + chance.uniform(0.0, 15.0)
    falls.forgotten += lost
    alarm, went_on = "", False

    def ended() -> bool:
        nonlocal alarm, went_on
        if sending.worker is None and time.monotonic() > back:
            sending.start()
        for host in hosts:
            host.go_on()
        if not alarm and (alarm := _alarm(app)):
            falls.held.append(time.monotonic() - began)
            backups.accept(app, actor="test")
        elif not went_on and not alarm and app.workspace.inbox.counts(campaign)["submitted"] > known:
            went_on = True
            falls.held.append(time.monotonic() - began)
        state = app.campaigns.get(campaign).state
        if alarm and state is CampaignState.PAUSED:
            app.campaigns.resume(campaign, actor="test", knowing=True)
        return state in ENDED

    hosts[0].merchant.until(lambda: bool(calm(ended)), _PATIENCE)
    assert alarm in ("", OLDER), alarm
    falls.alarms += bool(alarm)
    falls.false += bool(alarm) and not lost
    falls.silent += bool(lost) and not alarm
    return lost


def calm(ask: Callable[[], T]) -> T | None:
    """None while the server is away."""
    try:
        return ask()
    except WorkspaceError as error:
        if error.code not in _AWAY:
            raise
        return None


def _alarm(app: bootstrap.App) -> str:
    with app.workspace.database.look() as connection:
        return copies.noticed(copies.meta_of(connection)).get("why", "")


def _claims(sandbox: SandboxProcess) -> int:
    """How many messages the senders have been given."""
    return len(list(sandbox.ledger_rows()))


def _sending(hosts: tuple[Host, Host], campaign: int) -> Host:
    """The host whose worker sends the campaign, once some of it has left."""
    merchant, found = hosts[0].merchant, list[Host]()

    def at_it() -> bool:
        assert merchant.go_on(campaign) is not CampaignState.DONE, "it ended too soon"
        if merchant.app.workspace.inbox.counts(campaign)["submitted"] < 24:
            return False
        found[:] = [host for host in hosts if host.worker is not None and host.worker.pid == _pid(merchant, campaign)]
        return bool(found)

    merchant.until(at_it, _PATIENCE)
    return found[0]


def _pid(merchant: Merchant, campaign: int) -> int | None:
    jobs = [job for job in merchant.app.jobs.open_jobs() if job.kind == "dispatch"]
    flow = next((f"job-{job.id}" for job in jobs if job.args["campaign_id"] == campaign), "")
    with merchant.app.workspace.database.read() as connection:
        executor = connection.execute(RUNNING, {"flow": flow}).scalar()
    home: Any = merchant.app.workspace.home
    return next((each.pid for each in home.leases.at_work() if executor == f"worker-{each.id}"), None)


@contextmanager
def _hosts(folder: Path, sandbox: SandboxProcess, pair: Pair) -> Iterator[tuple[Host, Host]]:
    """Two with their workers at work, by the same way to the server as the window."""
    made = folder / "made"
    server = Server("127.0.0.1", USER, "postgres", pair.way.port, verified=False)
    create_team_workspace(made, KeptKeeper(KEY), server, PASSWORD).close()

    merchant = open_merchant(made, sandbox, batch_size=8, opened=bootstrap.open_app, keeper=KeptKeeper(KEY))
    hosts = Host(_apart(merchant, folder / "a")), Host(_apart(merchant, folder / "b"))
    try:
        for host in hosts:
            host.start()
        for host in hosts:
            assert host.worker is not None
            assert host.worker.stdout is not None
            assert host.worker.stdout.readline() == "ready\n", host.end()
        yield hosts
    finally:
        for host in hosts:
            if host.worker is not None:
                host.kill()
        merchant.app.close()


def _apart(merchant: Merchant, folder: Path) -> Merchant:
    """The same workspace on another computer."""
    folder.mkdir()
    there = folder / "ws"
    there.mkdir()
    header = read_header(merchant.folder)
    team.with_server(replace(header, password=""), KEY, Server.parse(header.server), PASSWORD).write(there)
    machine = folder / "machine-id"
    machine.write_text(f"{folder.name * 32}\n", encoding="ascii")
    as_other = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/machine-id && exec "$@"', str(machine))
    places = {name: str(folder / "state") for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return replace(merchant, folder=there, environment={**os.environ, **places}, within=as_other)
