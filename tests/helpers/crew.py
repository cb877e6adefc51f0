"""Several worker processes on one team's workspace, which can be killed and stopped; and who is at work on what."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import CampaignState
from campaign_app.storage.homes import ServerHome
from campaign_app.storage.leases import SqlLeases
from tests.helpers.merchant import Merchant
from tests.helpers.way import Route, Way

LEASE: Final = 3
RUNNING: Final = sa.text(
    "SELECT executor_id FROM dbos.workflow_status WHERE status = 'PENDING' AND workflow_uuid = :flow"
)


@dataclass
class Crew:
    merchant: Merchant
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    size: int = 0  # with how many it began
    # how each gets a way of its own to the server, if it does
    apart: Callable[[Path, int], tuple[Way | Route, Path]] | None = None
    ways: dict[int, Way | Route] = field(default_factory=dict)  # by process
    _made: int = 0

    @property
    def leases(self) -> SqlLeases:
        home = self.merchant.app.workspace.home
        assert isinstance(home, ServerHome)
        return home.leases

    def start(self, *arguments: str, lease: int = LEASE) -> subprocess.Popen[str]:
        begun = self._begin("--lease", str(lease), *arguments)
        self.workers.append(begun)
        assert begun.stdout is not None
        assert begun.stdout.readline() == "ready\n", self.end(begun)
        return begun

    def reinforce(self, campaign_id: int, *arguments: str, lease: int = LEASE) -> None:
        """Another worker, while the campaign stands still: it takes seconds to start, in which all would be sent."""
        self.merchant.app.campaigns.pause(campaign_id, actor="test")
        self.start(*arguments, lease=lease)

    def start_all(self, count: int) -> None:
        """At the same time."""
        begun = [self._begin("--lease", str(LEASE)) for _ in range(count)]
        self.workers += begun
        self.size = count
        for each in begun:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n", self.end(each)

    def _begin(self, *arguments: str) -> subprocess.Popen[str]:
        if self.apart is None:
            return self.merchant.begin_worker(*arguments)
        self._made += 1
        way, folder = self.apart(self.merchant.folder, self._made)
        begun = self.merchant.begin_worker(*arguments, folder=folder)
        self.ways[begun.pid] = way
        return begun

    def end(self, process: subprocess.Popen[str]) -> int:
        """Waits for its end; the status."""
        self.workers.remove(process)
        process.wait(60)  # before its input is closed, which tells it to stop
        self.log.append(self.merchant.end_worker(process))
        if way := self.ways.pop(process.pid, None):
            way.close()
        return process.returncode

    def kill(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        self.end(process)

    def sender_of(self, campaign_id: int) -> subprocess.Popen[str] | None:
        """The process in which the campaign's sending runs now."""
        jobs = [job for job in self.merchant.app.jobs.open_jobs() if job.kind == "dispatch"]
        flow = next((f"job-{job.id}" for job in jobs if job.args["campaign_id"] == campaign_id), "")
        with self.merchant.app.workspace.database.read() as connection:
            executor = connection.execute(RUNNING, {"flow": flow}).scalar()
        pids = {f"worker-{each.id}": each.pid for each in self.leases.at_work()}
        return next((each for each in self.workers if executor and each.pid == pids.get(executor)), None)

    def sending(self, campaign_id: int) -> subprocess.Popen[str]:
        """The same, once it has handed over more than there was."""
        counts = self.merchant.app.workspace.inbox.counts
        before, found = counts(campaign_id)["submitted"], list[subprocess.Popen[str]]()

        def at_it() -> bool:
            assert self.merchant.go_on(campaign_id) is not CampaignState.DONE, "it ended too soon for this test"
            sender = self.sender_of(campaign_id)
            if sender is None or counts(campaign_id)["submitted"] <= before:
                return False
            found[:] = [sender]
            return True

        self.merchant.until(at_it)
        return found[0]

    def finish(self, campaign_id: int) -> dict[str, Any]:
        """Until the campaign has ended; what the sandbox has taken."""
        self.merchant.until(lambda: self.merchant.go_on(campaign_id) is CampaignState.DONE)
        return self.verdict(campaign_id)

    def verdict(self, campaign_id: int) -> dict[str, Any]:
        """What has to be 0 after whatever befell it."""
        sandbox, results = self.merchant.sandbox, self.merchant.app.campaigns.results(campaign_id)
        accepted = Counter(row["message_id"] for row in sandbox.ledger_rows())
        counts, said = results.counts, sandbox.ledger()
        return {
            "twice": said["doubled"] + sum(times > 1 for times in accepted.values()),
            "unconfirmed": said["unconfirmed"],
            "lost": results.funnel["ok"] - counts["submitted"] - counts["withheld"],
            "open": counts["submitted"] - counts["accepted"] - counts["rejected"],
        }


GOOD: Final = {"twice": 0, "unconfirmed": 0, "lost": 0, "open": 0}


@contextmanager
def crew_of(merchant: Merchant) -> Iterator[Crew]:
    crew = Crew(merchant)
    try:
        yield crew
    finally:
        for process in list(crew.workers):
            process.send_signal(signal.SIGCONT)
            process.kill()
            crew.end(process)
        merchant.app.close()
