"""What needs a person today, told from campaigns, jobs, accounts and signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.copies import BACKED_UP
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.lookback import Task
from campaign_app.domain.ports import Job
from campaign_app.domain.signature import Signature
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.services.window import BEIJING

Level = Literal["block", "warn", "info"]
EXPIRES_SOON: Final = timedelta(days=30)
ENDS_SOON: Final = timedelta(days=7)  # nobody connects behind it: whoever can renew it may be away
JOBS: Final = frozenset({"sync", "import"})  # what became of the others is told by their campaign
_ENDED: Final = frozenset({CampaignState.DONE, CampaignState.CANCELLED, CampaignState.CANCELLING})
# what would stop it is not told elsewhere before it is to leave
_LEAVING: Final = frozenset(
    {CampaignState.SCREENED, CampaignState.APPROVED, CampaignState.SCHEDULED, CampaignState.SENDING}
)
_STEPS: Final[Mapping[CampaignState, str]] = {CampaignState.SCREENED: "sending", CampaignState.APPROVED: "sending"}


@dataclass(frozen=True, slots=True)
class Matter:
    """`code`: stopped, screened, approved, scheduled, draft, job, account, rules, backup, copied, signature_expired,

    signature_expires, signature_unusable, signature_gone, signatures_unfiled, those of `account_matters`, and waiting,
    waiting_here, waiting_elsewhere: of a queue that no worker takes, which is the `subject`; held: `number` computers
    have still to look behind a server that took over; certificate: a team's server has one for `number` days; tasks:
    what a look-back found is to be put right by now, for which somebody (`note`) answers. `subject` names what it is
    about, or `names` do where it is about several, `note` is a code or a name, `page` and `what` say where it is put
    right ("" for nowhere yet).
    """

    code: str
    level: Level
    subject: str
    note: str = ""
    at: datetime | None = None
    number: int = 0
    names: tuple[str, ...] = ()
    page: str = ""
    what: object = field(default=None)


def matters(
    rows: Sequence[CampaignRow],
    jobs: Sequence[Job],
    accounts: Sequence[Account],
    entities: Sequence[Entity],
    signatures: Mapping[str, Sequence[Signature]],
    now: datetime,
    refused: str = "",
    others: Iterable[Matter] = (),
) -> tuple[Matter, ...]:
    """What stands still or is broken first, what is only to be known last. `jobs` are ended ones, newest first.

    `signatures` are those that are told of each entity that has a connected account.
    `refused` is the file for which the merchant's own rules are not used; `others` were found elsewhere.
    """
    found = [
        *others,
        *(each for row in rows for each in _of_campaign(row, now)),
        *_of_jobs(jobs, accounts),
        *_of_accounts(accounts, entities),
        *([Matter("rules", "warn", refused, page="settings", what="rules")] if refused else []),
        *_newest_draft(rows),
        *_of_signatures([each for told in signatures.values() for each in told], rows, now.astimezone(BEIJING).date()),
        *_of_gone(signatures, rows),
    ]
    order = {"block": 0, "warn": 1, "info": 2}
    return tuple(sorted(found, key=lambda each: order[each.level]))


def of_backup(left: datetime | None, backed_up: datetime | None, now: datetime) -> Iterable[Matter]:
    """Where something left, lastly at that time, that no backup has: with the computer its proof would be gone."""
    if left is None or (backed_up is not None and (left <= backed_up or now - backed_up <= BACKED_UP)):
        return
    yield Matter("backup", "info", "", at=backed_up, page="settings", what="workspace")


def of_certificate(until: datetime | None, now: datetime) -> tuple[Matter, ...]:
    """Of a team's server: once it has ended nobody connects any more, workers included."""
    left = EXPIRES_SOON if until is None else until - now
    if left >= EXPIRES_SOON:
        return ()
    level: Level = "warn" if left > ENDS_SOON else "block"
    return (Matter("certificate", level, "", at=until, number=max(0, left.days)),)


def of_tasks(tasks: Sequence[Task], now: datetime) -> Iterable[Matter]:
    """One for all that were to be done by today, with the one that is due longest."""
    today = now.astimezone(BEIJING).date()
    late = [
        (task.wish.due, task.id, task.wish)
        for task in tasks
        if not task.done and task.wish.due and task.wish.due <= today
    ]
    if late:
        due, _, wish = min(late)
        at = datetime.combine(due, time(), BEIJING)
        yield Matter("tasks", "warn", wish.what, wish.owner, at, len(late), page="compliance", what="lookback")


def _of_campaign(row: CampaignRow, now: datetime) -> Iterable[Matter]:
    campaign = row.campaign
    at = (campaign.id, _STEPS.get(campaign.state, "sending"))
    if row.needs_person:
        step = "screening" if campaign.state is CampaignState.DRAFT else "sending"
        yield Matter("stopped", "warn", campaign.name, campaign.state_note, page="campaigns", what=(campaign.id, step))
    elif campaign.state is CampaignState.SCREENED:
        yield Matter("screened", "info", campaign.name, number=campaign.snapshot_size, page="campaigns", what=at)
    elif campaign.state is CampaignState.APPROVED:
        yield Matter("approved", "info", campaign.name, page="campaigns", what=at)
    elif campaign.state is CampaignState.SCHEDULED and _today(campaign.send_at, now):
        yield Matter("scheduled", "info", campaign.name, at=campaign.send_at, page="campaigns", what=at)


def _newest_draft(rows: Sequence[CampaignRow]) -> Iterable[Matter]:
    drafts = (row for row in rows if row.campaign.state is CampaignState.DRAFT and not row.needs_person)
    for row in drafts:
        yield Matter("draft", "info", row.campaign.name, page="campaigns", what=row.campaign.id)
        return


def _today(at: datetime | None, now: datetime) -> bool:
    return at is not None and at.astimezone(BEIJING).date() == now.astimezone(BEIJING).date()


def _of_jobs(jobs: Sequence[Job], accounts: Sequence[Account]) -> Iterable[Matter]:
    """Those that failed and were not done since."""
    labels = {account.id: account.label for account in accounts if account.state == "connected"}
    seen: set[tuple[str, object]] = set()
    for job in jobs:
        account = job.args.get("account_id")
        if job.kind not in JOBS or (job.kind, account) in seen:
            continue
        seen.add((job.kind, account))
        if job.state == "failed" and (account is None or account in labels):
            page = "customers" if job.kind == "import" else "settings"
            subject = labels.get(account, "") if isinstance(account, int) else ""
            yield Matter("job", "warn", subject, job.error, job.queued_at, page=page, what=None)


def _of_accounts(accounts: Sequence[Account], entities: Sequence[Entity]) -> Iterable[Matter]:
    """An entity that had a shop and has none left cannot reach anybody."""
    connected = {account.entity_uscc for account in accounts if account.state == "connected"}
    known = {account.entity_uscc for account in accounts}
    for entity in entities:
        if entity.uscc in known - connected:
            yield Matter("account", "warn", entity.name, page="settings", what="accounts")


def _of_gone(signatures: Mapping[str, Sequence[Signature]], rows: Sequence[CampaignRow]) -> Iterable[Matter]:
    """What campaigns that are about to leave say they are from, and no sender of their entity reports any more.

    One matter a signature, of the campaign that leaves first.
    """
    told = {entity: {each.text for each in known} for entity, known in signatures.items()}
    leaving = (row.campaign for row in rows if row.campaign.signature and row.campaign.state in _LEAVING)
    missing: dict[tuple[str, str], Campaign] = {}
    for campaign in sorted(leaving, key=lambda each: (each.send_at is None, each.send_at or each.id)):
        of = campaign.entity_uscc, campaign.signature
        if of[0] in told and of[1] not in told[of[0]]:
            missing.setdefault(of, campaign)
    for (_, text), campaign in missing.items():
        yield Matter("signature_gone", "warn", text, campaign.name, page="campaigns", what=(campaign.id, "sending"))


def _of_signatures(signatures: Sequence[Signature], rows: Sequence[CampaignRow], today: date) -> Iterable[Matter]:
    used = {
        (row.campaign.signature, row.campaign.entity_uscc): row.campaign
        for row in rows
        if row.campaign.state not in _ENDED and row.campaign.signature
    }
    unfiled = []
    for each in signatures:
        campaign = used.get((each.text, each.owner_uscc))
        page, what = ("campaigns", (campaign.id, "content")) if campaign is not None else ("signatures", None)
        usable = each.carrier_filed is True and each.status == "approved"
        if each.valid_until is not None and each.valid_until < today + EXPIRES_SOON:
            left = (each.valid_until - today).days
            code = "signature_expires" if left >= 0 else "signature_expired"
            yield Matter(code, "warn", each.text, number=abs(left), page=page, what=what)
        elif not usable and campaign is not None:
            yield Matter("signature_unusable", "warn", each.text, campaign.name, page=page, what=what)
        elif not usable:
            unfiled.append(each.text)
    if unfiled:
        names = tuple(unfiled)
        yield Matter("signatures_unfiled", "info", "", number=len(unfiled), names=names, page="signatures")
