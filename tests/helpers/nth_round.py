"""One campaign from its screening to its last report, with one fault on the way, and what has to hold afterwards.

Every round begins at the same moment of the same workspace, which is copied, and of the same sandbox: what is met Nth
is what was met Nth in the round before, as far as threads allow. A worker process that ends before the campaign does is
followed by another one, as the window starts it again.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from campaign_app import bootstrap, clocks, logs, working
from campaign_app.cli.worker import TRY_AGAIN
from campaign_app.demo import daytime_offset, quiet_days
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import AppError, NotFound
from campaign_app.domain.platform import consent_api
from campaign_app.processes import look_for_cycles_less_often
from campaign_app.sandbox import SandboxConfig, bound_socket, ready_line, serve
from campaign_app.storage.workspace import open_workspace
from tests.helpers.forking import ended, fork, kill
from tests.helpers.merchant import BODY, KEY, KeptKeeper, go_on
from tests.helpers.nth_faults import Plan, Tally, install
from tests.helpers.nth_shim import CLOCK_KINDS, Machine, arm
from tests.helpers.nth_verdict import CAMPAIGN, flows_left, inspect

SEED: Final = 3
MOST_WORKERS: Final = 6
LOOK_SECONDS: Final = 0.1
LOOKS_FOR_FLOWS: Final = 30
REOPENED: Final = 76
# what was sent "tomorrow" keeps a campaign waiting until then: whoever planned it twice more lets it
PLANS: Final = 2
_CLOCKS: Final = ("clock_back", "window_over")
PATIENCE: Final = 90.0  # seconds for one worker
WORKING: Final = (CampaignState.SCREENING, CampaignState.SCHEDULED, CampaignState.SENDING)


@dataclass(frozen=True)
class Round:
    """`ends`: how each worker ended: 0 at the campaign's end, 75 to ask for another, 70 by an error, negative by a

    signal, 76 where a flow was left that only a new one takes up, None where it did nothing for too long.
    """

    kind: str
    nth: int
    fired: bool
    site: str
    met: Mapping[str, int]
    state: str
    note: str
    ends: tuple[int | None, ...]
    told: tuple[str, ...]
    reached: tuple[str, ...] = field(repr=False)
    broken: tuple[str, ...]
    seconds: float


class Person:
    """Who sits at the window: does what comes next, again where it failed, until everything has come to rest.

    A clock that is wrong is put right once the campaign has stopped, and then it is planned anew.
    """

    def __init__(self, app: bootstrap.App, told: Path, clock: Clocks | None) -> None:
        self._app, self._told, self._clock = app, told, clock
        self._polls: dict[int, int] = {}
        self._looks = self._planned = 0
        self.leaves_flows = False

    def look(self, seconds: float) -> bool:
        try:
            done = self._at_rest()
        except AppError as trouble:
            done = False
            with self._told.open("a") as out:
                out.write(f"{trouble.code}\n")
        if not done:
            time.sleep(min(seconds, LOOK_SECONDS))
        return done

    def _at_rest(self) -> bool:
        campaign = self._app.campaigns.get(CAMPAIGN)
        if campaign.state in WORKING:
            return False
        if self._clock is not None:
            self._clock.put_right()
        if campaign.state is CampaignState.WAITING and campaign.state_note in _CLOCKS and self._planned < PLANS:
            self._planned += 1
            warned = self._app.campaigns.warnings(CAMPAIGN, self._app.clock())
            self._app.campaigns.schedule(CAMPAIGN, send_at=None, confirmed_warnings=warned, actor="test")
        if go_on(self._app, CAMPAIGN) not in (CampaignState.DONE, CampaignState.WAITING):
            return False
        return self._polled() and not self._app.jobs.open_jobs() and self._flows_ended()

    def _flows_ended(self) -> bool:
        """Or that they never will in this process: then the program is closed and opened again."""
        self._looks += 1
        self.leaves_flows = bool(flows_left(self._app.workspace))
        return not self.leaves_flows or self._looks > LOOKS_FOR_FLOWS

    def _polled(self) -> bool:
        """Whether every shop was asked once more what became of it all."""
        done = True
        for account in self._app.accounts.all():
            state = self._state_of(self._polls.get(account.id))
            done &= state == "done"
            if state in ("", "failed"):
                asked = self._app.jobs.enqueue("poll", {"account_id": account.id}, self._app.clock())
                self._polls[account.id] = asked.id
        return done

    def _state_of(self, job: int | None) -> str:
        try:
            return "" if job is None else self._app.jobs.job(job).state
        except NotFound:  # by a clock that is a day ahead it ended long ago
            return "done"


@dataclass(frozen=True, slots=True)
class Clocks:
    """That of the machine under the workers, and the sandbox's where that one moves as well."""

    machine: Machine
    url: str
    ahead: int
    both: bool

    def jump(self) -> None:
        self._set(self.ahead)

    def put_right(self) -> None:
        if self.machine.ahead:
            self._set(0)

    def _set(self, ahead: int) -> None:
        if self.both:
            order = json.dumps({"seconds": ahead}).encode()
            with urlopen(Request(f"{self.url}/sandbox/clock", order, method="POST"), timeout=30):
                pass
        self.machine.set_clock(ahead)


class World:
    """A sandbox's address and a workspace on it, with everybody known and a campaign written.

    `shim`: whether this process has the library of `nth_shim` loaded.
    """

    def __init__(self, folder: Path, customers: int, batch: int, *, shim: bool = False) -> None:
        self._customers, self._batch = customers, batch
        self._machine = Machine(folder) if shim else None
        self.folder, self._ready, self._errors = folder, folder / "ready", folder / "errors"
        now = clocks.system_clock()
        self._began = now + daytime_offset(now, quiet_days())
        self._listener = bound_socket("127.0.0.1", 0)
        self._listener.listen(128)
        self.url = json.loads(ready_line(self._config(timedelta(0)), self._listener))["url"]
        sandbox = self._sandbox()
        try:
            self._run(partial(self._prepare, self._offset()))
        finally:
            kill(sandbox)
        load(self._ready)
        look_for_cycles_less_often()  # what is loaded by now no fork looks at again
        self.expected = frozenset[str]()
        self.plain = self.play("", 0)
        self.expected = frozenset(self.plain.reached)

    def play(self, kind: str, nth: int) -> Round:
        began, folder = time.monotonic(), self.folder / "round"
        shutil.copytree(self._ready, folder)
        offset, told = self._offset(), self.folder / "told"
        told.write_text("")
        self._errors.write_text("")
        sandbox, ends, machine = self._sandbox(), list[int | None](), self._machine
        clocks = None
        if machine is not None:
            machine.reset()
            clocks = Clocks(machine, self.url, *CLOCK_KINDS[kind]) if kind in CLOCK_KINDS else None
        with closing(Tally()) as tally:
            plan = Plan(kind, nth, tally, clocks.jump if clocks else None)
            try:
                while len(ends) < MOST_WORKERS and 0 not in ends:
                    armed = machine.environment(folder, kind, nth) if machine else {}
                    worker = fork(partial(work, folder, offset, plan, told, armed, clocks), self._errors)
                    ends.append(ended(worker, PATIENCE))
                found = self._found(folder, kind)
            finally:
                kill(sandbox)
            words = tuple(told.read_text().split())
            heads = (kind, nth, tally.fired, tally.site, tally.met)
            if machine is not None:
                heads = (kind, nth, tally.fired or machine.fired, tally.site, tally.met | machine.met)
        broken = [*found["broken"], *(["never came to rest"] if 0 not in ends else [])]
        if broken:
            kept = folder.rename(self.folder / f"broken-{kind}-{nth}")
            shutil.copy(self._errors, kept)
        else:
            shutil.rmtree(folder)
        seconds = round(time.monotonic() - began, 2)
        rest = (found["state"], found["note"], tuple(ends), words, tuple(found["reached"]), tuple(broken))
        return Round(*heads, *rest, seconds)

    def close(self) -> None:
        self._listener.close()

    def _offset(self) -> timedelta:
        return self._began - clocks.system_clock()

    def _config(self, offset: timedelta) -> SandboxConfig:
        midnight = self._began.replace(hour=0, minute=0, second=0, microsecond=0)
        clock = clocks.shifted_clock(offset)
        return SandboxConfig(clock=clock, customers=self._customers, seed=SEED, anchor=midnight)

    def _sandbox(self) -> int:
        def run() -> int:
            serve(self._config(self._offset()), self._listener, lambda _: None)
            return 0

        return fork(run, self.folder / "sandbox")

    def _run(self, what: Any) -> None:
        status = ended(fork(what, self._errors), PATIENCE)
        assert status == 0, self._errors.read_text()

    def _prepare(self, offset: timedelta) -> int:
        with bootstrap.create_app(self._ready, KeptKeeper(KEY), offset=offset) as app:
            for name, value in {bootstrap.DEMO: True, "batch_size": self._batch, "sync_every_minutes": 0}.items():
                app.workspace.accounts.set_setting(name, value)
            jobs = []
            for shop in json.loads(ready_line(self._config(offset), self._listener))["shops"]:
                asked = consent_api(base_url=self.url, key_id=shop["key_id"], private_key=shop["private_key"])
                account = app.accounts.connect(asked, actor="test")
                jobs.append(app.jobs.enqueue("sync", {"account_id": account.id}, app.clock()).id)

            def synced(seconds: float) -> bool:
                time.sleep(min(seconds, 0.02))
                return all(app.jobs.job(job).state == "done" for job in jobs) and not app.jobs.open_jobs()

            keeper = KeptKeeper(KEY)
            working.run_worker(self._ready, keeper, clock_offset=offset, stopped=synced, ready=lambda: None)
            write_campaign(app)
        return 0

    def _found(self, folder: Path, kind: str) -> dict[str, Any]:
        # by another day's clock other consents hold
        out, expected = self.folder / "found", frozenset() if kind in CLOCK_KINDS else self.expected

        def look() -> int:
            with closing(open_workspace(folder, KeptKeeper(KEY))) as workspace:
                out.write_text(json.dumps(inspect(workspace, self.url, expected)))
            return 0

        self._run(look)
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def write_campaign(app: bootstrap.App) -> None:
    entity = app.accounts.all()[0].entity_uscc
    signature = next(s for s in app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed)
    made = app.campaigns.create(name="双十一", entity_uscc=entity, purpose="retail", audience=Filter(), actor="test")
    app.campaigns.edit(made.id, signature=signature.text, body=BODY, actor="test")
    assert made.id == CAMPAIGN


def load(folder: Path) -> None:
    """Whatever a worker and a window load, so that no fork has to."""
    working.get_ready()
    with bootstrap.open_app(folder, KeptKeeper(KEY)) as app:
        app.campaigns.warnings(CAMPAIGN)
        working.worker_context(app.workspace, app.clock)


def work(
    folder: Path, offset: timedelta, plan: Plan, told: Path, armed: Mapping[str, str], clocks: Clocks | None
) -> int:
    """One worker process with a person beside it, as `campaign-app worker` is one."""
    os.environ["XDG_STATE_HOME"] = str(folder / "state")  # each round begins with the same workspace
    logs.configure("INFO", folder / "worker.log")
    install(plan)
    if armed:
        arm(armed)
    with bootstrap.open_app(folder, KeptKeeper(KEY), offset=offset) as app:
        person, keeper = Person(app, told, clocks), KeptKeeper(KEY)
        renew = working.run_worker(folder, keeper, clock_offset=offset, stopped=person.look, ready=lambda: None)
    return TRY_AGAIN if renew else REOPENED if person.leaves_flows else 0
