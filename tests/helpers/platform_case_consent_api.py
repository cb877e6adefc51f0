"""The Platform Consent API under the fail-closed suite: the sandbox, and answers that its clients may not believe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from campaign_app.conformance.adapters import OpenEnd, PlatformCase, Running, Spoilt
from campaign_app.conformance.adapters.tampering import Spoil, edit
from campaign_app.domain.consent import ConsentStatus
from campaign_app.platforms.connection import META
from campaign_app.platforms.consent_api import CHANGES, CUSTOMERS, LOOKUP
from tests.helpers.connected import clock, connect
from tests.helpers.sandbox import SandboxProcess

PEOPLE = 400


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=PEOPLE) as sandbox:
        shop = connect(sandbox)
        try:
            refs = [customer.ref for customer in shop.everybody()]
            facts = shop.facts(refs)
        finally:
            shop.close()
        code = sandbox.shops[0].shop
        refused = {ref: fact.status for ref, fact in facts.items() if fact.status is not ConsentStatus.CONFIRMED}
        yield Running(
            account=shop.account,
            secret=sandbox.shops[0].private_key,
            people=len(refs),
            confirmed=tuple(sandbox_confirmed(sandbox, code, refs[:40])),
            refused={ref: status for ref, status in refused.items() if ref not in refs[:40]},
            withdraw=lambda ref: sandbox.set_consent(code, ref, "withdrawn", withdrawn_at=_text(clock())),
            simulator=sandbox,
        )


def sandbox_confirmed(sandbox: SandboxProcess, shop: str, refs: list[str]) -> list[str]:
    """Makes these people's consent one that passes for retail."""
    for ref in refs:
        sandbox.set_consent(shop, ref, "confirmed", obtained_at=_text(clock() - timedelta(days=30)))
    return refs


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _consent(**facts: Any) -> Callable[[Running, str], None]:
    def change(running: Running, ref: str) -> None:
        sandbox: SandboxProcess = running.simulator
        values = {name: value() if callable(value) else value for name, value in facts.items()}
        sandbox.set_consent(sandbox.shops[0].shop, ref, values.pop("status", "confirmed"), **values)

    return change


def _answers(change: Callable[[list[Any]], list[Any] | None]) -> Spoil:
    def edited(page: Any) -> None:
        changed = change(page["answers"])
        page["answers"] = page["answers"] if changed is None else changed

    return edit(LOOKUP, edited)


def _first(**fields: Any) -> Spoil:
    def change(rows: list[Any]) -> None:
        for name, value in fields.items():
            rows[0][name] = value(rows[0][name]) if callable(value) else value

    return _answers(change)


def _leaf(**fields: Any) -> Spoil:
    """The first leaf says something else than what was signed."""
    return _first(leaf=lambda text: json.dumps({**json.loads(text), **fields}, sort_keys=True, separators=(",", ":")))


def _without(name: str) -> Spoil:
    return edit(LOOKUP, lambda page: {key: value for key, value in page.items() if key != name})


def _later(days: int) -> Callable[[], str]:
    return lambda: _text(clock() + timedelta(days=days))


def _flat(change: dict[str, Any], path: str) -> Spoil:
    return edit(path, lambda page: {**page, **change})


def case() -> PlatformCase:
    return PlatformCase(
        name="consent_api",
        start=_start,
        spoilt=(
            Spoilt("missing ref", 1, _answers(lambda rows: rows[1:]), first_only=True),
            Spoilt("no answers", 1, _answers(lambda rows: rows[:0])),
            Spoilt("null level", 1, _leaf(method=None), first_only=True),
            Spoilt("status turned to confirmed", 1, _leaf(status="confirmed", purposes=["finance"]), first_only=True),
            Spoilt("null leaf", 1, _first(leaf=None), first_only=True),
            Spoilt("path of another leaf", 1, _first(path=lambda path: [*path, "A" * 43]), first_only=True),
            Spoilt("index beyond the page", 1, _first(index=10**6), first_only=True),
            Spoilt("no receipt", 1, _flat({"receipt": ""}, LOOKUP)),
            Spoilt("receipt cut", 1, edit(LOOKUP, lambda page: {**page, "receipt": page["receipt"][:-5]})),
            Spoilt("answers missing", 1, _without("answers")),
            Spoilt("receipt missing", 1, _without("receipt")),
            Spoilt("answer of another request", 1, _flat({"request_id": "other"}, LOOKUP)),
            Spoilt("unknown status", 1, before=_consent(status="granted_v2")),
            Spoilt("unknown method", 1, before=_consent(method="imported_list")),
            Spoilt("unknown channel", 1, before=_consent(channel="pigeon")),
            Spoilt("default consent", 1, before=_consent(method="registration_default")),
            Spoilt("other entity", 1, before=_consent(entity_uscc="91330100MA0MN00036")),
            Spoilt("grant in the future", 5, before=_consent(obtained_at=_later(2))),
            Spoilt("grant without a date", 5, before=_consent(status="pending")),
            Spoilt("no zone in a date", 5, _leaf(obtained_at="2026-01-01T00:00:00"), first_only=True),
        ),
        open_ends=tuple(
            OpenEnd(listing, name, spoil)
            for listing, path, rows in (("customers", CUSTOMERS, "customers"), ("consent_changes", CHANGES, "changes"))
            for name, spoil in (
                ("an empty page that goes on", _flat({rows: [], "has_more": True, "next_cursor": "zz"}, path)),
                ("no word of an end", edit(path, lambda page: {k: v for k, v in page.items() if k != "has_more"})),
                ("no cursor", edit(path, lambda page: {k: v for k, v in page.items() if k != "next_cursor"})),
                ("more, and no way on", _flat({"has_more": True, "next_cursor": ""}, path)),
                ("null for an end", _flat({"has_more": None}, path)),
            )
        ),
        other_version=_flat({"api_version": "2.0"}, META),
        opt_in=rb"(?i)opt.?in\b|/v1/consents(?!/lookup|/changes)|\"status\"",
    )
