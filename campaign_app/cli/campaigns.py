"""Campaigns for scripts, from `screen` to `cancel` and `close-unknown`; the worker does the work."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaign_app.cli.campaign_words import CAMPAIGN, CAMPAIGNS
from campaign_app.cli.follow import follow_campaign, goes_on, show, with_worker
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import moment
from campaign_app.cli.words import WORDS
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.domain.copies import DIFFERS
from campaign_app.domain.errors import NotAllowed, NotFound, SettingsError
from campaign_app.domain.money import PER_YUAN

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

_FIELDS = ("name", "entity_uscc", "purpose", "signature", "body")
CampaignArgument = Annotated[int, typer.Argument(metavar="ID", help="活动编号。")]


def screen(
    definition: Annotated[Path, typer.Argument(metavar="FILE.json", help="活动：名称、主体、用途、签名、文案、受众。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """按文件新建一个活动并核验受众；不发送。"""
    fields, audience = read_definition(definition)
    with _opened(workspace, passphrase_file) as app:
        if fields["entity_uscc"] not in {each.uscc for each in app.accounts.entities()}:
            raise NotFound("entity", "There is no such entity")
        made = app.campaigns.create(
            name=fields["name"],
            entity_uscc=fields["entity_uscc"],
            purpose=fields["purpose"],
            audience=audience,
            actor="cli",
        )
        app.campaigns.edit(made.id, actor="cli", signature=fields["signature"], body=fields["body"])
        app.campaigns.screen(made.id, actor="cli")
        campaign = _followed(app, made.id, {CampaignState.SCREENING}, quiet=as_json)
        checked, warnings = app.campaigns.check(made.id), app.campaigns.warnings(made.id)
        shown = {f.rule_id for f in checked.findings}
        found = [
            {"rule": f.rule_id, "severity": f.severity.word, "message": f.message, "fix": f.fix}
            for f in (*checked.findings, *(f for f in warnings.values() if f is not None and f.rule_id not in shown))
        ]
        told = {"text": checked.final_text, "findings": found, "to_confirm": list(warnings)}
        show({**_summary(app, campaign), **told}, CAMPAIGN, as_json=as_json)


def send(
    campaign_id: CampaignArgument,
    recipients: Annotated[int, typer.Option("--recipients", help="核验后的人数，须一字不差地输入。")],
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", help="已由人确认的提醒（规则编号），可重复。")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help="发送时间（带时区的 ISO 8601）；不给就立即发送。")] = None,
    covers: Annotated[str, typer.Option("--covers", help="所看的那一份（screen 的 covers），不符就不批准。")] = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """批准一个已核验的活动并发送（或定时），跟到结束。"""
    send_at = _moment(at)
    with _opened(workspace, passphrase_file) as app:
        campaign = app.campaigns.get(campaign_id)
        if covers and covers != campaign.covered():
            raise NotAllowed("other_than_shown", "The campaign was changed since it was shown: look at it again")
        if campaign.state in (CampaignState.APPROVED, CampaignState.WAITING):
            _require_count(app, campaign_id, recipients)
        else:
            app.campaigns.approve(campaign, recipients=recipients, confirmed_warnings=confirm or (), actor="cli")
        app.campaigns.schedule(campaign_id, send_at=send_at, confirmed_warnings=confirm or (), actor="cli")
        working = {CampaignState.SENDING} | ({CampaignState.SCHEDULED} if send_at is None else set())
        show(_summary(app, _followed(app, campaign_id, working, quiet=as_json)), CAMPAIGN, as_json=as_json)


def _require_count(app: App, campaign_id: int, recipients: int) -> None:
    """Of what was approved before, whose number nobody asks for again; raises NotAllowed as `approve` does."""
    ready = app.campaigns.funnel(campaign_id).get(Reason.OK, 0)
    if recipients != ready:
        raise NotAllowed("recipient_count", "The typed number of recipients is not the screened one", screened=ready)


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise SettingsError("bad_time", "No time with a zone") from error
    if moment.tzinfo is None:
        raise SettingsError("bad_time", "No time with a zone")
    return moment


def status(
    campaign_id: Annotated[int | None, typer.Argument(metavar="[ID]", help="活动编号；不给就列出全部。")] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """活动的状态、漏斗和结果。"""
    with open_for(workspace, passphrase_file) as app:
        if campaign_id is not None:
            campaign = app.campaigns.get(campaign_id)
            held = held_back(app) if campaign.state is CampaignState.SENDING else {}
            show({**_summary(app, campaign), **(held if as_json else {})}, CAMPAIGN, as_json=as_json)
            return
        listed = [{"id": c.id, "name": c.name, "state": c.state.value} for c in app.campaigns.all()]
        waiting, held = waiting_for_workers(app), held_back(app)
        # what waits was said to a person already
        more = {**({"waiting": waiting} if waiting else {}), **held} if as_json else {}
        show({"campaigns": listed, **more}, CAMPAIGNS, as_json=as_json)


def waiting_for_workers(app: App) -> list[dict[str, Any]]:
    """What waits because no worker of a team takes it; said to a person as well, with what to do."""
    from campaign_app import bootstrap

    told = []
    for each in bootstrap.waiting_work(app):
        since = each.since.astimezone().isoformat(timespec="seconds")
        told.append({"queue": each.queue, "jobs": each.jobs, "since": since, "files_elsewhere": each.elsewhere})
        todo = "请在文件所在的电脑上" if each.elsewhere else "请"
        sys.stderr.write(
            f"{WORDS.term('queue', each.queue)}：自 {moment(since)} 起有 {each.jobs} 项在等，没有后台进程处理。"
            f"{todo}运行 campaign-app worker --queues {each.queue}\n"
        )
    return told


def held_back(app: App) -> dict[str, Any]:
    """That nothing leaves behind a server that took over; said to a person as well. Nothing where that is not so."""
    from campaign_app import bootstrap

    if (found := bootstrap.awaited_hosts(app)) is None:
        return {}
    until = found.until.astimezone().isoformat(timespec="seconds")
    sys.stderr.write(
        f"服务器刚刚切换，暂不发送：还在等 {found.hosts} 台电脑核对有没有丢失数据，核对完自动继续；"
        f"到 {moment(until)} 还有没核对的，活动会暂停，等人处理。请保持那里的后台进程运行。\n"
    )
    return {"held": {"hosts": found.hosts, "until": until}}


def pause(
    campaign_id: CampaignArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """暂停一个已定时或正在发送的活动：下一批不再发出，已提交的一批查清结果。"""
    with open_for(workspace, passphrase_file) as app:
        show(_summary(app, app.campaigns.pause(campaign_id, actor="cli")), CAMPAIGN, as_json=as_json)


def resume(
    campaign_id: CampaignArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    from_copy: Annotated[
        bool,
        typer.Option("--from-copy", help="活动来自备份或旧副本，仍要继续：每一批先问发送通道，问不清的不再发。"),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """继续一个已暂停的活动，跟到结束；发送时段已过就等人重新安排。"""
    with open_for(workspace, passphrase_file) as app:
        resumed = app.campaigns.resume(campaign_id, actor="cli", knowing=from_copy)
        _show_after(app, resumed, CampaignState.SENDING, as_json=as_json)


def cancel(
    campaign_id: CampaignArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """取消一个活动，不能恢复：不再发出短信，已提交的查清结果并保留。"""
    with open_for(workspace, passphrase_file) as app:
        cancelled = app.campaigns.cancel(campaign_id, actor="cli")
        _show_after(app, cancelled, CampaignState.CANCELLING, as_json=as_json)


def close_unknown(
    campaign_id: CampaignArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """给一个活动中查不到结果的短信结案：记为结果不明，不再查询，也不会重发。"""
    with open_for(workspace, passphrase_file) as app:
        show(_summary(app, app.campaigns.close_unknown(campaign_id, actor="cli")), CAMPAIGN, as_json=as_json)


def _show_after(app: App, campaign: Campaign, working: CampaignState, *, as_json: bool) -> None:
    """Shows the campaign, once the worker has done what this state asks of it."""
    if campaign.state is not working:
        show(_summary(app, campaign), CAMPAIGN, as_json=as_json)
        return
    with with_worker(app):
        ended = _followed(app, campaign.id, {working}, quiet=as_json)
        show(_summary(app, ended), CAMPAIGN, as_json=as_json)
    if ended.came_with_copy:
        sys.stderr.write(f"{WORDS.why('state_note', ended.state_note)}{going_on(app, ended)}\n")


def _followed(app: App, campaign_id: int, while_in: set[CampaignState], *, quiet: bool) -> Campaign:
    stop = f"campaign-app pause {campaign_id}" if CampaignState.SENDING in while_in else ""
    with goes_on(f"campaign-app status {campaign_id}", stop):
        return follow_campaign(app, campaign_id, while_in, quiet=quiet)


def going_on(app: App, campaign: Campaign) -> str:
    """The commands that let a campaign go on that was put aside because the workspace is a copy, if any may."""
    from campaign_app import backups

    if campaign.state_note == DIFFERS:
        return ""
    first = "先 campaign-app backup accept，再 " if backups.standing(app).why else ""
    return f"命令行：{first}campaign-app resume {campaign.id} --from-copy。"


def read_definition(file: Path) -> tuple[dict[str, str], Filter]:
    """The fields and the audience of a campaign file; raises SettingsError that names what is wrong."""
    from campaign_app.services.filings import PURPOSES

    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error
    except ValueError as error:
        raise SettingsError("bad_file", "No JSON", file=str(file), reason="不是有效的 JSON。") from error
    missing = [name for name in _FIELDS if not isinstance(data, dict) or not isinstance(data.get(name), str)]
    if missing:
        raise SettingsError("bad_file", "Fields are missing", file=str(file), reason=f"缺少：{'、'.join(missing)}。")
    if data["purpose"] not in PURPOSES:
        reason = f"purpose 应为 {'、'.join(PURPOSES)} 之一。"
        raise SettingsError("bad_file", "No such purpose", file=str(file), reason=reason)
    return {name: data[name] for name in _FIELDS}, Filter.from_json(data.get("audience", Filter().to_json()))


def _opened(folder: Path | None, passphrase_file: Path | None) -> Any:
    return with_worker(open_for(folder, passphrase_file))


def _summary(app: App, campaign: Campaign) -> dict[str, Any]:
    results, quote = app.campaigns.results(campaign.id), app.money.spending(campaign).quote
    return {
        "id": campaign.id,
        "name": campaign.name,
        "state": campaign.state.value,
        "note": campaign.state_note,
        "covers": campaign.covered(),
        "funnel": dict(results.funnel),
        "counts": dict(results.counts),
        "parts": {str(parts): people for parts, people in quote.people_by_parts.items()},
        "cost": None if quote.cost is None else quote.cost / PER_YUAN,
    }
