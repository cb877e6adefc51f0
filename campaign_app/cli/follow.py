"""Progress and results on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from campaign_app.cli.telling import Labels, readable
from campaign_app.cli.words import WORDS
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import AppError, WorkspaceError

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

INTERVAL: Final = 0.1
ENDING: Final = "正在等后台进程退出：它先做完手上的一批，最多一分多钟。再按一次 Ctrl-C 就不再等，它会自己退出。\n"
SILENT: Final = timedelta(seconds=30)


@contextmanager
def with_worker(app: App, *, files: bool = False) -> Iterator[App]:
    """As `bootstrap` has it; whoever waits for the worker's end is told so."""
    from campaign_app import bootstrap

    with bootstrap.with_worker(app, files=files, slow=lambda: sys.stderr.write(ENDING)) as opened:
        yield opened


def follow_campaign(app: App, campaign_id: int, while_in: Collection[CampaignState], *, quiet: bool) -> Campaign:
    """Waits while the campaign is in one of these states; says how far it is.

    A cancelling one that met trouble ends the waiting too: the worker tries again, perhaps for days.
    """
    console = Console(stderr=True)
    since = app.clock()
    with console.status("…") if not quiet and console.is_terminal else _nothing() as shown:
        while (campaign := app.campaigns.get(campaign_id)).state in while_in and not campaign.is_stuck:
            for job in app.jobs.open_jobs():
                if shown is not None and job.args.get("campaign_id") == campaign_id:
                    shown.update(f"{job.progress:,} / {job.total:,}" if job.total else "…")
            _require_worker(app, since)
            app.wait(INTERVAL)
    return campaign


def _require_worker(app: App, since: datetime) -> None:
    """Raises AppError("no_worker") when the worker has said nothing for a while: nobody works on this.

    What was said before `since`, when we began to look, is of an earlier one: another may be starting. A team's are
    known by their leases, whatever the clocks of its hosts say.
    """
    beat = app.workspace.accounts.setting("worker.heartbeat", None)
    silent = beat is not None and app.clock() - max(since, datetime.fromisoformat(beat)) > SILENT
    if silent and not (app.workspace.shared and app.workspace.has_worker()):
        raise AppError("no_worker", "The worker process has ended")


def wait_for_job(app: App, job_id: int, *, seconds: float) -> Mapping[str, Any]:
    """Waits for a job's end and returns its result; raises AppError with the job's own error, or `job_slow`."""
    waited, since = 0.0, app.clock()
    while (job := app.jobs.job(job_id)).state in ("queued", "running"):
        if waited > seconds:
            raise AppError("job_slow", "The job is not done yet")
        _require_worker(app, since)
        app.wait(INTERVAL / 2)
        waited += INTERVAL / 2
    if job.state != "done":
        raise AppError(job.error, f"{job.kind} failed: {job.error}")
    return job.result or {}


@contextmanager
def goes_on(look: str, stop: str = "") -> Iterator[None]:
    """Whoever ends the following, by Ctrl-C or because the server is away, has not stopped the work: says so.

    `look` and `stop` are the commands that tell how it goes, and that stop it.
    """
    try:
        yield
    except (KeyboardInterrupt, WorkspaceError):
        how = f"；要停下：{stop}" if stop else ""
        sys.stderr.write(
            f"不再跟随，但工作没有取消：后台进程会接着做，没有在运行的就在下次启动时接着做。看进展：{look}{how}。\n"
        )
        raise


class _nothing:  # noqa: N801 used like contextlib.nullcontext, typed for the caller
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def show(data: Mapping[str, Any], labels: Labels | None = None, *, as_json: bool = False) -> None:
    """One JSON object; or, for a person, its values below each other with the words of `labels`."""
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return
    console = Console()
    if not data:
        console.print("没有可列出的。")
    for key, value in (data if labels is None else readable(data, labels)).items():
        if key == "funnel":
            console.print(funnel_table(value))
        elif isinstance(value, (list, tuple)) and any(isinstance(each, Mapping) for each in value):
            console.print(f"{key}：", markup=False)
            for each in value:
                console.print(f"  {_plain(each)}", markup=False, highlight=False, soft_wrap=True)
        elif value not in (None, ""):  # a path or a name may have brackets, and whoever copies it wants it in one piece
            console.print(f"{key}：{_plain(value) or '无'}", markup=False, highlight=False, soft_wrap=True)


def show_each(data: Mapping[str, Mapping[str, Any]], labels: Labels, *, as_json: bool) -> None:
    """As `show`, of several alike by their names."""
    show(data if as_json else {name: readable(each, labels) for name, each in data.items()}, as_json=as_json)


def _plain(value: object) -> str:
    """For a person: no word of the language that this is written in; within a line, nothing of what is empty."""
    if isinstance(value, Mapping):
        said = ((key, _plain(each)) for key, each in value.items())
        return "  ".join(f"{key} {words}" for key, words in said if words)
    if isinstance(value, (list, tuple)):
        return "、".join(map(_plain, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def funnel_table(funnel: Mapping[str, int]) -> Table:
    """Most first; the last line is the sum, so that everybody can see that nobody is missing."""
    table = Table(title="受众核验", title_justify="left")
    table.add_column("结果")
    table.add_column("人数", justify="right")
    for reason, count in sorted(funnel.items(), key=lambda item: (item[0] != "ok", -item[1])):
        table.add_row(WORDS.term("reason", reason), f"{count:,}")
    table.add_section()
    table.add_row("合计", f"{sum(funnel.values()):,}")
    return table
