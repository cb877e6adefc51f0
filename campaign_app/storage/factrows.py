"""Facts as rows and back; this is the hot path of screening, so words and purposes are looked up, not built."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Evidence
from campaign_app.storage import schema
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.times import moment_at, moment_or_none, to_ms

_STATUS: Final = {word.value: word for word in ConsentStatus}
_METHOD: Final = {word.value: word for word in ConsentMethod}
_CHANNEL: Final = {word.value: word for word in Channel}
_fact, _source, _customer = schema.consent_fact.c, schema.consent_source.c, schema.customer.c

FACT: Final = (
    sa.select(
        _fact.id,
        _fact.customer_id,
        _customer.account_id,
        _customer.ref,
        _fact.status,
        _fact.observed_at,
        _fact.method,
        _fact.channel,
        _fact.purposes,
        _fact.entity_uscc,
        _fact.obtained_at,
        _fact.expires_at,
        _fact.withdrawn_at,
        _fact.max_per_month,
        _fact.checked_at,
        _fact.note,
        _fact.leaf,
        _fact.leaf_index,
        _source.issuer_uscc,
        _source.platform,
        _source.api_version,
        _source.simulated,
        _source.request_id,
        _source.receipt_id,
        _source.api_method,
    )
    .select_from(schema.consent_fact)
    .join(schema.customer, _customer.id == _fact.customer_id)
    .outerjoin(schema.consent_source, _source.id == _fact.source_id)
)


def source_key(fact: ConsentFact) -> tuple[Any, ...] | None:
    """What a fact has in common with the others of its page."""
    proof = fact.evidence
    if proof is None:
        return None
    return (
        fact.ref.account_id,
        proof.issuer_uscc,
        proof.platform,
        proof.api_version,
        int(proof.simulated),
        proof.request_id,
        proof.receipt_id,
        proof.api_method,
    )


# the columns of `source_key`
SOURCE: Final = (
    "account_id", "issuer_uscc", "platform", "api_version", "simulated", "request_id", "receipt_id", "api_method",
)  # fmt: skip
COLUMNS: Final = tuple(column.name for column in schema.consent_fact.c)


def fact_values(fact_id: int, customer_id: int, fact: ConsentFact, source_id: int | None) -> tuple[Any, ...]:
    """In the order of `COLUMNS`."""
    proof = fact.evidence
    return (
        fact_id,
        customer_id,
        fact.status.value,
        fact.method.value,
        fact.channel.value,
        _purposes_text(fact.purposes),
        fact.entity_uscc,
        to_ms(fact.obtained_at),
        to_ms(fact.expires_at),
        to_ms(fact.withdrawn_at),
        fact.max_per_month,
        to_ms(fact.checked_at),
        to_ms(fact.observed_at),
        source_id,
        None if proof is None else proof.leaf,
        None if proof is None else proof.leaf_index,
        fact.note,
    )


def fact_of(row: AnyRow) -> ConsentFact:
    """From a row of `FACT`."""
    (_, _, account_id, ref, status, observed_at, method, channel, purposes, entity_uscc, *rest) = row
    (obtained_at, expires_at, withdrawn_at, max_per_month, checked_at, note, leaf, leaf_index, *source) = rest
    evidence = None
    if leaf is not None:
        issuer_uscc, platform, api_version, simulated, request_id, receipt_id, api_method = source
        evidence = Evidence(
            issuer_uscc, platform, api_version, bool(simulated), request_id, receipt_id, leaf, leaf_index, api_method
        )
    return ConsentFact(
        CustomerRef(account_id, ref),
        _STATUS.get(status, ConsentStatus.UNKNOWN),
        _moment(observed_at),
        _METHOD.get(method, ConsentMethod.UNKNOWN),
        _CHANNEL.get(channel, Channel.UNKNOWN),
        _purposes(purposes),
        entity_uscc,
        moment_or_none(obtained_at),
        moment_or_none(expires_at),
        moment_or_none(withdrawn_at),
        max_per_month,
        None if checked_at is None else _moment(checked_at),
        evidence,
        note,
    )


# those of a page have a time in common
_moment: Final = lru_cache(maxsize=1_000)(moment_at)


@lru_cache(maxsize=1_000)
def _purposes_text(purposes: frozenset[str]) -> str:
    return json.dumps(sorted(purposes), ensure_ascii=False)


@lru_cache(maxsize=1_000)
def _purposes(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))
