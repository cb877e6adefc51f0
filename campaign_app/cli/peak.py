"""`campaign-app peak`: plans for a peak, the list that is looked up for them, and pausing everything of one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.peak_words import PAUSE, PLAN, PLANS
from campaign_app.cli.usage import Commands
from campaign_app.domain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from campaign_app.bootstrap import App
    from campaign_app.domain.peak import Duty, PauseAll, Plan
    from campaign_app.services.peak_checks import Item
    from campaign_app.services.peaks import Looked

peak = Commands(no_args_is_help=True, help="大促预案：检查清单、值班和全部暂停演练。")
PlanArgument = Annotated[int, typer.Argument(metavar="PLAN", help="预案的编号。")]
NameOption = Annotated[str | None, typer.Option("--name", help="名称，如 双十一。")]
DaysOption = Annotated[
    str | None, typer.Option("--days", metavar="FROM..UNTIL", help="起止日期（含），如 2026-11-10..2026-11-11。")
]
EntityOption = Annotated[
    list[str] | None, typer.Option("--entity", help="只管这个主体（统一社会信用代码），可重复；不给就管全部。")
]
DutyOption = Annotated[
    list[str] | None,
    typer.Option("--duty", metavar="NAME=ROLE", help="值班的人，如“王丽=总值班 09:00–22:00”，可重复。"),
]
STEP: Final = 0.2  # seconds between two looks at what was under way


@peak.callback()
def group() -> None:
    """大促预案：检查清单、值班和全部暂停演练。"""


@peak.command("add")
def add(
    name: Annotated[str, typer.Option("--name", help="名称，如 双十一。")],
    days: Annotated[
        str, typer.Option("--days", metavar="FROM..UNTIL", help="起止日期（含），如 2026-11-10..2026-11-11。")
    ],
    entity: EntityOption = None,
    duty: DutyOption = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """新建一个预案。"""
    from campaign_app.domain.peak import Wish

    wish = Wish(name, *_days(days), tuple(entity or ()), _duty(duty or ()))
    with open_for(workspace, passphrase_file) as app:
        made = app.peaks.add(wish, actor="cli")
        show(_looked(app.peaks.look(made.id)), PLAN, as_json=as_json)


@peak.command("list")
def list_(
    workspace: FolderOption = None, passphrase_file: PassphraseOption = None, as_json: JsonOption = False
) -> None:
    """列出预案，新的在前。"""
    with open_for(workspace, passphrase_file) as app:
        show({"plans": [_plan(each) for each in app.peaks.plans()]}, PLANS, as_json=as_json)


@peak.command("show")
def show_(
    plan_id: PlanArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """一个预案：检查清单（现查）、值班的人、每次全部暂停的记录。"""
    with open_for(workspace, passphrase_file) as app:
        show(_looked(app.peaks.look(plan_id)), PLAN, as_json=as_json)


@peak.command("change")
def change(
    plan_id: PlanArgument,
    name: NameOption = None,
    days: DaysOption = None,
    entity: EntityOption = None,
    duty: DutyOption = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """修改预案；不给的保持原样。改了日期或主体，已就绪的预案回到草稿。"""
    from campaign_app.domain.peak import Wish

    with open_for(workspace, passphrase_file) as app:
        was = app.peaks.look(plan_id).plan.wish
        first, last = (was.first, was.last) if days is None else _days(days)
        wish = Wish(
            was.name if name is None else name, first, last,
            was.entities if entity is None else tuple(entity), was.duty if duty is None else _duty(duty),
        )  # fmt: skip
        app.peaks.change(plan_id, wish, actor="cli")
        show(_looked(app.peaks.look(plan_id)), PLAN, as_json=as_json)


@peak.command("state")
def state(
    plan_id: PlanArgument,
    to: Annotated[str, typer.Argument(metavar="STATE", help="draft、ready（就绪）或 over（结束）。")],
    knowing: Annotated[
        bool, typer.Option("--knowing", help="清单上还有没办好的项，仍标记就绪；会记下是哪些。")
    ] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """标记预案就绪、结束，或退回草稿。"""
    from campaign_app.domain.peak import PlanState

    if to not in set(PlanState):
        raise SettingsError("peak_state", "No state of a plan", given=to)
    with open_for(workspace, passphrase_file) as app:
        app.peaks.declare(plan_id, PlanState(to), actor="cli", knowing=knowing)
        show(_looked(app.peaks.look(plan_id)), PLAN, as_json=as_json)


@peak.command("confirm")
def confirm(
    plan_id: PlanArgument,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="要人答复的那一项，如 support。")],
    name: Annotated[str, typer.Option("--name", help="谁确认的。")] = "",
    note: Annotated[str, typer.Option("--note", help="备注：怎么核实的。")] = "",
    back: Annotated[bool, typer.Option("--back", help="收回确认。")] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """确认程序查不到的一项；谁在何时确认都会留下记录。"""
    with open_for(workspace, passphrase_file) as app:
        looked = app.peaks.confirm(plan_id, item, name=name, note=note, holds=not back, actor="cli")
        show(_looked(looked), PLAN, as_json=as_json)


@peak.command("pause-all")
def pause_all(
    plan_id: PlanArgument,
    drill: Annotated[bool, typer.Option("--drill", help="这是演练；同样真的暂停，结束后用 resume 恢复。")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="最多等多少秒，等最后一批有结果。")] = 60.0,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """暂停预案主体所有已安排和发送中的活动，并量出从下令到停下用了多久。"""
    from campaign_app.domain.peak import Result

    with open_for(workspace, passphrase_file) as app:
        pause = app.peaks.pause_all(plan_id, drill=drill, actor="cli")
        for _ in range(int(wait / STEP) + 1):
            pause = app.peaks.follow(pause.id, actor="cli")
            if pause.result is not Result.WATCHING:
                break
            app.wait(STEP)
        show(_paused(app, pause), PAUSE, as_json=as_json)


@peak.command("resume")
def resume(
    pause_id: Annotated[int, typer.Argument(metavar="PAUSE", help="全部暂停的编号。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """恢复那一次暂停的活动：只恢复仍由它暂停着、且没过发送时段的。"""
    with open_for(workspace, passphrase_file) as app:
        done = app.peaks.resume(pause_id, actor="cli")
        left = {"late": [each.id for each in done.late], "changed": [each.id for each in done.changed]}
        show({**_paused(app, done.pause), **left}, PAUSE, as_json=as_json)


def _days(written: str) -> tuple[date, date]:
    """One day, or the first and the last."""
    first, dots, last = written.partition("..")
    return _day(first), _day(last if dots else first)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise SettingsError("bad_day", "No date", given=written) from error


def _duty(written: Iterable[str]) -> tuple[Duty, ...]:
    from campaign_app.domain.peak import Duty

    parts = (each.partition("=") for each in written)
    return tuple(Duty(name.strip(), when.strip()) for name, _, when in parts)


def _plan(plan: Plan) -> dict[str, Any]:
    wish = plan.wish
    return {
        "id": plan.id,
        "name": wish.name,
        "from": wish.first.isoformat(),
        "until": wish.last.isoformat(),
        "entities": list(wish.entities),
        "duty": [{"name": each.name, "when": each.when} for each in wish.duty],
        "state": plan.state.value,
        "open_when_ready": list(plan.open_items),
        "changed_by": plan.changed_by,
        "changed_at": plan.changed_at.isoformat(),
    }


def _looked(looked: Looked) -> dict[str, Any]:
    pauses = [_pause(each) for each in looked.pauses]
    items = [_item(each) for each in looked.items]
    return {**_plan(looked.plan), "items": items, "open": list(looked.open_items), "pauses": pauses}


def _item(item: Item) -> dict[str, Any]:
    word = item.word if item.confirmed else None
    facts = {name: list(fact) if isinstance(fact, tuple) else fact for name, fact in item.facts.items()}
    said = None
    if word is not None:
        said = {"name": word.name, "by": word.said_by, "at": word.said_at.isoformat(), "note": word.note}
    return {
        "item": item.key, "state": item.state, "code": item.code, "facts": facts, "asks": item.asks, "confirmed": said
    }  # fmt: skip


def _pause(pause: PauseAll) -> dict[str, Any]:
    return {
        "pause": pause.id,
        "plan": pause.plan_id,
        "drill": pause.drill,
        "asked_by": pause.asked_by,
        "asked_at": pause.asked_at.isoformat(),
        "result": pause.result.value,
        "seconds": pause.seconds,
        "messages": pause.messages,
        "unanswered": pause.left,
        "campaigns": [
            {
                "campaign": stop.campaign_id, "was": stop.was, "sending": stop.active, "batches": stop.batches,
                "messages": stop.messages, "unanswered": stop.left,
                "seconds": pause.seconds_of(stop) if stop.active and stop.ended else None,
            }
            for stop in pause.stops
        ],
        "resumed_at": None if pause.resumed_at is None else pause.resumed_at.isoformat(),
        "resumed": list(pause.resumed),
    }  # fmt: skip


def _paused(app: App, pause: PauseAll) -> dict[str, Any]:
    names = {stop.campaign_id: app.campaigns.get(stop.campaign_id).name for stop in pause.stops}
    told = _pause(pause)
    return {**told, "campaigns": [{"name": names[each["campaign"]], **each} for each in told["campaigns"]]}
