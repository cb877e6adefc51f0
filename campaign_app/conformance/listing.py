"""Lists lead on, do not go in circles, and keep to what they are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from campaign_app.conformance.asking import Asking, whole
from campaign_app.conformance.checking import Checks, Failed, expect
from campaign_app.domain.phone import parse_platform_phone
from campaign_app.transport.receipts import utc_text
from campaign_app.transport.wire import (
    Change,
    SignaturesAnswer,
    WireComplaint,
    WireCustomer,
    WireInbound,
    WireReport,
)

LISTING: Final = Checks()
_PAGES: Final = 8
_SMALL: Final = 3
_SEALED_LOOKED_AT: Final = 100
# check → capability, address, name of the rows, what a row is
LISTS: Final[tuple[tuple[str, str, str, str, type[BaseModel]], ...]] = (
    ("list.customers", "customers", "/v1/customers", "customers", WireCustomer),
    ("list.changes", "consents_changes", "/v1/consents/changes", "changes", Change),
    ("list.reports", "reports", "/v1/messages/reports", "reports", WireReport),
    ("list.inbound", "inbound", "/v1/messages/inbound", "messages", WireInbound),
    ("list.complaints", "complaints", "/v1/complaints", "complaints", WireComplaint),
)


def _page(asking: Asking, path: str, rows: str, query: str) -> dict[str, Any]:
    page = whole(asking.probe.ask("GET", f"{path}?{query}"))
    expect(isinstance(page, dict), "the page is no object")
    expect(isinstance(page.get(rows), list), f"no list {rows!r}")
    expect(isinstance(page.get("next_cursor"), str), "next_cursor is no text")
    expect(isinstance(page.get("has_more"), bool), "has_more is neither true nor false")
    return dict(page)


def _walk(asking: Asking, path: str, rows: str, row: type[BaseModel]) -> str:
    """The first pages in small bites: each cursor leads on, and every row is what it should be."""
    cursor, seen, count = "", {""}, 0
    for at in range(_PAGES):
        page = _page(asking, path, rows, f"limit={_SMALL}&cursor={quote(cursor, safe='')}")
        found = page[rows]
        expect(len(found) <= _SMALL, f"{len(found)} rows for limit={_SMALL}")
        for one in found:
            _valid(row, one)
        count += len(found)
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return f"{count} rows, and its end"
        expect(cursor, f"page {at + 1} says that there is more and gives no cursor")
        expect(cursor not in seen, f"page {at + 1} leads back to where it came from")
        seen.add(cursor)
    return f"{count} rows on {_PAGES} pages"


def _valid(row: type[BaseModel], one: object) -> None:
    try:
        row.model_validate(one)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise Failed(f"a row's {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _make(name: str, capability: str, path: str, rows: str, row: type[BaseModel]) -> None:
    @LISTING.check(name)
    def walk(asking: Asking) -> str:
        asking.offers(capability)
        return _walk(asking, path, rows, row)


for _list in LISTS:
    _make(*_list)


@LISTING.check("list.since")
def since(asking: Asking) -> str:
    """Nobody changed after tomorrow."""
    asking.offers("customers")
    later = quote(utc_text(asking.probe.now() + timedelta(days=1)) or "", safe="")
    count = 0
    cursor = ""
    for _ in range(_PAGES):
        page = _page(asking, "/v1/customers", "customers", f"updated_since={later}&cursor={quote(cursor, safe='')}")
        count += len(page["customers"])
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    expect(not count, f"{count} customers changed since tomorrow")
    return "nobody since tomorrow"


@LISTING.check("list.sealed")
def sealed(asking: Asking) -> str:
    """Numbers that a platform sealed can be read by nobody else, or they are none."""
    asking.offers("customers")
    found = _page(asking, "/v1/customers", "customers", f"limit={_SEALED_LOOKED_AT}")["customers"]
    numbers = [row["platform_phone"] for row in found if isinstance(row, dict) and row.get("platform_phone")]
    good = [one for one in numbers if isinstance(one, str) and parse_platform_phone(one) is not None]
    expect(len(good) == len(numbers), "a platform_phone is no sealed number: too short, too long, or one can read it")
    return f"{len(numbers)} sealed number(s)" if numbers else "none is handed out"


@LISTING.check("list.cursor")
def bad_cursor(asking: Asking) -> str:
    path = next((path for _, name, path, _, _ in LISTS if getattr(asking.meta.capabilities, name)), "")
    if not path:
        return "no list is offered"
    answer = asking.probe.ask("GET", f"{path}?cursor=conformance-no-such-cursor")
    return asking.refused("list.cursor", answer, 400, 422, code="bad_cursor")


@LISTING.check("list.signatures")
def signatures(asking: Asking) -> str:
    asking.offers("signatures")
    answer = whole(asking.probe.ask("GET", "/v1/signatures"))
    try:
        found = SignaturesAnswer.model_validate(answer).signatures
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise Failed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    expect(not any("【" in one.text or "】" in one.text for one in found), "a signature's text has its brackets")
    return f"{len(found)} signature(s)"
