"""`campaign-app demo`: the main job from end to end on a throw-away workspace and a sandbox of its own."""

from __future__ import annotations

import csv
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from campaign_app.cli.children import Sandbox, start_sandbox
from campaign_app.cli.follow import follow_campaign, funnel_table, wait_for_job
from campaign_app.cli.keys import JsonOption
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import AppError
from campaign_app.services.import_plan import Source
from campaign_app.services.window import BEIJING, CLOSES, OPENS

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

BODY: Final = "{name}您好，双十一会员专享：店内冬装满300元减50元，凭会员码到店使用，11月30日前有效。拒收请回复R"
JOB_SECONDS: Final = 600.0
REPORT_SECONDS: Final = 15.0


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
    headless: Annotated[bool, typer.Option("--headless", help="不开窗口，直接做完一遍。")] = False,
    as_json: JsonOption = False,
    customers: Annotated[int, typer.Option(min=100, max=1_000_000, help="沙箱里的客户数。")] = 10_000,
    seed: Annotated[int, typer.Option(help="沙箱数据的种子。")] = 1,
    faults: Annotated[str, typer.Option(help="沙箱的故障方案（none、flaky、hostile …）。")] = "none",
) -> None:
    """演示：连接平台 → 同步 → 导入 → 核验 → 批准 → 发送 → 结果；用完即弃，不碰您的数据。"""
    console = None if as_json else Console()
    if console and not headless:
        console.print("这个版本还没有窗口，以下在终端里演示。")
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
    from campaign_app import bootstrap

    offset = daytime_offset(bootstrap.system_clock())
    with ExitStack() as stack:
        with stages.stage("start", "启动沙箱平台和加密工作区"):
            sandbox = stack.enter_context(start_sandbox(customers=customers, seed=seed, faults=faults))
            sandbox.shift_clock(offset)
            app = stack.enter_context(bootstrap.demo_app(folder / "workspace", secrets.token_bytes(32), offset))
        with stages.stage("sync", "连接两家店铺，同步客户"):
            _connect(app, sandbox)
        with stages.stage("import", "导入会员等级（CSV）"):
            _import(app, folder)
        with stages.stage("screen", "选受众、写文案、逐人核验"):
            campaign_id, audience = _screen(app, sandbox)
        with stages.stage("send", "批准并发送，每批发出前再次核验"):
            _send(app, campaign_id)
        with stages.stage("results", "收取回执、回复、退订和投诉"):
            counts = _results(app, campaign_id)
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


def daytime_offset(now: datetime) -> timedelta:
    """Nothing is sent by night: a demo at night plays at ten in the morning, sandbox and all."""
    local = now.astimezone(BEIJING)
    if local.time() >= OPENS and local + timedelta(hours=1) < datetime.combine(local.date(), CLOSES, BEIJING):
        return timedelta(0)
    return datetime.combine(local.date(), OPENS, BEIJING) + timedelta(hours=2) - local


def _connect(app: App, sandbox: Sandbox) -> None:
    jobs = []
    for shop in sandbox.shops:
        account = app.accounts.connect(
            base_url=sandbox.url, key_id=shop["key_id"], private_key=shop["private_key"], actor="demo"
        )
        jobs.append(app.jobs.enqueue("sync", {"account_id": account.id}, app.clock()))
    for job in jobs:
        wait_for_job(app, job.id, seconds=JOB_SECONDS)


def _import(app: App, folder: Path) -> None:
    """A small file as merchants have them: GB18030, one malformed row, one number with letters."""
    account = app.accounts.all()[0]
    members = app.workspace.customers.by_ids(range(1, 301))
    file = folder / "会员等级.csv"
    with file.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["客户标识", "手机号", "会员等级"])
        for customer in members.values():
            writer.writerow([customer.ref if customer.account_id == account.id else "", "", "金卡"])
        writer.writerow(["", "1380013800A", "银卡"])
        writer.writerow(["多", "一", "列", "了"])
    begun = app.imports.begin(source=Source(str(file), account.id), actor="demo")
    job = app.jobs.enqueue("import", {"import_id": begun.import_id, "chunks": begun.chunks}, app.clock())
    wait_for_job(app, job.id, seconds=JOB_SECONDS)


def _screen(app: App, sandbox: Sandbox) -> tuple[int, int]:
    audience = Filter((Condition("order_count", Op.AT_LEAST, 1),))
    entity = sandbox.shops[0]["entity"]["uscc"]
    made = app.campaigns.create(
        name="双十一演示", entity_uscc=entity, purpose="retail", audience=audience, actor="demo"
    )
    signature = next(s for s in app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed)
    app.campaigns.edit(made.id, signature=signature.text, body=BODY, actor="demo")
    app.campaigns.screen(made.id, actor="demo")
    screened = follow_campaign(app, made.id, {CampaignState.SCREENING}, quiet=True)
    _expect(screened.state, CampaignState.SCREENED, screened.state_note)
    return made.id, screened.snapshot_size


def _send(app: App, campaign_id: int) -> None:
    funnel, warnings = app.campaigns.funnel(campaign_id), app.campaigns.warnings(campaign_id)
    app.campaigns.approve(campaign_id, recipients=funnel["ok"], confirmed_warnings=warnings, actor="demo")
    app.campaigns.schedule(campaign_id, send_at=None, actor="demo")
    sent = follow_campaign(app, campaign_id, {CampaignState.SCHEDULED, CampaignState.SENDING}, quiet=True)
    _expect(sent.state, CampaignState.DONE, sent.state_note)


def _results(app: App, campaign_id: int) -> Mapping[str, int]:
    """Polls until every accepted message has its report, or for a while."""
    start = perf_counter()
    while True:
        jobs = [app.jobs.enqueue("poll", {"account_id": a.id}, app.clock()) for a in app.accounts.all()]
        new = [wait_for_job(app, job.id, seconds=JOB_SECONDS) for job in jobs]
        counts = app.campaigns.results(campaign_id).counts
        reported = counts["delivered"] + counts["failed"]
        waiting = reported < counts["accepted"] or any(sum(result.values()) for result in new)
        if not waiting or perf_counter() - start > REPORT_SECONDS:
            return counts


def _expect(state: CampaignState, wanted: CampaignState, note: str) -> None:
    if state is not wanted:
        raise AppError("demo_stopped", "The demo stopped", state=state.value, note=note or wanted.value)


def _print_result(console: Console, result: Mapping[str, Any]) -> None:
    console.print(funnel_table(result["funnel"]))
    words = {
        "customers": "客户", "audience": "受众", "submitted": "已提交", "delivered": "已送达", "replies": "回复",
        "opt_outs": "退订", "doubled": "重复发送", "unconfirmed": "未经确认而发送",
    }  # fmt: skip
    console.print("  ".join(f"{words[key]} [bold]{result[key]:,}[/]" for key in words))
