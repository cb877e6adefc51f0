"""A GraphQL request becomes an answer, without any HTTP in here: token, version, cost, validation, faults."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final
from uuid import uuid4

from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.shopify.answering import Answering, Asked, Shop
from campaign_app.sandbox.vendors.shopify.bucket import PLANS, QUERY_MAX, Bucket
from campaign_app.sandbox.vendors.shopify.executing import Query, Unanswerable
from campaign_app.sandbox.vendors.shopify.exports import Exports
from campaign_app.sandbox.vendors.shopify.granting import Granting
from campaign_app.sandbox.vendors.shopify.schemas import problem_of
from campaign_app.sandbox.vendors.shopify.shelf import Shelf, token_of

VERSIONS: Final = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")
# what befalls a whole answer; the rest of `FAULTS` befalls the nodes in it
_WHOLE: Final = ("throttled", "throttled_429", "internal", "partial", "denied", "error500", "error503", "html")
_NODES: Final = ("reordered", "repeated", "half_page", "cursor_loop", "missing_node", "doubled")
_WORDS: Final = ("unknown_word", "null_level", "null_time", "no_zone", "number_state")
FAULTS: Final = (*_WHOLE, *_NODES, *_WORDS, "other_version")


@dataclass(frozen=True, slots=True)
class Request:
    """`dialect` is shopify or shopline, which has other versions and ids. `domain`: whose address was asked, "" where

    the token says whose it is.
    """

    dialect: str
    version: str
    token: str
    body: bytes
    origin: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"


@dataclass(slots=True)
class Counts:
    queries: int = 0
    validated: int = 0
    invalid: int = 0
    leaks: int = 0  # a token that was shown to the host of the files
    by_name: dict[str, int] = field(default_factory=dict)


class Service:
    """Both shops. `faults` befall the next requests, one each, "" for none."""

    def __init__(self, platform: Platform, *, plan: str = "plus") -> None:
        self._platform = platform
        self.granting = Granting(platform.config)
        seed = platform.config.seed
        self.shops: dict[str, Shop] = {}
        self._answering: dict[str, Answering] = {}
        for shop in platform.config.shops:
            shelf = Shelf(platform, shop)
            made = Shop(shelf, Exports(shelf, f"{token_of(seed, shop)[-16:]}-"))
            self.shops[shop.code], self._answering[shop.code] = made, Answering(platform, made)
        self.faults: deque[str] = deque()
        self.counts = Counts()
        self.limit(PLANS[plan])
        self._random = Random(f"shopify {seed}")  # noqa: S311 - repeatable on purpose

    def limit(self, restore: float, maximum: float | None = None) -> None:
        self.bucket = Bucket(restore, lambda: self._platform.config.clock().timestamp(), maximum)

    def respond(self, request: Request) -> Reply:
        self.counts.queries += 1
        answering = self._answering.get(self.granting.shop_of(request.token))
        if answering is None or request.domain not in ("", answering.domain):
            return _plain(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")
        if request.dialect == "shopify" and request.version not in VERSIONS:
            return _plain(404, "Not Found")
        try:
            text = json.loads(request.body)
            query, variables = text["query"], text.get("variables") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return _plain(400, "Bad Request")
        fault = self.faults.popleft() if self.faults else ""
        try:
            return self._answered(answering, request, Query(query, variables), fault)
        except Unanswerable as error:
            return self._errors(request, [_error(error.code, str(error))], "")

    def _answered(self, answering: Answering, request: Request, query: Query, fault: str) -> Reply:
        problem = problem_of(request.version, query, query.variables) if request.dialect == "shopify" else None
        checked = "" if problem is None else "yes"
        self.counts.validated += problem is not None
        if problem:
            self.counts.invalid += 1
            return self._errors(request, [_error("invalidQuery", problem)], checked)
        asked = [self._asked(request, query, root, fault) for root in query.roots()]
        requested = sum(answering.cost(one) for _, one in asked)
        if requested > QUERY_MAX:
            return self._errors(request, [_error("MAX_COST_EXCEEDED", "Query cost is over the limit")], checked)
        early = self._early(request, fault, requested, checked)
        if early is not None:
            return early
        for _, one in asked:
            name = one.node.name.value
            self.counts.by_name[name] = self.counts.by_name.get(name, 0) + 1
        data = {key: answering.answer(one) for key, one in asked}
        answer: dict[str, Any] = {"data": data, "extensions": self.bucket.cost(requested, requested)}
        if fault == "partial":
            answer["errors"] = [_error("INTERNAL_SERVER_ERROR", "Internal error", path=["customers", "nodes", 0])]
        return self._reply(request, answer, checked, fault)

    def _asked(self, request: Request, query: Query, root: tuple[str, Any, Any], fault: str) -> tuple[str, Asked]:
        key, node, arguments = root
        version = request.version if request.dialect == "shopify" else "2026-10"
        spoil = partial(self._spoilt, fault)
        gid = f"gid://{request.dialect}/Customer/"
        return key, Asked(
            query=query,
            node=node,
            arguments=arguments,
            version=version,
            gid=gid,
            origin=request.origin,
            spoil=spoil,
            fault=fault,
        )

    def _early(self, request: Request, fault: str, requested: float, checked: str) -> Reply | None:
        """What keeps a query from being carried out."""
        if fault in _PLAIN:
            return _PLAIN[fault]
        if fault in _SAID:
            return self._errors(request, [_error(_SAID[fault], "an injected fault")], checked)
        if fault == "throttled":
            self.bucket.empty()
        if not self.bucket.take(requested):
            extensions = self.bucket.cost(requested, None)
            answer = {"errors": [_error("THROTTLED", "Throttled")], "extensions": extensions}
            return self._reply(request, answer, checked, fault)
        return None

    def _spoilt(self, fault: str, nodes: list[Any]) -> list[Any]:
        if fault == "reordered":
            return self._random.sample(nodes, len(nodes))
        if fault == "missing_node" and nodes:
            return nodes[1:]
        if fault == "doubled" and nodes and nodes[0]:
            return [*nodes, _with(nodes[0], "UNSUBSCRIBED", "SINGLE_OPT_IN", "2026-01-01T00:00:00Z")]
        if fault in _WORDS:
            return [node if node is None else _worded(node, fault) for node in nodes]
        return nodes

    def _errors(self, request: Request, errors: list[Any], checked: str) -> Reply:
        return self._reply(request, {"errors": errors}, checked, "")

    def _reply(self, request: Request, answer: Mapping[str, Any], checked: str, fault: str) -> Reply:
        headers = {"X-Request-Id": uuid4().hex, "X-Sandbox-Validated": checked or "no"}
        if request.dialect == "shopify":
            headers["X-Shopify-API-Version"] = "2027-01" if fault == "other_version" else request.version
        return Reply(200, json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(), headers)


def _worded(node: dict[str, Any], fault: str) -> dict[str, Any]:
    if fault == "unknown_word":
        return _with(node, "SUBSCRIBED_V2", "CONFIRMED_OPT_IN", "2026-01-01T00:00:00Z")
    if fault == "null_level":
        return _with(node, "SUBSCRIBED", None, "2026-01-01T00:00:00Z")
    if fault == "number_state":
        return _with(node, 1, "CONFIRMED_OPT_IN", "2026-01-01T00:00:00Z")
    return _with(node, "SUBSCRIBED", "CONFIRMED_OPT_IN", None if fault == "null_time" else "2026-01-01T00:00:00")


def _with(node: dict[str, Any], state: Any, level: Any, at: Any) -> dict[str, Any]:
    number = node["defaultPhoneNumber"]
    if number is None:
        return node
    old = {"marketingState": state, "marketingOptInLevel": level, "marketingUpdatedAt": at}
    changed = {**number, **old}
    if "smsMarketingConsent" in number:
        new = {"state": state, "optInLevel": level, "updatedAt": at}
        changed["smsMarketingConsent"] = {**number["smsMarketingConsent"], **new}
    customer = {"marketingState": state, "marketingOptInLevel": level, "consentUpdatedAt": at}
    return {
        **node,
        "defaultPhoneNumber": changed,
        "smsMarketingConsent": {**node["smsMarketingConsent"], **customer},
    }


def _error(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}, **more}


def _plain(status: int, words: str) -> Reply:
    return Reply(status, json.dumps({"errors": words}).encode())


_SAID: Final = {"internal": "INTERNAL_SERVER_ERROR", "denied": "ACCESS_DENIED"}
_PLAIN: Final = {
    "throttled_429": _plain(429, "Too many requests"),
    "error500": _plain(500, "Internal Server Error"),
    "error503": _plain(503, "Service Unavailable"),
    "html": Reply(200, b"<html><body>maintenance</body></html>", kind="text/html"),
}
