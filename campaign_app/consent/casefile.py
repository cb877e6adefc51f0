"""Reads one line of the gate's case format (`docs/formats.md`): total, and closed wherever the line is unclear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from campaign_app.consent.gate import Ask, Person, judge
from campaign_app.consent.policy import Policy
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Reason,
)
from campaign_app.domain.phone import parse_phone

_REF: Final = CustomerRef(0, "case")
_TIMES: Final = ("obtained_at", "expires_at", "withdrawn_at", "checked_at")
_FIELDS: Final = (*_TIMES, "status", "method", "channel", "purposes", "entity_uscc", "max_per_month")
_SUPPRESSED: Final = {
    "complaint": Reason.SUPPRESSED_COMPLAINT,
    "opt_out": Reason.SUPPRESSED_OPT_OUT,
    "minor": Reason.MINOR,
}


class Unclear(ValueError):
    """A value that is missing or cannot be read: the answer is `unknown`."""


def judge_case(line: Mapping[str, Any]) -> Reason:
    """The gate's reason for one case; `unknown` for whatever is missing, unlisted or cannot be read."""
    try:
        suppressed = _suppressed(line)
        if suppressed is not None:
            return suppressed
        phone = parse_phone(_text_or_none(line.get("phone")))
        if phone is None:
            return Reason.INVALID_PHONE
        if _required(line, "consent") is None:
            return Reason.NO_RECORD
        sent = _count(_required(line, "sent_last_30_days"))
        _count(_required(line, "sent_last_7_days"))  # of a complete line, though no promise is by the week
        return judge(Person(0, 0, _fact(line["consent"]), (), phone, sent), _ask(line))
    except Unclear:
        return Reason.UNKNOWN


def _fact(consent: Any) -> ConsentFact:
    """What can be read still refuses (withdrawn, declined, …); what would have confirmed becomes unknown."""
    if not isinstance(consent, Mapping):
        raise Unclear("consent")
    broken = [name for name in _FIELDS if name not in consent]
    times = {name: _or_note(broken, name, partial(_time, consent.get(name))) for name in _TIMES}
    purposes = _or_note(broken, "purposes", partial(_purposes, consent.get("purposes")))
    cap = _or_note(broken, "max_per_month", partial(_cap, consent.get("max_per_month")))
    channel = _word(Channel, consent.get("channel"), Channel.UNKNOWN)
    status = _word(ConsentStatus, consent.get("status"), ConsentStatus.UNKNOWN)
    spoilt = bool(broken) or channel is Channel.UNKNOWN
    if status is ConsentStatus.NO_RECORD or (spoilt and status is ConsentStatus.CONFIRMED):
        status = ConsentStatus.UNKNOWN  # `no_record` is said by a null consent and is no word of this format
    return ConsentFact(
        _REF, status, datetime.min.replace(tzinfo=UTC),
        method=_word(ConsentMethod, consent.get("method"), ConsentMethod.UNKNOWN),
        channel=channel, purposes=purposes or frozenset(), entity_uscc=_text_or_none(consent.get("entity_uscc")) or "",
        max_per_month=cap, **times,
    )  # fmt: skip


def _or_note(broken: list[str], name: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Unclear:
        broken.append(name)
        return None


def _word(words: Any, value: Any, otherwise: Any) -> Any:
    try:
        return words(value)
    except ValueError:
        return otherwise


def _suppressed(line: Mapping[str, Any]) -> Reason | None:
    value = _required(line, "suppressed")
    if value is False:
        return None
    if not isinstance(value, str) or value not in _SUPPRESSED:
        raise Unclear("suppressed")
    return _SUPPRESSED[value]


def _ask(line: Mapping[str, Any]) -> Ask:
    campaign = line.get("campaign")
    if not isinstance(campaign, Mapping):
        raise Unclear("campaign")
    channel = _word(Channel, campaign.get("channel"), Channel.UNKNOWN)
    if channel in (Channel.UNKNOWN, Channel.ANY):
        raise Unclear("channel")
    send_at = _time(campaign.get("send_at"))
    purpose = _text_or_none(campaign.get("purpose"))
    entity = _text_or_none(campaign.get("entity_uscc"))
    if send_at is None or not purpose or not entity:
        raise Unclear("campaign")
    minutes = _count(_required(line, "max_consent_age_minutes"))
    policy = Policy(max_consent_age=timedelta(minutes=min(minutes, 10**8)))
    return Ask(0, purpose, entity, send_at, send_at, policy, channel=channel, needs_phone=True)


def _required(line: Mapping[str, Any], name: str) -> Any:
    if name not in line:
        raise Unclear(name)
    return line[name]


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Unclear("count")
    return value


def _cap(value: Any) -> int | None:
    return None if value is None else _count(value)


def _purposes(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(p, str) for p in value):
        raise Unclear("purposes")
    return frozenset(value)


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
        return time.astimezone(UTC) if time.tzinfo else _unclear()
    except (TypeError, ValueError, OverflowError) as error:
        raise Unclear("time") from error


def _unclear() -> datetime:
    raise Unclear("time without zone")
