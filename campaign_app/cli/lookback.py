"""`campaign-app lookback`: today's rules and consents over what was sent, runs compared, what is to be put right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from campaign_app.cli.follow import goes_on, show, wait_for_job, with_worker
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.lookback_words import DIFFERENCE, RUN, RUNS, TASK, TASKS
from campaign_app.cli.usage import Commands
from campaign_app.domain.errors import SettingsError

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.lookback import Group, Run, Task
    from campaign_app.services.lookback import Looked

lookback = Commands(no_args_is_help=True, help="回头看：用现在的规则和同意记录复查已经发出的短信。")
RunArgument = Annotated[int, typer.Argument(metavar="RUN", help="回头看的编号。")]
HOURS: Final = 24.0


@lookback.callback()
def group() -> None:
    """回头看：用现在的规则和同意记录复查已经发出的短信。"""


@lookback.command("run")
def run(
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="从哪天发出的开始，如 2026-10-01。")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="到哪天为止（含）；不给就到今天。")
    ] = None,
    campaign: Annotated[list[int] | None, typer.Option("--campaign", help="只看这个活动，可重复。")] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """复查一段时间里发出的短信，跟到结束；已发出的记录一条也不改。"""
    from campaign_app.domain.lookback import Scope
    from campaign_app.services.window import BEIJING

    with with_worker(open_for(workspace, passphrase_file)) as app:
        first = datetime.combine(_day(since), time(), BEIJING)
        today = app.clock().astimezone(BEIJING).date()
        last = datetime.combine((_day(until) if until else today) + timedelta(days=1), time(), BEIJING)
        made = app.lookbacks.start(Scope(first, last, tuple(campaign or ())), actor="cli")
        show(_told(_followed(app, made.id)), RUN, as_json=as_json)


@lookback.command("list")
def list_(
    workspace: FolderOption = None, passphrase_file: PassphraseOption = None, as_json: JsonOption = False
) -> None:
    """列出最近的回头看，新的在前。"""
    with open_for(workspace, passphrase_file) as app:
        show({"runs": [_told(each, groups=False) for each in app.lookbacks.runs()]}, RUNS, as_json=as_json)


@lookback.command("show")
def show_(
    run_id: RunArgument,
    rows: Annotated[int, typer.Option("--rows", min=0, help="列出多少条短信，号码打码。")] = 0,
    after: Annotated[int, typer.Option("--after", help="从这一条（message）之后列起。")] = 0,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """一次回头看的结果，按原因分；各项相加等于看过的条数。"""
    with open_for(workspace, passphrase_file) as app:
        told = _told(app.lookbacks.run(run_id))
        if rows:
            told["rows"] = [_row(each) for each in app.lookbacks.rows(run_id, None, after, rows)]
        show(told, RUN, as_json=as_json)


@lookback.command("pause")
def pause(
    run_id: RunArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """暂停；已看过的保留，以后从停下的地方继续。"""
    with open_for(workspace, passphrase_file) as app:
        show(_told(app.lookbacks.pause(run_id, actor="cli")), RUN, as_json=as_json)


@lookback.command("resume")
def resume(
    run_id: RunArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """从停下的地方继续，跟到结束。"""
    with with_worker(open_for(workspace, passphrase_file)) as app:
        app.lookbacks.resume(run_id, actor="cli")
        show(_told(_followed(app, run_id)), RUN, as_json=as_json)


@lookback.command("cancel")
def cancel(
    run_id: RunArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """取消，不能继续；已看过的部分保留。"""
    with open_for(workspace, passphrase_file) as app:
        show(_told(app.lookbacks.cancel(run_id, actor="cli")), RUN, as_json=as_json)


@lookback.command("compare")
def compare(
    older: Annotated[int, typer.Argument(metavar="OLDER", help="较早的一次。")],
    newer: Annotated[int, typer.Argument(metavar="NEWER", help="较晚的一次。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两次回头看：新出现的、已消失的、没变的；只比两次都看过的短信。"""
    with open_for(workspace, passphrase_file) as app:
        found = app.lookbacks.difference(older, newer)
    counts = {"older": older, "newer": newer, "new": found.new, "gone": found.gone, "same": found.same}
    came, went = _groups(found.new_groups), _groups(found.gone_groups)
    show({**counts, "new_groups": came, "gone_groups": went}, DIFFERENCE, as_json=as_json)


@lookback.command("tasks")
def tasks(
    run_id: Annotated[int | None, typer.Option("--run", help="只列这一次回头看的。")] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """整改清单：没完成的在前，先到期的在前。"""
    with open_for(workspace, passphrase_file) as app:
        show({"tasks": [_task(each) for each in app.lookbacks.tasks(run_id)]}, TASKS, as_json=as_json)


@lookback.command("add-task")
def add_task(
    run_id: RunArgument,
    what: Annotated[str, typer.Option("--what", help="要做什么。")],
    owner: Annotated[str, typer.Option("--owner", help="谁来做。")],
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help="到哪天为止。")] = None,
    campaign: Annotated[int, typer.Option("--campaign", help="关于哪个活动。")] = 0,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """在整改清单里加一项。"""
    from campaign_app.domain.lookback import Wish

    until = _day(due) if due else None
    with open_for(workspace, passphrase_file) as app:
        wish = Wish(what, owner, until, campaign)
        show(_task(app.lookbacks.add_task(run_id, wish, actor="cli")), TASK, as_json=as_json)


@lookback.command("set-task")
def set_task(
    task_id: Annotated[int, typer.Argument(metavar="TASK", help="整改项的编号。")],
    done: Annotated[bool | None, typer.Option("--done/--open", help="已完成，或重新打开。")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="改由谁做。")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help="改到哪天。")] = None,
    note: Annotated[str | None, typer.Option("--note", help="备注。")] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """改一个整改项；不给的保持原样，每次改动都留审计记录。"""
    until = _day(due) if due else None
    with open_for(workspace, passphrase_file) as app:
        was = app.lookbacks.task(task_id)
        changed = app.lookbacks.change_task(
            was,
            owner=was.wish.owner if owner is None else owner,
            due=until or was.wish.due,
            done=was.done if done is None else done,
            note=was.note if note is None else note,
            actor="cli",
        )
        show(_task(changed), TASK, as_json=as_json)


def _followed(app: App, run_id: int) -> Run:
    for job in app.jobs.open_jobs():
        if job.kind == "lookback" and job.args.get("run_id") == run_id:
            with goes_on(f"campaign-app lookback show {run_id}", f"campaign-app lookback pause {run_id}"):
                wait_for_job(app, job.id, seconds=HOURS * 3600)
    return app.lookbacks.run(run_id)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise SettingsError("bad_day", "No date", given=written) from error


def _told(run: Run, *, groups: bool = True) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": run.id,
        "state": run.state.value,
        "from": run.scope.since.isoformat(),
        "until": run.scope.until.isoformat(),
        "campaigns": list(run.scope.campaigns),
        "asked_by": run.asked_by,
        "asked_at": run.asked_at.isoformat(),
        "rule_packs": run.rule_packs,
        "total": run.total,
        "looked": run.looked,
        **run.counts(),
        "note": run.note,
    }
    return {**told, "groups": _groups(run.groups)} if groups else told


def _groups(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [
        {
            "campaign": each.campaign_id,
            "kind": each.kind.value,
            "reason": each.reason,
            "era": each.era,
            "rules": each.rules.split(",") if each.rules else [],
            "messages": each.messages,
        }
        for each in groups
    ]


def _row(looked: Looked) -> dict[str, Any]:
    found = looked.found
    return {
        "message": found.ledger_id,
        "campaign": found.campaign_id,
        "shop": looked.shop,
        "ref": looked.ref,
        "name": looked.name,
        "phone": looked.phone,
        "sent_at": found.sent_at.isoformat(),
        "kind": found.kind.value,
        "reason": found.reason,
        "era": found.era,
        "rules": found.rules.split(",") if found.rules else [],
        "also": found.also.split(",") if found.also else [],
        "moment": None if found.moment is None else found.moment.isoformat(),
        "text": looked.text,
        "consent_then": None if looked.then is None else looked.then.status.value,
        "consent_now": None if looked.now is None else looked.now.status.value,
    }


def _task(task: Task) -> dict[str, Any]:
    wish = task.wish
    return {
        "id": task.id,
        "lookback": task.run_id,
        "campaign": wish.campaign_id or None,
        "what": wish.what,
        "owner": wish.owner,
        "due": None if wish.due is None else wish.due.isoformat(),
        "done": task.done,
        "note": task.note,
        "changed_by": task.changed_by,
        "changed_at": task.changed_at.isoformat(),
    }
