"""The endpoints that only read: who the platform is, its customers and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from campaign_app.sandbox.calls import Call, json_answer, listing
from campaign_app.sandbox.config import ENTITY, ISSUER, Shop
from campaign_app.sandbox.ledger import Row
from campaign_app.sandbox.people import DAY, iso
from campaign_app.sandbox.platform import Platform, provider_id
from campaign_app.sandbox.problems import Refused
from campaign_app.transport.receipts import utc_text
from campaign_app.transport.wire import API_VERSION, Capabilities, Meta

CAPABILITIES: Final = Capabilities(
    customers=True,
    consents_lookup=True,
    consents_changes=True,
    opt_outs=True,
    signatures=True,
    messages=True,
    reports=True,
    inbound=True,
    complaints=True,
    messages_need_phone=False,
    test_messages=True,
)


class Reading:
    """Handlers of the GET endpoints."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def meta(self, call: Call) -> Response:
        meta = Meta(
            api_version=API_VERSION,
            server_time=call.now,
            issuer=ISSUER,
            entity_uscc=ENTITY.uscc,
            entity_name=ENTITY.name,
            shop=call.shop.name,
            simulated=True,
            capabilities=CAPABILITIES.model_copy(update=dict.fromkeys(self._platform.withheld, False)),
        )
        return Response(meta.model_dump_json(), media_type="application/json")

    async def customers(self, call: Call) -> Response:
        since = call.moment("updated_since")
        seconds = None if since is None else int(since.timestamp())
        people, shop = self._platform.population, call.shop
        redacted = self._platform.redacted(shop)

        def fetch(position: int, limit: int) -> tuple[Sequence[dict[str, Any]], int, bool]:
            _reachable(position, shop.size)
            indices, following = people.listing(shop, position, limit, seconds)
            there = [index for index in indices if index not in redacted]
            return people.customers(shop, there), following, following < shop.size

        first = not call.position("cu")
        return listing(call, "customers", "cu", fetch, redacted=people.refs(shop, sorted(redacted)) if first else [])

    async def changes(self, call: Call) -> Response:
        changes = self._platform.streams(call.shop).changes
        refs = self._platform.population.refs

        def fetch(position: int, limit: int) -> tuple[Sequence[dict[str, Any]], int, bool]:
            page, following, more = _slice(changes, position, limit)
            named = zip(refs(call.shop, [c.who for c in page]), page, strict=True)
            return [{"ref": ref, "changed_at": c.at} for ref, c in named], following, more

        return listing(call, "changes", "ch", fetch)

    async def reports(self, call: Call) -> Response:
        streams = self._platform.streams(call.shop)

        def fetch(position: int, limit: int) -> tuple[Sequence[dict[str, Any]], int, bool]:
            _reachable(position, streams.reported)
            following = min(position + limit, streams.reported)
            page = [self._report(*streams.accepted[at]) for at in range(position, following)]
            return page, following, following < streams.reported

        return listing(call, "reports", "re", fetch)

    def _report(self, row: Row, due: datetime) -> dict[str, Any]:
        code = self._platform.failure(row)
        return {
            "report_id": f"r{row.seq}",
            "provider_id": provider_id(row),
            "message_id": row.message_id,
            "status": "failed" if code else "delivered",
            "code": code,
            "reported_at": utc_text(due),
        }

    async def inbound(self, call: Call) -> Response:
        replies = self._platform.streams(call.shop).inbound

        def fetch(position: int, limit: int) -> tuple[Sequence[dict[str, Any]], int, bool]:
            page, following, more = _slice(replies, position, limit)
            who = self._who(call.shop, [reply.who for reply in page])
            rows = [
                {"inbound_id": r.inbound_id, **person, "text": r.text, "received_at": r.at}
                for r, person in zip(page, who, strict=True)
            ]
            return rows, following, more

        return listing(call, "messages", "in", fetch)

    async def complaints(self, call: Call) -> Response:
        complaints = self._platform.streams(call.shop).complaints

        def fetch(position: int, limit: int) -> tuple[Sequence[dict[str, Any]], int, bool]:
            page, following, more = _slice(complaints, position, limit)
            who = self._who(call.shop, [complaint.who for complaint in page])
            rows = [
                {"complaint_id": c.complaint_id, **person, "provider_id": c.provider_id, "received_at": c.at}
                for c, person in zip(page, who, strict=True)
            ]
            return rows, following, more

        return listing(call, "complaints", "co", fetch)

    async def signatures(self, _call: Call) -> Response:
        year = (iso(self._platform.config.epoch + 300 * DAY) or "")[:10]
        return json_answer({"signatures": [{**signature, "valid_until": year} for signature in _SIGNATURES]})

    def _who(self, shop: Shop, indices: Sequence[int]) -> list[dict[str, str | None]]:
        people = self._platform.population
        phones = people.phones(people.persons(shop, indices))
        return [{"ref": ref, "phone": phone} for ref, phone in zip(people.refs(shop, indices), phones, strict=True)]


_SIGNATURES: Final[tuple[dict[str, Any], ...]] = tuple(
    {
        "text": text,
        "owner_uscc": ENTITY.uscc,
        "source": source,
        "status": status,
        "carrier_filed": filed,
        "scopes": scopes,
    }
    for text, source, status, filed, scopes in (
        ("安宁百货", "company", "approved", True, ["retail", "membership"]),
        ("安宁会员", "trademark", "approved", True, ["membership"]),
        ("安宁到家", "miniprogram", "approved", None, ["retail"]),
        ("安宁折扣", "shop_name", "pending", False, ["retail"]),
        ("安宁金融", "app", "rejected", False, ["finance"]),
    )
)


def _slice(items: Sequence[Any], position: int, limit: int) -> tuple[Sequence[Any], int, bool]:
    _reachable(position, len(items))
    following = min(position + limit, len(items))
    return items[position:following], following, following < len(items)


def _reachable(position: int, end: int) -> None:
    if position > end:
        raise Refused(422, "bad_cursor", "this cursor was never handed out: start again without one")
