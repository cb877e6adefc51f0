"""The statements behind the rows of a self-check report. `since` and `until` are milliseconds; `until` is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import ConsentMethod
from campaign_app.domain.message import Outcome
from campaign_app.storage import schema
from campaign_app.storage.rows import AnySelect
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_lookback import consent_wording, lookback_task
from campaign_app.storage.schema_peaks import peak_pause, peak_plan
from campaign_app.storage.schema_sending import (
    campaign,
    campaign_member,
    campaign_stop,
    campaign_warning,
    inbound,
    ledger,
    ledger_latest,
    submission,
)

_since: Final[sa.BindParameter[int]] = sa.bindparam("since", type_=sa.BigInteger())
_until: Final[sa.BindParameter[int]] = sa.bindparam("until", type_=sa.BigInteger())
_campaign: Final[sa.BindParameter[int]] = sa.bindparam("campaign", type_=sa.BigInteger())
_after: Final[sa.BindParameter[int]] = sa.bindparam("after", type_=sa.BigInteger())
_page: Final[sa.BindParameter[int]] = sa.bindparam("page", type_=sa.Integer())


def _within(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(moment >= _since, moment < _until)


_count: Final = sa.func.count()
_entity, _account, _customer = schema.entity, schema.account, schema.customer
_batch, _latest, _member = submission.c, ledger_latest.c, campaign_member.c
_fact, _consent, _source = schema.consent_fact, schema.consent_latest, schema.consent_source
_mark, _lift, _signature = schema.suppression, schema.suppression_lift, schema.signature

SHOPS: Final = (
    sa.select(
        _account.c.id,
        _account.c.label,
        _account.c.platform,
        _account.c.entity_uscc,
        _entity.c.name.label("entity"),
        _account.c.issuer_uscc,
        _account.c.issuer_name,
        _account.c.simulated,
    )
    .join(_entity, _entity.c.uscc == _account.c.entity_uscc)
    .order_by(_account.c.id)
)
CUSTOMERS: Final = sa.select(_customer.c.account_id, _count).group_by(_customer.c.account_id)

# `outside`: batches that were claimed before or after the period
CAMPAIGNS: Final = (
    sa.select(
        campaign,
        sa.func.min(_batch.claimed_at).filter(_within(_batch.claimed_at)).label("first_at"),
        sa.func.max(_batch.claimed_at).filter(_within(_batch.claimed_at)).label("last_at"),
        _count.filter(sa.not_(_within(_batch.claimed_at))).label("outside"),
    )
    .join(submission, _batch.campaign_id == campaign.c.id)
    .group_by(campaign.c.id)
    .having(_count.filter(_within(_batch.claimed_at)) > 0)
    .order_by(campaign.c.id)
)
_messages: Final = (
    sa.select(sa.func.count()).select_from(ledger).where(ledger.c.submission_id == _batch.id).scalar_subquery()
)
BATCHES: Final = sa.select(_batch.campaign_id, _batch.account_id, _batch.claimed_at, _messages.label("messages")).where(
    _within(_batch.claimed_at)
)
# counted one by one in one reading: to group them, all rows of a campaign would be sorted
_OUTCOMES: Final = [_count.filter(_latest.outcome == outcome.value).label(outcome.value) for outcome in Outcome]
OUTCOMES: Final = sa.select(*_OUTCOMES).where(_latest.campaign_id == _campaign)
_CLAIMED: Final = sa.and_(_batch.campaign_id == _campaign, _within(_batch.claimed_at))
OUTCOMES_WITHIN: Final = (
    sa.select(*_OUTCOMES)
    .select_from(submission)
    .join(ledger, ledger.c.submission_id == _batch.id)
    .join(ledger_latest, sa.and_(_latest.campaign_id == _batch.campaign_id, _latest.ledger_id == ledger.c.id))
    .where(_CLAIMED)
)
ISSUERS: Final = sa.select(_source.c.issuer_uscc).distinct().order_by(_source.c.issuer_uscc)


def grounds(issuers: Sequence[str]) -> AnySelect:
    """One row: a number for each method, then for each issuer, then all."""
    methods = [_count.filter(_fact.c.method == method.value) for method in ConsentMethod]
    confirmed = [_count.filter(_source.c.issuer_uscc == issuer) for issuer in issuers]
    return (
        sa.select(*methods, *confirmed, _count)
        .select_from(submission)
        .join(ledger, ledger.c.submission_id == _batch.id)
        .join(_fact, _fact.c.id == ledger.c.fact_id)
        .outerjoin(_source, _source.c.id == _fact.c.source_id)
        .where(_CLAIMED)
    )


REASONS: Final = (
    sa.select(_member.campaign_id, _member.reason, _count.label("people"))
    .where(_member.campaign_id == _campaign)
    .group_by(_member.campaign_id, _member.reason)
)
STOPS: Final = (
    sa.select(campaign_stop.c.campaign_id, campaign_stop.c.rules, campaign_stop.c.rule_packs, _count.label("people"))
    .where(campaign_stop.c.campaign_id == _campaign)
    .group_by(campaign_stop.c.campaign_id, campaign_stop.c.rules, campaign_stop.c.rule_packs)
)
WARNINGS: Final = (
    sa.select(campaign_warning).where(campaign_warning.c.campaign_id == _campaign).order_by(campaign_warning.c.rule_id)
)
SIGNATURES: Final = (
    sa.select(_signature, _account.c.entity_uscc, schema.signature_record.c.port.label("recorded_port"))
    .join(_account, _account.c.id == _signature.c.account_id)
    .outerjoin(
        schema.signature_record,
        sa.and_(
            schema.signature_record.c.entity_uscc == _account.c.entity_uscc,
            schema.signature_record.c.text == _signature.c.text,
        ),
    )
    .order_by(_signature.c.account_id, _signature.c.text)
)
LAST_CUSTOMER: Final = sa.select(sa.func.coalesce(sa.func.max(_customer.c.id), 0))
# of some customers at a time: to group them, their rows are sorted
CONSENTS: Final = (
    sa.select(_customer.c.account_id, _fact.c.status, _fact.c.method, _fact.c.purposes, _count.label("people"))
    .select_from(_customer)
    .outerjoin(_consent, _consent.c.customer_id == _customer.c.id)
    .outerjoin(_fact, _fact.c.id == _consent.c.fact_id)
    .where(_customer.c.id > _after, _customer.c.id <= _after + _page)
    .group_by(_customer.c.account_id, _fact.c.status, _fact.c.method, _fact.c.purposes)
)
MARKS: Final = (
    sa.select(_mark.c.kind, _mark.c.source, _count)
    .where(_within(_mark.c.since))
    .group_by(_mark.c.kind, _mark.c.source)
    .order_by(_mark.c.kind, _mark.c.source)
)
OPT_OUTS: Final = (
    sa.select(
        inbound.c.id,
        inbound.c.account_id,
        inbound.c.campaign_id,
        inbound.c.ref,
        inbound.c.phone_sealed,
        inbound.c.received_at,
        inbound.c.stored_at,
    )
    .where(inbound.c.opt_out == 1, _within(inbound.c.received_at), inbound.c.id > _after)
    .order_by(inbound.c.id)
    .limit(_page)
)
_outbox: Final = schema.opt_out_outbox.c
TOLD: Final = (
    sa.select(_outbox.account_id, _outbox.ref, _outbox.reason, _outbox.state, _outbox.since, _outbox.settled_at)
    .where(
        _within(_outbox.since),
        sa.tuple_(_outbox.account_id, _outbox.ref)
        > sa.tuple_(sa.bindparam("account", type_=sa.BigInteger()), sa.bindparam("ref", type_=sa.Text())),
    )
    .order_by(_outbox.account_id, _outbox.ref)
    .limit(_page)
)
_case: Final = complaint_case.c
COMPLAINTS: Final = (
    sa.select(
        _case.id,
        _case.source,
        _case.state,
        _case.number,
        _case.account_id,
        _case.campaign_id,
        _case.received_at,
        _case.entered_at,
        _case.answered_at,
    )
    .where(_within(_case.received_at), _case.id > _after)
    .order_by(_case.id)
    .limit(_page)
)
TASKS: Final = (
    sa.select(lookback_task)
    .where(lookback_task.c.made_at < _until, sa.or_(lookback_task.c.made_at >= _since, lookback_task.c.done == 0))
    .order_by(lookback_task.c.id)
)
WORDINGS: Final = sa.select(consent_wording).where(_within(consent_wording.c.checked_at)).order_by(consent_wording.c.id)
_first, _last = (sa.bindparam(name, type_=sa.Text()) for name in ("first", "last"))
_TOUCHES: Final = sa.and_(peak_plan.c.first_day <= _last, peak_plan.c.last_day >= _first)
PEAKS: Final = sa.select(peak_plan).where(_TOUCHES).order_by(peak_plan.c.first_day, peak_plan.c.id)
PAUSES: Final = (
    sa.select(peak_pause, peak_plan.c.name.label("plan"))
    .join(peak_plan, peak_plan.c.id == peak_pause.c.plan_id)
    .where(peak_pause.c.asked_at < _until, sa.or_(peak_pause.c.asked_at >= _since, _TOUCHES))
    .order_by(peak_pause.c.id)
)
MARKED: Final = (
    sa.select(_mark.c.id, _mark.c.key, _mark.c.entity_uscc, _mark.c.kind, _mark.c.since)
    .where(_within(_mark.c.since), _mark.c.kind.in_(("opt_out", "complaint")), _mark.c.id > _after)
    .order_by(_mark.c.id)
    .limit(_page)
)
# among keys: what their people were sent, and which grants lifted a mark of theirs
SENT_TO: Final = (
    sa.select(
        ledger.c.dedupe_key,
        ledger.c.campaign_id,
        ledger.c.message_id,
        campaign.c.entity_uscc,
        _batch.claimed_at,
        _latest.outcome,
    )
    .join(submission, _batch.id == ledger.c.submission_id)
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .outerjoin(ledger_latest, sa.and_(_latest.campaign_id == ledger.c.campaign_id, _latest.ledger_id == ledger.c.id))
)
LIFTS: Final = sa.select(_lift.c.key, _lift.c.entity_uscc, _lift.c.kind, _lift.c.granted_at)
HEAD: Final = sa.select(schema.audit.c.id, schema.audit.c.hash).order_by(schema.audit.c.id.desc()).limit(1)
