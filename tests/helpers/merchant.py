"""A merchant's workspace on a real sandbox, with a worker process that can be killed at any point."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from campaign_app import bootstrap, clocks
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.platform import consent_api
from campaign_app.processes import own_command
from campaign_app.storage.header import KeyKeeper
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.waiting import SECONDS, until

KEY = bytes(range(32))
BODY = "{name}您好，双十一会员专享：冬装满300元减50元，凭会员码到店使用，11月30日前有效。拒收请回复R"


@dataclass(frozen=True)
class KeptKeeper(MemoryKeeper):
    """As of a workspace that stays: a demo's puts down nowhere how far it has seen itself (`storage.seen`)."""

    kind: str = field(default="passphrase", init=False)


@dataclass
class Merchant:
    folder: Path
    sandbox: SandboxProcess
    app: bootstrap.App
    offset_seconds: float
    worker: subprocess.Popen[str] | None = None
    log: list[str] = field(default_factory=list)
    environment: Mapping[str, str] = field(default_factory=dict)  # of a worker, beside ours
    within: tuple[str, ...] = ()  # a command that runs a worker
    _errors: dict[int, IO[str]] = field(default_factory=dict)  # of the workers by process

    def start_worker(self) -> None:
        self.worker = self.begin_worker()
        assert self.worker.stdout is not None
        line = self.worker.stdout.readline()
        assert line == "ready\n", self.stop_worker()

    def begin_worker(self, *arguments: str, folder: Path | None = None) -> subprocess.Popen[str]:
        """A worker that says `ready` once it is at work; `folder` is another one of the same workspace."""
        command = [
            *self.within,
            *own_command("worker", "--workspace", str(folder or self.folder), "--attached", *arguments),
        ]
        errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - until `end_worker` reads it
        begun = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8",
            env={**os.environ, **self.environment},
        )  # fmt: skip
        self._errors[begun.pid] = errors
        assert begun.stdin is not None
        begun.stdin.write(json.dumps({"key": KEY.hex(), "clock_offset": self.offset_seconds}) + "\n")
        begun.stdin.flush()
        return begun

    def keep_worker(self) -> None:
        """Starts another one where it has ended by itself, as the window does."""
        assert self.worker is not None
        if self.worker.poll() is not None:
            self.stop_worker()
            self.start_worker()

    def kill_worker(self) -> None:
        """kill -9: nothing is flushed, nothing is closed."""
        assert self.worker is not None
        self.worker.kill()
        self.stop_worker()

    def stop_worker(self) -> str:
        assert self.worker is not None
        process, self.worker = self.worker, None
        self.log.append(self.end_worker(process))
        return self.log[-1]

    def end_worker(self, process: subprocess.Popen[str]) -> str:
        """Closes its input, which tells it to stop, and waits for its end; what it said on stderr.

        In a file: a worker whose server is away for a while says more than fits into a pipe, and would stand still.
        """
        process.communicate(timeout=60)
        with self._errors.pop(process.pid) as errors:
            errors.seek(0)
            return errors.read()

    def go_on_for(self, campaign_id: int, seconds: float) -> None:
        """For so long a person does what comes next, while the worker works."""
        end = time.monotonic() + seconds
        self.until(lambda: self.go_on(campaign_id) is not None and time.monotonic() >= end)

    def until(self, done: Callable[[], bool], seconds: float = SECONDS) -> None:
        until(done, seconds)

    def connect(self) -> None:
        """Connects every shop of the sandbox and syncs its customers; needs a running worker."""
        jobs = []
        for shop in self.sandbox.shops:
            account = self.app.accounts.connect(
                consent_api(base_url=self.sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
            )
            jobs.append(self.app.jobs.enqueue("sync", {"account_id": account.id}, self.app.clock()))
        self.until(lambda: all(self.app.jobs.job(job.id).state == "done" for job in jobs))

    def new_campaign(self, name: str = "双十一", *, signed: str = "") -> Campaign:
        """`signed` with this signature, or the first that is filed for the purpose."""
        entity = self.sandbox.shops[0].entity_uscc
        filed = [s for s in self.app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed]
        signature = next(s for s in filed if signed in ("", s.text))
        made = self.app.campaigns.create(
            name=name, entity_uscc=entity, purpose="retail", audience=Filter(), actor="test"
        )
        self.app.campaigns.edit(made.id, signature=signature.text, body=BODY, actor="test")
        return self.app.campaigns.screen(made.id, actor="test")

    def go_on(self, campaign_id: int) -> CampaignState:
        return go_on(self.app, campaign_id)


def go_on(app: bootstrap.App, campaign_id: int) -> CampaignState:
    """What a person at the window would do next."""
    campaigns = app.campaigns
    state = campaigns.get(campaign_id).state
    screened = state is CampaignState.SCREENED
    # by a clock that was a day ahead the signatures had been read too long ago for anybody to be reached
    if state is CampaignState.DRAFT or (screened and "ok" not in campaigns.funnel(campaign_id)):
        campaigns.screen(campaign_id, actor="test")
    elif state in (CampaignState.SCREENED, CampaignState.APPROVED):
        if screened:
            warned = campaigns.warnings(campaign_id)
            ready = campaigns.funnel(campaign_id)["ok"]
            campaigns.approve(campaigns.get(campaign_id), recipients=ready, confirmed_warnings=warned, actor="test")
        now = campaigns.warnings(campaign_id, app.clock())  # of this very hour
        campaigns.schedule(campaign_id, send_at=None, confirmed_warnings=now, actor="test")
    elif state is CampaignState.PAUSED:
        campaigns.resume(campaign_id, actor="test")
    return campaigns.get(campaign_id).state


def open_merchant(
    folder: Path,
    sandbox: SandboxProcess,
    *,
    batch_size: int = 500,
    opened: Callable[..., bootstrap.App] = bootstrap.create_app,
    keeper: KeyKeeper | None = None,
) -> Merchant:
    """A new workspace on the sandbox, unless it is only `opened`; its clock and the sandbox's play by day."""
    from campaign_app.demo import daytime_offset, quiet_days

    offset = daytime_offset(clocks.system_clock(), quiet_days())
    sandbox.skew_clock(offset.total_seconds())
    app = opened(folder, keeper or MemoryKeeper(KEY), offset=offset)
    settings = {bootstrap.DEMO: True, "batch_size": batch_size}
    for name, value in settings.items():
        app.workspace.accounts.set_setting(name, value)
    return Merchant(folder, sandbox, app, offset.total_seconds())
