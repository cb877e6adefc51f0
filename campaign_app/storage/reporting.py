"""The rows of a self-check report, read from one moment of the workspace: grouped by the database, or in pages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import ConsentMethod
from campaign_app.domain.message import Outcome
from campaign_app.domain.peak import PauseAll, Plan, PlanState, Result
from campaign_app.domain.self_check import (
    BEIJING,
    BatchRow,
    CampaignRow,
    ComplaintRow,
    ConsentRow,
    GroundRow,
    IssuerRow,
    LateRow,
    MarkRow,
    OptOutRow,
    OutcomeRow,
    PauseRow,
    PeakRow,
    Period,
    ReasonRow,
    ShopRow,
    SignatureRow,
    StopRow,
    TaskRow,
    ToldRow,
    WarningRow,
    WordingRow,
)
from campaign_app.storage import reporting_sql as sql
from campaign_app.storage.audit import START
from campaign_app.storage.engine import Database
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.late_sends import late_among
from campaign_app.storage.peaks import pause_of, plan_of
from campaign_app.storage.rows import AnyRow, AnySelect
from campaign_app.storage.times import moment_at, moment_or_none, to_ms

_PAGE: Final = 5_000
_RANGE: Final = 100_000  # ids of customers


@dataclass(frozen=True, slots=True)
class SqlReports:
    """Implements `domain.self_check.ReportStore`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    @contextmanager
    def facts(self, period: Period, step: Callable[[], object] = lambda: None) -> Iterator[SqlFacts]:
        with self.db.read() as connection:
            yield SqlFacts(connection, self.keys, period, step)


class SqlFacts:
    """Implements `domain.self_check.Facts`. What is grouped is asked once."""

    def __init__(
        self, connection: sa.Connection, keys: WorkspaceKeys, period: Period, step: Callable[[], object]
    ) -> None:
        self._connection, self._keys, self._step = connection, keys, step
        days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        self._given = {"since": to_ms(period.since), "until": to_ms(period.until), **days}

    def shops(self) -> tuple[ShopRow, ...]:
        sent = Counter[int]()
        for row in self.batches():
            sent[row.account_id] += row.messages
        people = dict(map(tuple, self._rows(sql.CUSTOMERS)))
        return tuple(
            ShopRow(
                account_id=row.id,
                label=row.label,
                platform=row.platform,
                entity_uscc=row.entity_uscc,
                entity=row.entity,
                issuer_uscc=row.issuer_uscc,
                issuer=row.issuer_name,
                simulated=bool(row.simulated),
                customers=people.get(row.id, 0),
                sent=sent[row.id],
            )
            for row in self._rows(sql.SHOPS)
        )

    def campaigns(self) -> tuple[CampaignRow, ...]:
        return tuple(
            CampaignRow(
                campaign_id=row.id,
                name=row.name,
                entity_uscc=row.entity_uscc,
                purpose=row.purpose,
                signature=row.signature,
                state=row.state,
                approved_by=row.approved_by,
                rule_packs=row.rule_packs,
                first_at=moment_at(row.first_at),
                last_at=moment_at(row.last_at),
            )
            for row in self._campaigns
        )

    def batches(self) -> tuple[BatchRow, ...]:
        return self._batches

    def outcomes(self) -> tuple[OutcomeRow, ...]:
        return self._outcomes

    def grounds(self) -> tuple[GroundRow, ...]:
        return self._grounds[0]

    def issuers(self) -> tuple[IssuerRow, ...]:
        return self._grounds[1]

    def reasons(self) -> tuple[ReasonRow, ...]:
        return self._reasons

    def stops(self) -> tuple[StopRow, ...]:
        found = Counter[tuple[int, str, str]]()
        for row in self._of_campaigns(sql.STOPS):
            for rule in row.rules.split():
                found[row.campaign_id, rule, row.rule_packs] += row.people
        return tuple(StopRow(*key, people) for key, people in sorted(found.items()))

    def warnings(self) -> tuple[WarningRow, ...]:
        return tuple(
            WarningRow(row.campaign_id, row.rule_id, row.confirmed_by, moment_or_none(row.confirmed_at))
            for row in self._of_campaigns(sql.WARNINGS)
        )

    def signatures(self) -> tuple[SignatureRow, ...]:
        used = Counter((row.entity_uscc, row.signature) for row in self._campaigns)
        return tuple(
            SignatureRow(
                account_id=row.account_id,
                text=row.text,
                owner_uscc=row.owner_uscc,
                status=row.status,
                filed=None if row.carrier_filed is None else bool(row.carrier_filed),
                scopes="、".join(json.loads(row.scopes)),
                valid_until=row.valid_until or "",
                port=row.port or row.recorded_port or "",
                campaigns=used[row.entity_uscc, row.text],
            )
            for row in self._rows(sql.SIGNATURES)
        )

    def consents(self) -> tuple[ConsentRow, ...]:
        return self._consents

    def marks(self) -> tuple[MarkRow, ...]:
        return tuple(MarkRow(*row) for row in self._rows(sql.MARKS))

    def opt_outs(self) -> Iterator[OptOutRow]:
        for row in self._paged(sql.OPT_OUTS):
            who = row.ref if row.phone_sealed is None else self._keys.phones.open(row.phone_sealed).masked
            yield OptOutRow(row.account_id, row.campaign_id, who, moment_at(row.received_at), moment_at(row.stored_at))

    def told(self) -> Iterator[ToldRow]:
        place: tuple[Any, ...] = (0, "")
        while rows := self._rows(sql.TOLD, account=place[0], ref=place[1], page=_PAGE):
            place = (rows[-1].account_id, rows[-1].ref)
            for row in rows:
                settled = moment_or_none(row.settled_at)
                yield ToldRow(row.account_id, row.reason, row.state, moment_at(row.since), settled)

    def late(self) -> tuple[LateRow, ...]:
        return self._late

    def complaints(self) -> Iterator[ComplaintRow]:
        for row in self._paged(sql.COMPLAINTS):
            times = (moment_at(row.received_at), moment_at(row.entered_at), moment_or_none(row.answered_at))
            yield ComplaintRow(row.id, row.source, row.state, row.number, row.account_id, row.campaign_id, *times)

    def tasks(self) -> tuple[TaskRow, ...]:
        return tuple(
            TaskRow(
                task_id=row.id,
                campaign_id=row.campaign_id,
                reason=row.reason,
                what=row.what,
                owner=row.owner,
                due=row.due or "",
                done=bool(row.done),
                made_at=moment_at(row.made_at),
            )
            for row in self._rows(sql.TASKS)
        )

    def wordings(self) -> tuple[WordingRow, ...]:
        return tuple(
            WordingRow(
                entity_uscc=row.entity_uscc,
                kind=row.kind,
                name=row.name,
                file_sha256=row.sha256,
                findings=len(json.loads(row.findings)),
                rule_packs=row.rule_packs,
                checked_by=row.checked_by,
                checked_at=moment_at(row.checked_at),
            )
            for row in self._rows(sql.WORDINGS)
        )

    def peaks(self) -> tuple[PeakRow, ...]:
        return tuple(_peak(plan_of(row)) for row in self._rows(sql.PEAKS))

    def pauses(self) -> tuple[PauseRow, ...]:
        return tuple(_pause(pause_of(row), row.plan) for row in self._rows(sql.PAUSES))

    def audit_head(self) -> tuple[int, bytes]:
        found = self._rows(sql.HEAD)
        return (found[0].id, found[0].hash) if found else (0, START)

    @cached_property
    def _campaigns(self) -> list[AnyRow]:
        return self._rows(sql.CAMPAIGNS)

    @cached_property
    def _late(self) -> tuple[LateRow, ...]:
        """A person has several marks: of those that a message came after it is the oldest that is told."""
        found: dict[tuple[str, str], LateRow] = {}
        after = 0
        while marks := self._rows(sql.MARKED, after=after, page=_PAGE):
            after = marks[-1].id
            for row in late_among(self._connection, marks):
                known = found.get((row.message_id, row.kind))
                if known is None or row.since < known.since:
                    found[row.message_id, row.kind] = row
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def _batches(self) -> tuple[BatchRow, ...]:
        found = Counter[tuple[int, int, str]]()
        for place, row in enumerate(self._connection.execute(sql.BATCHES, self._given)):
            if place % _PAGE == 0:
                self._step()
            month = moment_at(row.claimed_at).astimezone(BEIJING).strftime("%Y-%m")
            found[row.campaign_id, row.account_id, month] += row.messages
        return tuple(BatchRow(*key, messages) for key, messages in sorted(found.items()))

    @cached_property
    def _outcomes(self) -> tuple[OutcomeRow, ...]:
        """Of a campaign that lies in the period whole the outcomes are counted as they stand beside one another."""
        claimed = Counter[int]()
        for batch in self._batches:
            claimed[batch.campaign_id] += batch.messages
        found: list[OutcomeRow] = []
        for campaign in self._campaigns:
            whole = campaign.outside == 0
            (row,) = self._rows(sql.OUTCOMES if whole else sql.OUTCOMES_WITHIN, campaign=campaign.id)
            counted = dict[str, int](zip(Outcome, row, strict=True))
            counted[""] = claimed[campaign.id] - sum(counted.values())
            found += [OutcomeRow(campaign.id, outcome, count) for outcome, count in sorted(counted.items()) if count]
        return tuple(found)

    @cached_property
    def _grounds(self) -> tuple[tuple[GroundRow, ...], tuple[IssuerRow, ...]]:
        """One reading for both. What is of no method or issuer that is known counts as "unknown" or ""."""
        issuers = [row.issuer_uscc for row in self._rows(sql.ISSUERS)]
        methods, confirmed = list[GroundRow](), list[IssuerRow]()
        for campaign in self._campaigns:
            (row,) = self._rows(sql.grounds(issuers), campaign=campaign.id)
            *counted, total = row
            by_method = Counter(dict(zip(ConsentMethod, counted, strict=False)))
            by_method[ConsentMethod.UNKNOWN] += total - by_method.total()
            by_issuer = Counter(dict(zip(issuers, counted[len(ConsentMethod) :], strict=True)))
            by_issuer[""] += total - by_issuer.total()
            methods += [GroundRow(campaign.id, method.value, n) for method, n in by_method.items() if n]
            confirmed += [IssuerRow(campaign.id, issuer, n) for issuer, n in sorted(by_issuer.items()) if n]
        return tuple(methods), tuple(confirmed)

    @cached_property
    def _reasons(self) -> tuple[ReasonRow, ...]:
        return tuple(
            ReasonRow(row.campaign_id, row.reason or "", row.people) for row in self._of_campaigns(sql.REASONS)
        )

    @cached_property
    def _consents(self) -> tuple[ConsentRow, ...]:
        found = Counter[tuple[int, str, str, str]]()
        last = self._connection.execute(sql.LAST_CUSTOMER).scalar_one()
        for after in range(0, last, _RANGE):
            for row in self._rows(sql.CONSENTS, after=after, page=_RANGE):
                purposes = "、".join(sorted(json.loads(row.purposes))) if row.purposes else ""
                found[row.account_id, row.status or "", row.method or "", purposes] += row.people
        return tuple(ConsentRow(*key, people) for key, people in sorted(found.items()))

    def _rows(self, statement: AnySelect, **more: Any) -> list[AnyRow]:
        self._step()
        return list(self._connection.execute(statement, {**self._given, **more}).all())

    def _of_campaigns(self, statement: AnySelect) -> Iterator[AnyRow]:
        for campaign in self._campaigns:
            yield from self._rows(statement, campaign=campaign.id)

    def _paged(self, statement: AnySelect) -> Iterator[AnyRow]:
        after = 0
        while rows := self._rows(statement, after=after, page=_PAGE):
            after = rows[-1].id
            yield from rows


def _peak(plan: Plan) -> PeakRow:
    wish, draft = plan.wish, plan.state is PlanState.DRAFT
    return PeakRow(
        plan_id=plan.id,
        name=wish.name,
        first=wish.first.isoformat(),
        last=wish.last.isoformat(),
        entities="、".join(wish.entities),
        state=plan.state.value,
        open_items="、".join(plan.open_items),
        open=None if draft else len(plan.open_items),
        on_duty="、".join(each.name for each in wish.duty),
        duty=len(wish.duty),
        made_by=plan.made_by,
        made_at=plan.made_at,
    )


def _pause(pause: PauseAll, plan: str) -> PauseRow:
    known = pause.result in (Result.STOPPED, Result.OVER)
    return PauseRow(
        pause_id=pause.id,
        plan_id=pause.plan_id,
        plan=plan,
        drill=pause.drill,
        asked_by=pause.asked_by,
        asked_at=pause.asked_at,
        campaigns=len(pause.stops),
        result=pause.result.value,
        seconds=pause.seconds,
        messages=pause.messages if known else None,
    )
