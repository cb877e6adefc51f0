"""The questions that Shopify's clients ask, answered from one shop's shelf."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from graphql import FieldNode

from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.shopify.executing import Query, Unanswerable
from campaign_app.sandbox.vendors.shopify.exports import Exports
from campaign_app.sandbox.vendors.shopify.shelf import Shelf, domain_of
from campaign_app.transport.wire import OptOut

PAGE_MAX: Final = 250
_SINCE: Final = re.compile(r"updated_at:>='?([0-9TZ:.+-]{10,40})'?", re.ASCII)
_CURSOR: Final = re.compile(r"c([0-9]{1,18})", re.ASCII)
SCOPES: Final = ("read_customers", "write_customers")


@dataclass(slots=True)
class Shop:
    """What of one shop is not on its shelf."""

    shelf: Shelf
    exports: Exports
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    opt_ins: int = 0  # asked for; none is ever written


@dataclass(frozen=True, slots=True)
class Asked:
    """One root field of one request. `spoil` does to nodes what a fault wants done."""

    query: Query
    node: FieldNode
    arguments: Mapping[str, Any]
    version: str
    gid: str
    origin: str
    spoil: Callable[[list[Any]], list[Any]]
    fault: str


class Answering:
    def __init__(self, platform: Platform, shop: Shop) -> None:
        self._platform, self._shop = platform, shop
        self._shelf = shop.shelf
        self._answers: Mapping[str, Callable[[Asked], Any]] = {
            "customers": self._customers,
            "nodes": self._nodes,
            "customersCount": self._count,
            "shop": self._about,
            "currentAppInstallation": self._installation,
            "bulkOperation": self._operation,
            "bulkOperationRunQuery": self._export,
            "customerSmsMarketingConsentUpdate": self._opt_out,
        }

    @property
    def domain(self) -> str:
        return domain_of(self._shelf.shop)

    def answer(self, asked: Asked) -> Any:
        """Raises Unanswerable for a field that this simulator does not have."""
        name = asked.node.name.value
        found = self._answers.get(name)
        if found is None:
            raise Unanswerable("undefinedField", f"Field '{name}' doesn't exist on type 'QueryRoot'")
        return asked.query.picked(asked.node.selection_set, found(asked))

    def cost(self, asked: Asked) -> float:
        """What it may cost at most."""
        if asked.query.is_mutation:
            return 10.0
        name, query = asked.node.name.value, asked.query
        if name == "customers":
            first = asked.arguments.get("first") or 0
            return 1.0 + first * query.objects(query.below(asked.node, "nodes"))
        if name == "nodes":
            return float(len(asked.arguments.get("ids") or ())) * query.objects(asked.node.selection_set)
        return 1.0

    # --- customers ---

    def _customers(self, asked: Asked) -> Any:
        first, after = asked.arguments.get("first"), asked.arguments.get("after")
        if type(first) is not int or not 1 <= first <= PAGE_MAX:
            raise Unanswerable("BAD_REQUEST", f"first: a whole number from 1 to {PAGE_MAX}")
        if asked.arguments.get("sortKey") not in ("UPDATED_AT", None):
            raise Unanswerable("BAD_REQUEST", "the simulator sorts by UPDATED_AT")
        start = self._position(after)
        if asked.fault == "half_page":
            first = max(1, first // 2)
        keys, more = self._shelf.page(first, start, self._since(asked.arguments.get("query")))
        nodes = self._versioned(self._shelf.customers(keys, asked.gid), asked)
        end = f"c{keys[-1]}" if keys else None
        if asked.fault == "repeated" and keys:
            nodes = [*nodes[: len(nodes) // 2], *nodes]
        if asked.fault == "cursor_loop":
            end, more = after or end, True
        info = {"__typename": "PageInfo", "hasNextPage": more, "endCursor": end}
        # a list loses nobody, however careless its platform: no client could tell
        spoilt = nodes if asked.fault == "missing_node" else asked.spoil(nodes)
        return {"__typename": "CustomerConnection", "nodes": spoilt, "pageInfo": info}

    def _position(self, after: Any) -> int | None:
        if after is None:
            return None
        found = _CURSOR.fullmatch(after) if isinstance(after, str) else None
        if found is None:
            raise Unanswerable("BAD_REQUEST", "this cursor was never handed out")
        return int(found[1])

    def _since(self, query: Any) -> int | None:
        if not query:
            return None
        found = _SINCE.fullmatch(query)
        if found is None:
            raise Unanswerable("BAD_REQUEST", "the simulator filters by updated_at:>= only")
        return int(datetime.fromisoformat(found[1]).timestamp())

    def _nodes(self, asked: Asked) -> Any:
        ids = asked.arguments.get("ids")
        if not isinstance(ids, list) or len(ids) > PAGE_MAX:
            raise Unanswerable("BAD_REQUEST", f"at most {PAGE_MAX} ids")
        numbers = [gid.removeprefix(asked.gid) if isinstance(gid, str) else "" for gid in ids]
        indices = [self._shelf.index_of(number) for number in numbers]
        known = [index for index in indices if index is not None]
        nodes = iter(self._versioned(self._shelf.by_index(known, asked.gid), asked))
        return asked.spoil([None if index is None else next(nodes) for index in indices])

    def _versioned(self, nodes: Sequence[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
        """The version trap: up to 2026-07 a number has no consent of its own."""
        if asked.version < "2026-10":
            for node in nodes:
                if node["defaultPhoneNumber"] is not None:
                    del node["defaultPhoneNumber"]["smsMarketingConsent"]
        return list(nodes)

    def _count(self, asked: Asked) -> Any:
        limit = asked.arguments.get("limit", 10_000)
        size = self._shelf.shop.size
        exact = limit is None or size <= limit
        precision = "EXACT" if exact else "AT_LEAST"
        return {"__typename": "Count", "count": size if exact else limit, "precision": precision}

    # --- the shop ---

    def _about(self, _asked: Asked) -> Any:
        shop = self._shelf.shop
        return {"__typename": "Shop", "name": shop.name, "myshopifyDomain": domain_of(shop)}

    def _installation(self, _asked: Asked) -> Any:
        scopes = [{"__typename": "AccessScope", "handle": scope} for scope in self._shop.scopes]
        return {"__typename": "AppInstallation", "accessScopes": scopes}

    # --- bulk ---

    def _export(self, asked: Asked) -> Any:
        operation, problem = self._shop.exports.start(asked.arguments.get("query"), asked.version, asked.gid)
        errors = [] if operation else [{"__typename": "BulkOperationUserError", "field": ["query"], "message": problem}]
        return {
            "__typename": "BulkOperationRunQueryPayload",
            "bulkOperation": operation and operation.shown(asked.origin),
            "userErrors": errors,
        }

    def _operation(self, asked: Asked) -> Any:
        operation = self._shop.exports.looked_at(str(asked.arguments.get("id")))
        return operation and operation.shown(asked.origin)

    # --- consent ---

    def _opt_out(self, asked: Asked) -> Any:
        given = asked.arguments.get("input") or {}
        consent = given.get("smsMarketingConsent") or {}
        if "write_customers" not in self._shop.scopes:
            raise Unanswerable("ACCESS_DENIED", "Access denied for customerSmsMarketingConsentUpdate field.")
        index = self._shelf.index_of(str(given.get("customerId", "")).removeprefix(asked.gid))
        if index is None:
            return _refused("INVALID", "Customer not found")
        if consent.get("marketingState") != "UNSUBSCRIBED":
            self._shop.opt_ins += 1
            return _refused("INVALID", "the simulator writes no opt-in")
        (customer,) = self._shelf.by_index([index], asked.gid)
        if customer["defaultPhoneNumber"] is None:
            return _refused("INVALID", "A phone number is required to set the SMS consent state.")
        at = datetime.fromisoformat(consent["consentUpdatedAt"]) if consent.get("consentUpdatedAt") else None
        now = self._platform.now()
        if at is not None and at > now:
            return _refused("INVALID", "consentUpdatedAt is in the future")
        self._shelf.overrides.pop(index, None)
        opt_out = OptOut(ref=self._shelf.ref_of(index), reason="shopify", occurred_at=at or now)
        self._platform.opt_out(self._shelf.shop, opt_out)
        (customer,) = self._versioned(self._shelf.by_index([index], asked.gid), asked)
        return {"__typename": _PAYLOAD, "customer": customer, "userErrors": []}


_PAYLOAD: Final = "CustomerSmsMarketingConsentUpdatePayload"


def _refused(code: str, message: str) -> Any:
    error = {"__typename": "CustomerSmsMarketingConsentError", "code": code, "field": ["input"], "message": message}
    return {"__typename": _PAYLOAD, "customer": None, "userErrors": [error]}
