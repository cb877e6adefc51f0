"""`campaign-app complaint`: complaint cases entered, looked at, matched, answered, and whose complaints rise."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from campaign_app.cli.backup import shown_progress
from campaign_app.cli.complaint_words import CASE, PACK, ROWS
from campaign_app.cli.follow import show, show_each
from campaign_app.cli.import_ import columns_in
from campaign_app.cli.import_report import refusals_of, words
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.usage import Commands
from campaign_app.cli.words import WORDS
from campaign_app.domain.complaint import Case, CaseState, NewCase, Source, Way
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.phone import Phone, parse_phone
from campaign_app.services.case_file import CaseFile, CaseTrial, read_moment
from campaign_app.services.sheets import SheetSource
from campaign_app.services.tables import ReadOptions
from campaign_app.services.trends import By

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.services.trends import TrendRow

LISTED: Final = 100
CaseArgument = Annotated[int, typer.Argument(metavar="CASE", help="投诉案件的编号，见 complaint list。")]
EntityOption = Annotated[str, typer.Option("--entity", metavar="USCC", help="被投诉的主体；只有一个时可省略。")]

complaint = Commands(no_args_is_help=True, help="投诉：登记、导入、查看、核对、答复；哪些活动的投诉在上升。")


@complaint.callback()
def group() -> None:
    """投诉：登记、导入、查看、核对、答复；哪些活动的投诉在上升。"""


@complaint.command("add")
def add(  # noqa: PLR0913, PLR0917 - one parameter per option
    phone: Annotated[str, typer.Option("--phone", help="投诉人号码；写 - 则从标准输入读取，不留在命令历史里。")] = "",
    ref: Annotated[str, typer.Option("--ref", help="投诉人的客户标识；没有号码时使用。")] = "",
    account: Annotated[int | None, typer.Option("--account", help="客户标识所属的店铺账户。")] = None,
    made: Annotated[str, typer.Option("--made", help="投诉时间，如 2026-11-02 09:30；不给就是现在。")] = "",
    received: Annotated[str, typer.Option("--received", help="收到时间；不给就与投诉时间相同。")] = "",
    number: Annotated[str, typer.Option("--number", help="投诉自己的编号（工单号）；同一编号不会登记两次。")] = "",
    source: Annotated[Source, typer.Option("--source", help="由谁转来。")] = Source.R12321,
    text: Annotated[str, typer.Option("--text", help="投诉内容。")] = "",
    port: Annotated[str, typer.Option("--port", help="投诉里写的发送端口。")] = "",
    signature: Annotated[str, typer.Option("--signature", help="投诉里写的签名。")] = "",
    entity: EntityOption = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一个投诉：投诉人立即加入该主体的拒收名单，不能解除。"""
    with open_for(workspace, passphrase_file) as app:
        now = app.clock()
        made_at = moment_in(made, now)
        new = NewCase(
            entity_uscc=entity_in(app, entity),
            source=source,
            way=Way.FORM,
            made_at=made_at,
            received_at=moment_in(received, now) if received else made_at,
            number=number,
            phone=phone_in(phone),
            ref=ref,
            account_id=account,
            text=text,
            port=port,
            signature=signature,
        )
        show(_said(app, app.complaints.add(new, actor="cli")), CASE, as_json=as_json)


@complaint.command("import")
def import_(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV 或 XLSX 文件。")],
    source: Annotated[Source, typer.Option("--source", help="由谁转来；文件里没有来源列时使用。")] = Source.R12321,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="列名=字段",
            help="指定一列：number、phone、ref、made_at、received_at、text、port、signature、source、ignore；可重复。",
        ),
    ] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="文件编码；不给就自动识别。")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help="分隔符；不给就自动识别。")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="XLSX 的工作表；默认第一个。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试运行，不改动任何内容。")] = False,
    entity: EntityOption = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """从文件登记投诉；已登记过的编号不会重复。"""
    sheet_source = SheetSource(str(file), ReadOptions(encoding, delimiter, sheet), columns_in(column or []))
    with open_for(workspace, passphrase_file) as app, shown_progress("登记", quiet=as_json) as tick:
        wanted = CaseFile(sheet_source, entity_in(app, entity), source)
        found = app.case_files.trial(wanted, tick) if dry_run else app.case_files.apply(wanted, actor="cli", tick=tick)
    show_refusals(_trial(found, dry_run=dry_run), as_json=as_json)


@complaint.command("list")
def list_cases(
    state: Annotated[list[CaseState] | None, typer.Option("--state", help="只要这个状态；可重复。")] = None,
    text: Annotated[str, typer.Option("--text", help="完整号码、客户标识、投诉编号或内容里的几个字。")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多多少个，最新的在前。")] = LISTED,
    due: Annotated[bool, typer.Option("--due", help="只要今天到期和已经超期的。")] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出投诉案件、状态和期限。"""
    with open_for(workspace, passphrase_file) as app:
        if due:
            cases = [case for case, _ in app.complaints.pressing()][:limit]
        else:
            query = app.complaints.query(text, frozenset(state or ()))
            _, newest = app.complaints.count(query)
            cases = list(app.complaints.page(query, newest, 0, limit))
        show_each({str(case.id): _said(app, case) for case in cases}, CASE, as_json=as_json)


@complaint.command("show")
def show_case(
    case_id: CaseArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """一个投诉案件：可能对应的短信、期限、经过。"""
    with open_for(workspace, passphrase_file) as app:
        case, found = app.complaints.case(case_id), app.complaints.found(case_id)
        told = {
            **_said(app, case),
            "text": case.text,
            "candidates": [
                {
                    "message": each.ledger_id, "campaign": each.campaign, "campaign_id": each.campaign_id,
                    "signature": each.signature, "sent_at": each.sent_at.isoformat(), "outcome": each.outcome,
                    "signature_differs": each.differs,
                }
                for each in found.candidates
            ],
            "history": [
                {"at": each.at.isoformat(), "by": each.by, "action": each.action.value, "text": each.text}
                for each in app.complaints.history(case_id)
            ],
        }  # fmt: skip
    show(told, CASE, as_json=as_json)


@complaint.command("handle")
def handle(  # noqa: PLR0913, PLR0917 - one parameter per option
    case_id: CaseArgument,
    owner: Annotated[str, typer.Option("--owner", help="认领：由谁负责。")] = "",
    message: Annotated[
        int | None, typer.Option("--message", metavar="ID", help="核对：是哪一条短信，见 complaint show。")
    ] = None,
    none: Annotated[bool, typer.Option("--no-message", help="核对：不是其中任何一条。")] = False,
    note: Annotated[str, typer.Option("--note", help="加一条备注。")] = "",
    answer: Annotated[str, typer.Option("--answer", help="登记答复：向谁、怎样答复。")] = "",
    close: Annotated[bool, typer.Option("--close", help="结案；须已答复。")] = False,
    reopen: Annotated[str, typer.Option("--reopen", metavar="WHY", help="重新处理，写明原因。")] = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """处理一个投诉案件；可以一次写几步，按重新处理、认领、核对、备注、答复、结案的顺序进行。"""
    with open_for(workspace, passphrase_file) as app:
        cases = app.complaints
        if reopen:
            cases.reopen(case_id, reopen, actor="cli")
        if owner:
            cases.own(case_id, owner, actor="cli")
        if message is not None:
            cases.match(case_id, message, actor="cli")
        elif none:
            cases.unmatch(case_id, actor="cli")
        if note:
            cases.note(case_id, note, actor="cli")
        if answer:
            cases.answer(case_id, answer, actor="cli")
        if close:
            cases.close(case_id, actor="cli")
        show(_said(app, cases.case(case_id)), CASE, as_json=as_json)


@complaint.command("pack")
def pack(
    case_id: CaseArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="新的压缩包（.zip）；已有的文件不会被覆盖。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出举证包：PDF、供程序读取的内容和可独立验证的证据，在一个压缩包里。"""
    with open_for(workspace, passphrase_file) as app, shown_progress("导出", quiet=as_json) as tick:
        made = app.case_packs.export(case_id, out.absolute(), actor="cli", tick=tick)
    told = {"file": str(made.file), "bytes": made.size, "sha256": made.sha256, "head": made.head}
    show({**told, "files": list(made.names)}, PACK, as_json=as_json)


@complaint.command("trend")
def trend(
    by: Annotated[By, typer.Option("--by", help="按活动、签名或受众。")] = By.CAMPAIGN,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="多少天为一期，与之前同样长的一期相比。")] = 30,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """风向标：哪些活动、签名或受众的投诉在上升；每个比例都带条数。"""
    with open_for(workspace, passphrase_file) as app:
        found = app.trends.of(by, days)
    told = {
        "by": by.value,
        "days": days,
        "until": found.until.isoformat(),
        "total": _row(found.total),
        "rows": [_row(row) for row in found.rows],
        "unmatched": {"now": found.unmatched[0], "before": found.unmatched[1]},
    }
    if as_json:
        show(told, as_json=True)
        return
    for row in (found.total, *found.rows):
        name = row.name or ("合计" if row is found.total else "、".join(row.campaigns))
        shares = "；".join(
            f"{label} {share.complaints:,} 件 / {share.sent:,} 条"
            for label, share in (("本期", row.now), ("上期", row.before))
        )
        sys.stdout.write(f"{name}：{shares}，{WORDS.term('trend_turn', row.turn)}\n")
    sys.stdout.write(f"对不上短信的投诉：本期 {found.unmatched[0]:,} 件，上期 {found.unmatched[1]:,} 件\n")


def _row(row: TrendRow) -> dict[str, Any]:
    def share(name: str) -> dict[str, Any]:
        each = getattr(row, name)
        return {"complaints": each.complaints, "sent": each.sent, "unchecked": each.unchecked}

    return {
        "name": row.name, "campaigns": list(row.campaigns), "now": share("now"), "before": share("before"),
        "turn": row.turn.value,
    }  # fmt: skip


def _said(app: App, case: Case) -> dict[str, Any]:
    due = app.complaints.deadline(case)
    return {
        "case": case.id,
        "entity": case.entity_uscc,
        "source": case.source.value,
        "way": case.way.value,
        "number": case.number,
        "who": case.who,
        "state": case.state.value,
        "why": case.why.value if case.why else "",
        "owner": case.owner,
        "made_at": case.made_at.isoformat(),
        "received_at": case.received_at.isoformat(),
        "port": case.port,
        "signature": case.signature,
        "campaign_id": case.campaign_id,
        "message": case.ledger_id,
        "due": None
        if due is None
        else {
            "timer": due.timer.id, "day": due.day.isoformat(), "left": due.left, "law": due.timer.law,
            "draft": due.timer.draft, "verified": due.timer.verified, "weekends_only": list(due.guessed),
        },
    }  # fmt: skip


def _trial(found: CaseTrial, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "rows": found.rows,
        "added": found.added,
        "refused": sum(found.refused.values()),
        "refused_by_reason": dict(found.refused),
        "refusals": refusals_of(found.refusals),
    }


def show_refusals(told: dict[str, Any], *, as_json: bool) -> None:
    """With the rows that were left out one below the other."""
    if as_json:
        show(told, as_json=True)
        return
    refusals = told.pop("refusals")
    show({**told, "refused_by_reason": {words(code, ""): n for code, n in told["refused_by_reason"].items()}}, ROWS)
    for each in refusals[:20]:
        sys.stdout.write(f"第 {each['row']} 行：{each['message']}\n")


def entity_in(app: App, wanted: str) -> str:
    """The one that is named, or the only one. Raises SettingsError."""
    known = [entity.uscc for entity in app.accounts.entities()]
    if not wanted and len(known) == 1:
        return known[0]
    if wanted not in known:
        raise SettingsError("entity_needed", "Name the entity", entities="、".join(known))
    return wanted


def phone_in(written: str) -> Phone | None:
    """None for nothing; raises SettingsError `phone`."""
    said = sys.stdin.readline() if written == "-" else written
    if not said.strip():
        return None
    phone = parse_phone(said.strip())
    if phone is None:
        raise SettingsError("phone", "This is no mainland mobile number")
    return phone


def moment_in(written: str, now: datetime) -> datetime:
    """Now for nothing; raises SettingsError `bad_time`."""
    found = read_moment(written, now) if written else now
    if found is None:
        raise SettingsError("complaint_when", "The time cannot be read", time=written)
    return found
