"""`campaign-app demo`: the main job from end to end on a throw-away workspace and a sandbox of its own."""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from campaign_app.cli.follow import follow_campaign, funnel_table, wait_for_job
from campaign_app.cli.keys import JsonOption
from campaign_app.cli.words import WORDS
from campaign_app.demo import BODY, Sandbox, add_campaign, begin_sandbox, connect_shops, open_demo, write_sample
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import AppError
from campaign_app.processes import begin_worker, greet, hand_over, has_display
from campaign_app.services.import_plan import Source

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

JOB_SECONDS: Final = 600.0
REPORT_SECONDS: Final = 15.0
CUSTOMERS: Final = 10_000
PROMISED_SECONDS: Final = 30.0  # for so many customers, or fewer
END_SECONDS: Final = 2.0  # to stop the worker and the sandbox
_COUNTS: Final = (
    *("customers", "audience", "submitted", "delivered", "replies", "opt_outs"),
    *("doubled", "unconfirmed"),
)


@dataclass
class Stages:
    """Seconds per stage, in order."""

    console: Console | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, words: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - start, 3)
        if self.console:
            self.console.print(f"[green]✓[/] {words}  [dim]{self.seconds[name]:.1f} 秒[/]")


def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="不开窗口，直接做完一遍。")] = False,
    as_json: JsonOption = False,
    customers: Annotated[int, typer.Option(min=100, max=1_000_000, help="沙箱里的客户数。")] = CUSTOMERS,
    seed: Annotated[int, typer.Option(help="沙箱数据的种子；只在不开窗口时可改。")] = 1,
    faults: Annotated[str, typer.Option(help="沙箱的故障方案（none、flaky …）；只在不开窗口时可改。")] = "none",
) -> None:
    """演示：连接平台 → 同步 → 导入 → 核验 → 批准 → 发送 → 结果；用完即弃，不碰您的数据。"""
    windowed = not headless and not as_json
    if windowed and has_display():
        if (seed, faults) != (1, "none"):
            raise typer.BadParameter("--seed 和 --faults 要和 --headless 一起用")
        raise SystemExit(context.obj(folder=None, demo_customers=customers))
    console = None if as_json else Console()
    if windowed and console:
        console.print("这里没有图形界面，改在终端里演示。")
    with tempfile.TemporaryDirectory(prefix="campaign-app-demo-") as folder:
        result = play(Path(folder), Stages(console), customers=customers, seed=seed, faults=faults)
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    elif console:
        _print_result(console, result)
    if result["doubled"] or result["unconfirmed"]:
        raise AppError("demo_failed", "Somebody was sent to twice or unconfirmed")


def play(folder: Path, stages: Stages, *, customers: int, seed: int, faults: str) -> dict[str, Any]:
    """The whole job; returns the object that `--json` prints."""
    begun = perf_counter()
    with ExitStack() as stack:
        with stages.stage("start", "启动沙箱平台和加密工作区"):
            ready = stack.enter_context(begin_sandbox(customers=customers, seed=seed, faults=faults))
            app = _opened(stack, folder / "workspace")
            sandbox = ready()
            sandbox.shift_clock(app.offset)
        with stages.stage("sync", "连接两家店铺，同步客户"):
            _connect(app, sandbox)
        with stages.stage("import", "导入会员等级（CSV）"):
            _import(app, folder)
        with stages.stage("screen", "选受众、写文案、逐人核验"):
            campaign_id, audience = _screen(app, sandbox)
        with stages.stage("send", "批准并发送，每批发出前再次核验"):
            _send(app, campaign_id)
        with stages.stage("results", "收取回执、回复、退订和投诉"):
            counts = _results(app, campaign_id, seconds=report_seconds(customers, perf_counter() - begun))
        ledger = sandbox.ledger()
        return {
            "customers": app.workspace.customers.total(),
            "audience": audience,
            "funnel": app.campaigns.funnel(campaign_id),
            "submitted": counts["submitted"],
            "delivered": counts["delivered"],
            "replies": counts["replies"],
            "opt_outs": counts["opt_outs"],
            "doubled": ledger["doubled"],
            "unconfirmed": ledger["unconfirmed"],
            "seconds": stages.seconds,
        }


def _opened(stack: ExitStack, folder: Path) -> App:
    """A new workspace with its worker; both load their libraries at the same time."""
    key = secrets.token_bytes(32)
    worker = stack.enter_context(begin_worker(folder))
    app = open_demo(stack, folder, key, made=partial(hand_over, worker, key))
    greet(worker)
    return app


def _connect(app: App, sandbox: Sandbox) -> None:
    for job_id in connect_shops(app, sandbox):
        wait_for_job(app, job_id, seconds=JOB_SECONDS)


def _import(app: App, folder: Path) -> None:
    account = app.accounts.all()[0]
    file = write_sample(app, folder)
    begun = app.imports.begin(source=Source(str(file), account.id), actor="demo")
    job = app.jobs.enqueue("import", begun.args, app.clock())
    wait_for_job(app, job.id, seconds=JOB_SECONDS)


def _screen(app: App, sandbox: Sandbox) -> tuple[int, int]:
    made = add_campaign(app, sandbox, "双十一演示", BODY)
    app.campaigns.screen(made.id, actor="demo")
    screened = follow_campaign(app, made.id, {CampaignState.SCREENING}, quiet=True)
    _expect(screened.state, CampaignState.SCREENED, screened.state_note)
    return made.id, screened.snapshot_size


def _send(app: App, campaign_id: int) -> None:
    funnel, warnings = app.campaigns.funnel(campaign_id), app.campaigns.warnings(campaign_id)
    shown = app.campaigns.get(campaign_id)
    app.campaigns.approve(shown, recipients=funnel["ok"], confirmed_warnings=warnings, actor="demo")
    today = app.campaigns.warnings(campaign_id, app.clock())  # such as of a holiday
    app.campaigns.schedule(campaign_id, send_at=None, confirmed_warnings=today, actor="demo")
    sent = follow_campaign(app, campaign_id, {CampaignState.SCHEDULED, CampaignState.SENDING}, quiet=True)
    _expect(sent.state, CampaignState.DONE, sent.state_note)


def report_seconds(customers: int, spent: float) -> float:
    """How long the reports are waited for: so that a slow machine ends in time too, with those that came."""
    promised = PROMISED_SECONDS * max(1.0, customers / CUSTOMERS)
    return max(0.0, min(REPORT_SECONDS, promised - END_SECONDS - spent))


def _results(app: App, campaign_id: int, *, seconds: float) -> Mapping[str, int]:
    """Polls until every accepted message has its report, or for so long; once at least."""
    start = perf_counter()
    while True:
        jobs = [app.jobs.enqueue("poll", {"account_id": a.id}, app.clock()) for a in app.accounts.all()]
        new = [wait_for_job(app, job.id, seconds=JOB_SECONDS) for job in jobs]
        counts = app.campaigns.results(campaign_id).counts
        reported = counts["delivered"] + counts["failed"]
        waiting = reported < counts["accepted"] or any(sum(result.values()) for result in new)
        if not waiting or perf_counter() - start > seconds:
            return counts


def _expect(state: CampaignState, wanted: CampaignState, note: str) -> None:
    if state is not wanted:
        why = WORDS.term("state_note", note) if note else WORDS.term("state", wanted.value)
        raise AppError("demo_stopped", "The demo stopped", state=WORDS.term("state", state.value), note=why)


def _print_result(console: Console, result: Mapping[str, Any]) -> None:
    console.print(funnel_table(result["funnel"]))
    counts = "  ".join(f"{WORDS.term('count', name)} [bold]{result[name]:,}[/]" for name in _COUNTS)
    console.print(counts, soft_wrap=True)  # else a word and its figure come apart
