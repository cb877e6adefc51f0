"""Campaigns, their frozen audience, and what screening and sending said of each member."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Campaign, CampaignState, Noted, Released, Stopped, Warned
from campaign_app.domain.consent import CustomerRef, Reason
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.ports import PhoneKeys
from campaign_app.services.overtaken import require_as_seen
from campaign_app.storage import schema
from campaign_app.storage.audit import append_noted
from campaign_app.storage.budgets import forget_budget, set_aside
from campaign_app.storage.caps import sent_to
from campaign_app.storage.doubles import mark_doubles
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import read_rows
from campaign_app.storage.filters import stored
from campaign_app.storage.freezing import STEP, forget_some, freeze, row_of
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.numbers import people_of
from campaign_app.storage.outcomes import close_open
from campaign_app.storage.peaks import require_unheld
from campaign_app.storage.rows import AnyRow, AnySelect
from campaign_app.storage.schema_sending import (
    campaign,
    campaign_member,
    ledger,
)
from campaign_app.storage.stopped import forget_stopped, put_stopped, stopped_of
from campaign_app.storage.times import moment_at, moment_or_none, to_ms
from campaign_app.storage.used import keep_id, unused_id
from campaign_app.storage.warned import put_confirmed, put_found, warnings_of

UNSCREENED: Final = "unscreened"
_member: Final = campaign_member.c
_customer: Final = schema.customer.c
_PUT_PARTS: Final = (
    sa.update(campaign_member)
    .where(_member.campaign_id == sa.bindparam("of_campaign"), _member.seq == sa.bindparam("at_seq"))
    .values(reason=sa.bindparam("new_reason"), fact_id=sa.bindparam("new_fact"), parts=sa.bindparam("new_parts"))
)
_PUT_REASON: Final = (
    sa.update(campaign_member)
    .where(_member.campaign_id == sa.bindparam("of_campaign"), _member.seq == sa.bindparam("at_seq"))
    # whoever keeps a number of parts beside a refusal was ok when the campaign was approved
    .values(
        reason=sa.bindparam("new_reason"), fact_id=sa.bindparam("new_fact"), parts=sa.func.coalesce(_member.parts, 0)
    )
)
_IN_ANY: Final = sa.select(campaign).order_by(campaign.c.id.desc())
_OF_CAMPAIGN: Final = sa.bindparam("campaign", type_=sa.BigInteger)
_OK_MEMBERS: Final = (
    sa.select(_member.seq, _member.customer_id)
    .where(_member.campaign_id == _OF_CAMPAIGN, _member.seq > sa.bindparam("after"), _member.reason == Reason.OK.value)
    .where(~sa.exists().where(ledger.c.campaign_id == _OF_CAMPAIGN, ledger.c.seq == _member.seq))
    .order_by(_member.seq)
    .limit(sa.bindparam("most"))
)
_TO_DRAFT: Final = (
    sa.update(campaign).where(campaign.c.id == sa.bindparam("which")).values(state=CampaignState.DRAFT.value)
)
_NAMED: Final = sa.select(_customer.id, _customer.account_id, _customer.ref, _customer.phone_key)


@dataclass(frozen=True, slots=True)
class SqlCampaigns:
    """Implements `domain.ports_campaigns.CampaignStore`."""

    db: Database
    hashes: PhoneKeys = field(repr=False)

    def create(self, new: Campaign, noted: Noted | None = None) -> Campaign:
        with self.db.write() as connection:
            row = {**unused_id(connection), **_campaign_row(new)}
            new_id = connection.execute(sa.insert(campaign).values(row)).inserted_primary_key
            assert new_id is not None
            _note(connection, noted, new_id[0])
        return self.campaign(new_id[0])

    def campaign(self, campaign_id: int) -> Campaign:
        with self.db.look() as connection:
            return _campaign(row_of(connection, campaign_id))

    def campaigns(self, states: Collection[CampaignState] | None = None) -> tuple[Campaign, ...]:
        wanted = _IN_ANY if states is None else _in_states(frozenset(states))
        return tuple(map(_campaign, read_rows(self.db, wanted)))

    def update(
        self,
        changed: Campaign,
        *,
        expected: CampaignState,
        noted: Noted | None = None,
        seen: Campaign | None = None,
        since_pause: int | None = None,
    ) -> None:
        with self.db.write() as connection:
            _require_seen(connection, seen)
            if since_pause is not None:
                require_unheld(connection, changed.id, since_pause)
            _update(connection, changed, expected)
            _note(connection, noted, changed.id)

    def move(
        self, campaign_id: int, state: CampaignState, note: str, *, expected: CampaignState, noted: Noted | None = None
    ) -> None:
        with self.db.write() as connection:
            release(connection, Released(campaign_id, state, note, expected, noted))

    def update_confirmed(
        self,
        changed: Campaign,
        rules: Collection[str],
        *,
        expected: CampaignState,
        noted: Noted,
        seen: Campaign | None = None,
    ) -> None:
        with self.db.write() as connection:
            # whoever changed and screened it anew meanwhile left the state that is expected
            stored = _campaign(row_of(connection, changed.id))
            if (stored.covered(), stored.edited_by) != (changed.covered(), changed.edited_by):
                raise NotAllowed("other_than_shown", "The campaign was changed since it was shown: look at it again")
            _require_seen(connection, seen)
            _update(connection, changed, expected)
            put_confirmed(connection, changed.id, rules, noted.actor, noted.at)
            _note(connection, noted, changed.id)

    def close_unknown(
        self, changed: Campaign, *, expected: CampaignState, noted: Noted, seen: Campaign | None = None
    ) -> int:
        with self.db.write() as connection:
            _require_seen(connection, seen)
            _update(connection, changed, expected)
            left = close_open(connection, changed.id, to_ms(noted.at))
            _note(connection, noted, changed.id, messages=left)
            return left

    def add_warnings(self, campaign_id: int, found: Mapping[str, int]) -> None:
        with self.db.write() as connection:
            put_found(connection, campaign_id, found)

    def warnings(self, campaign_id: int) -> dict[str, Warned]:
        with self.db.read() as connection:
            return warnings_of(connection, campaign_id)

    def delete(
        self, campaign_id: int, states: Collection[CampaignState], noted: Noted | None = None, step: int = STEP
    ) -> None:
        more, those = True, {each.value for each in states}
        while more:
            with self.db.write() as connection:
                state = row_of(connection, campaign_id).state
                if state not in those:
                    raise NotAllowed(
                        "campaign_state", "The campaign is in another state", campaign=campaign_id, state=state
                    )
                more = forget_some(connection, campaign_id, step)
                if more:  # between two steps nobody approves what is left of it
                    those = {CampaignState.DRAFT.value}
                    connection.execute(_TO_DRAFT, {"which": campaign_id})
                else:
                    forget_budget(connection, campaign_id)
                    keep_id(connection, campaign_id)
                    connection.execute(sa.delete(campaign).where(campaign.c.id == campaign_id))
                    _note(connection, noted, campaign_id)

    def snapshot(self, campaign_id: int, now: datetime) -> int:
        return freeze(self.db, campaign_id, now)

    def members(self, campaign_id: int, first: int, last: int) -> tuple[tuple[int, int], ...]:
        wanted = (
            sa.select(_member.seq, _member.customer_id)
            .where(_member.campaign_id == campaign_id, _member.seq >= first, _member.seq < last)
            .order_by(_member.seq)
        )
        with self.db.look() as connection:
            return tuple((seq, customer_id) for seq, customer_id in connection.execute(wanted))

    def begin(self, scheduled: Campaign, at: datetime, stopped: Noted | None = None) -> str:
        with self.db.write() as connection:
            _require_seen(connection, scheduled)
            begun = replace(scheduled, state=CampaignState.SENDING, state_note="")
            _update(connection, begun, CampaignState.SCHEDULED)
            why = set_aside(connection, scheduled.id, scheduled.entity_uscc, at)
            if why:
                waiting = replace(scheduled, state=CampaignState.WAITING, state_note="budget")
                _update(connection, waiting, CampaignState.SENDING)
                _note(connection, stopped, scheduled.id, why=why)
            return why

    def set_reasons(
        self,
        campaign_id: int,
        reasons: Mapping[int, tuple[str, int | None]],
        parts: Mapping[int, int] | None = None,
        stopped: Mapping[int, Stopped] | None = None,
    ) -> None:
        known = parts or {}
        rows = [{**row, "new_parts": known.get(row["at_seq"])} for row in _reason_rows(campaign_id, reasons)]
        with self.db.write() as connection:
            write_all(connection, _PUT_PARTS, rows, apart=True)
            forget_stopped(connection, campaign_id, reasons.keys())
            put_stopped(connection, campaign_id, stopped or {})

    def mark_duplicates(self, campaign_id: int) -> int:
        return mark_doubles(self.db, campaign_id)

    def funnel(self, campaign_id: int) -> dict[str, int]:
        wanted = sa.select(_member.reason, sa.func.count()).where(_member.campaign_id == campaign_id)
        with self.db.look() as connection:
            rows = connection.execute(wanted.group_by(_member.reason))
            return {UNSCREENED if reason is None else reason: count for reason, count in rows}

    def fallen(self, campaign_id: int) -> dict[str, int]:
        wanted = sa.select(_member.reason, sa.func.count()).where(
            _member.campaign_id == campaign_id, _member.reason != Reason.OK, _member.parts.isnot(None)
        )
        with self.db.look() as connection:
            return {row[0]: row[1] for row in connection.execute(wanted.group_by(_member.reason))}

    def members_by_reason(
        self, campaign_id: int, reason: str, after_seq: int, limit: int
    ) -> tuple[tuple[int, int, int | None], ...]:
        wanted = (
            sa.select(_member.seq, _member.customer_id, _member.fact_id)
            .where(_member.campaign_id == campaign_id, _member.seq > after_seq, _has_reason(reason))
            .order_by(_member.seq)
            .limit(limit)
        )
        with self.db.look() as connection:
            return tuple((seq, customer_id, fact_id) for seq, customer_id, fact_id in connection.execute(wanted))

    def member_pages(self, campaign_id: int, reason: str, rows: int) -> tuple[int, tuple[int, ...]]:
        nth = sa.func.row_number().over(order_by=_member.seq).label("nth")
        those = sa.select(_member.seq, nth).where(_member.campaign_id == campaign_id, _has_reason(reason)).subquery()
        with self.db.read() as connection:
            size = connection.execute(sa.select(sa.func.count()).select_from(those)).scalar_one()
            firsts = sa.select(those.c.seq - 1).where((those.c.nth - 1) % rows == 0)
            return size, tuple(sorted(connection.execute(firsts).scalars()))

    def keep_stopped(self, campaign_id: int, stopped: Mapping[int, Stopped]) -> None:
        if stopped:
            with self.db.write() as connection:
                put_stopped(connection, campaign_id, stopped)

    def stopped(self, campaign_id: int, seqs: Sequence[int]) -> dict[int, Stopped]:
        with self.db.read() as connection:
            return stopped_of(connection, campaign_id, seqs)

    def fact_ages(self, campaign_id: int) -> tuple[datetime, datetime] | None:
        fact = schema.consent_fact.c
        wanted = (
            sa.select(sa.func.min(fact.checked_at), sa.func.max(fact.observed_at))
            .select_from(campaign_member)
            .join(schema.consent_fact, fact.id == _member.fact_id)
            .where(_member.campaign_id == campaign_id, _member.reason == Reason.OK, fact.checked_at.isnot(None))
        )
        with self.db.look() as connection:
            oldest, newest = connection.execute(wanted).one()
        return None if oldest is None else (moment_at(oldest), moment_at(newest))

    def ok_members(self, campaign_id: int, after_seq: int, limit: int) -> tuple[tuple[int, int], ...]:
        rows = read_rows(self.db, _OK_MEMBERS, campaign=campaign_id, after=after_seq, most=limit)
        return tuple((seq, customer_id) for seq, customer_id in rows)

    def sent_since(
        self,
        entity_uscc: str,
        customer_ids: Sequence[int],
        since: datetime,
        *,
        but: int = 0,
        keys: Mapping[int, bytes] | None = None,
    ) -> dict[int, int]:
        with self.db.read() as connection:
            known = keys or self._keys(connection, customer_ids)
            people, those = people_of(connection, known.values()), dict[bytes, list[int]]()
            for customer_id, key in known.items():
                those.setdefault(people[key], []).append(customer_id)
            by_key: dict[Any, list[int]] = {key: those[person] for key, person in people.items()}
            sent: dict[int, set[int]] = {}
            for column, wanted in (
                (ledger.c.dedupe_key, by_key),
                (ledger.c.customer_id, {c: [c] for c in customer_ids}),
            ):
                given = {"entity": entity_uscc, "since": to_ms(since), "but": but}
                for who, row_id, _ in rows_among(connection, sent_to(column), column, wanted, **given):
                    for customer_id in wanted[who]:
                        sent.setdefault(customer_id, set()).add(row_id)
        return {customer_id: len(rows) for customer_id, rows in sent.items()}

    def _keys(self, connection: sa.Connection, customer_ids: Sequence[int]) -> dict[int, bytes]:
        """A key of each that tells who they are in the ledger."""
        return {
            customer_id: phone_key or self.hashes.of_ref(CustomerRef(account_id, ref))
            for customer_id, account_id, ref, phone_key in rows_among(connection, _NAMED, _customer.id, customer_ids)
        }


def release(connection: sa.Connection, it: Released) -> None:
    """Raises NotAllowed("campaign_state"), NotFound."""
    _change(connection, it.campaign_id, {"state": it.state.value, "state_note": it.note}, it.expected)
    _note(connection, it.noted, it.campaign_id)


def _require_seen(connection: sa.Connection, seen: Campaign | None) -> None:
    """What is written is made of what was read: whatever somebody else changed in between would be undone."""
    if seen is not None:
        now = _campaign(row_of(connection, seen.id))
        if now.state is seen.state:  # of another state `_update` tells
            require_as_seen(now, seen, seen, campaign=seen.id)


def _update(connection: sa.Connection, changed: Campaign, expected: CampaignState) -> None:
    _change(connection, changed.id, _campaign_row(changed), expected)


def _change(connection: sa.Connection, campaign_id: int, values: Mapping[str, Any], expected: CampaignState) -> None:
    same = (campaign.c.id == campaign_id, campaign.c.state == expected.value)
    if connection.execute(sa.update(campaign).where(*same).values(values)).rowcount == 0:
        state = row_of(connection, campaign_id).state
        raise NotAllowed("campaign_state", "The campaign is in another state", campaign=campaign_id, state=state)


def _note(connection: sa.Connection, noted: Noted | None, campaign_id: int, **more: int | str) -> None:
    if noted is not None:
        append_noted(connection, replace(noted, facts={**noted.facts, **more, "campaign": campaign_id}))


def _has_reason(reason: str) -> sa.ColumnElement[bool]:
    return _member.reason.is_(None) if reason == UNSCREENED else _member.reason == reason


def put_reasons(connection: sa.Connection, campaign_id: int, reasons: Mapping[int, tuple[str, int | None]]) -> None:
    write_all(connection, _PUT_REASON, _reason_rows(campaign_id, reasons), apart=True)


def _reason_rows(campaign_id: int, reasons: Mapping[int, tuple[str, int | None]]) -> list[dict[str, Any]]:
    return [
        {"of_campaign": campaign_id, "at_seq": seq, "new_reason": str(reason), "new_fact": fact_id}
        for seq, (reason, fact_id) in reasons.items()
    ]


def _campaign_row(item: Campaign) -> dict[str, Any]:
    row = {c.name: getattr(item, c.name) for c in campaign.c if c.name != "id"}
    row["audience"] = json.dumps(item.audience.to_json(), ensure_ascii=False)
    row["state"] = item.state.value
    for name in ("send_at", "window_end", "approved_at"):
        row[name] = to_ms(row[name])
    return row


@lru_cache
def _in_states(states: frozenset[CampaignState]) -> AnySelect:
    """A worker looks many times a second: no list as one parameter, whose text would change with it."""
    return _IN_ANY.where(sa.or_(sa.false(), *(campaign.c.state == state.value for state in sorted(states))))


def _campaign(row: AnyRow) -> Campaign:
    fields = row._asdict()
    fields["audience"] = stored(row.audience)
    fields["state"] = CampaignState(row.state)
    for name in ("send_at", "window_end", "approved_at"):
        fields[name] = moment_or_none(fields[name])
    return Campaign(**fields)
