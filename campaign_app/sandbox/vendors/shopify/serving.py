"""The routes of the simulated Shopify, and the orders that tests give it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.admin import local, order_of
from campaign_app.sandbox.calls import json_answer, read_body
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.problems import Refused
from campaign_app.sandbox.vendors.shopify import service
from campaign_app.sandbox.vendors.shopify.exports import FATES
from campaign_app.sandbox.vendors.shopify.granting import WORDS
from campaign_app.sandbox.vendors.shopify.shelf import Consent

TOKEN: Final = "X-Shopify-Access-Token"  # noqa: S105 - a header's name


class ConsentOrder(BaseModel):
    """A consent in Shopify's words, whatever they are. `phone`: without one there is no consent."""

    model_config = ConfigDict(extra="forbid")
    shop: str
    ref: str
    state: Any = "SUBSCRIBED"
    level: Any = "CONFIRMED_OPT_IN"
    at: Any = None


class Order(BaseModel):
    """`restore` and `maximum` set a new bucket; `faults` befall the next requests; `fate` the next bulk operation.

    `expire` ends the tokens that were granted; `grants` refuse the next requests for one, in these words.
    """

    model_config = ConfigDict(extra="forbid")
    restore: float | None = Field(None, gt=0)
    maximum: float | None = Field(None, gt=0)
    faults: list[str] = []
    fate: str = ""
    looks: int | None = None
    scopes: list[str] | None = None
    expire: bool = False
    grants: list[str] = []
    consent: ConsentOrder | None = None


class Serving:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._service = service.Service(platform)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/admin/api/{version}/graphql.json", self._shopify, methods=["POST"]),
            Route("/shopify/{domain}/admin/api/{version}/graphql.json", self._shopify, methods=["POST"]),
            Route("/shopify/{domain}/admin/oauth/access_token", self._grant, methods=["POST"]),
            Route("/admin/graph/{version}/graphql.json", self._shopline, methods=["POST"]),
            Route("/sandbox-files/{key}.jsonl", self._file, methods=["GET"]),
            Route("/sandbox/shopify", local(self._show), methods=["GET"]),
            Route("/sandbox/shopify", local(self._change), methods=["POST"]),
        ]

    async def _shopify(self, request: Request) -> Response:
        return await self._asked(request, "shopify", request.headers.get(TOKEN, ""))

    async def _shopline(self, request: Request) -> Response:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return await self._asked(request, "shopline", token if kind == "Bearer" else "")

    async def _asked(self, request: Request, dialect: str, token: str) -> Response:
        origin = f"{request.url.scheme}://{request.url.netloc}"
        body = await read_body(request)
        domain = request.path_params.get("domain", "")
        asked = service.Request(dialect, request.path_params["version"], token, body, origin, domain)
        reply = self._service.respond(asked)
        return Response(reply.body, reply.status, dict(reply.headers), media_type=reply.kind)

    async def _grant(self, request: Request) -> Response:
        page = "json" not in request.headers.get("Accept", "")
        reply = self._service.granting.grant(request.path_params["domain"], await read_body(request), page=page)
        return Response(reply.body, reply.status, media_type=reply.kind)

    async def _file(self, request: Request) -> Response:
        if TOKEN in request.headers or "Authorization" in request.headers:
            self._service.counts.leaks += 1
            raise Refused(400, "token_leaked", "this host is none of the shop's: no token belongs here")
        key = request.path_params["key"]
        for shop in self._service.shops.values():
            operation = shop.exports.by_key(key)
            if operation is None or operation.fate == "gone":
                continue
            if operation.fate == "redirect":
                return RedirectResponse("/sandbox/health")
            return StreamingResponse(shop.exports.lines(operation), media_type="application/jsonl")
        raise Refused(404, "not_found", "no such file, or not any more")

    # --- orders ---

    async def _show(self, _request: Request) -> Response:
        bucket = self._service.bucket
        shops = self._service.shops.values()
        seen = {
            **asdict(self._service.counts),
            "throttled": bucket.throttled,
            "spent": bucket.spent,
            "opt_ins": sum(shop.opt_ins for shop in shops),
            "exports": sum(len(shop.exports.operations) for shop in shops),
            "grants": self._service.granting.asked,
        }
        return json_answer(seen)

    async def _change(self, request: Request) -> Response:
        order = await order_of(request, Order)
        unknown = [name for name in order.faults if name and name not in service.FAULTS]
        unknown += [word for word in order.grants if word not in WORDS]
        if unknown or (order.fate and order.fate not in FATES):
            raise Refused(422, "bad_faults", f"unknown: {unknown or order.fate}")
        if order.restore is not None:
            self._service.limit(order.restore, order.maximum)
        self._service.faults.extend(order.faults)
        self._service.granting.faults.extend(order.grants)
        if order.expire:
            self._service.granting.expire()
        for shop in self._service.shops.values():
            shop.exports.next_fate = order.fate or shop.exports.next_fate
            shop.exports.looks = shop.exports.looks if order.looks is None else order.looks
            shop.scopes = shop.scopes if order.scopes is None else order.scopes
        if order.consent is not None:
            self._set(order.consent)
        return json_answer({"changed": True})

    def _set(self, order: ConsentOrder) -> None:
        for shop in self._service.shops.values():
            index = shop.shelf.index_of(order.ref) if shop.shelf.shop.code == order.shop else None
            if index is not None:
                shop.shelf.overrides[index] = Consent(order.state, order.level, order.at)
                shop.shelf.touch(index, self._platform.now())
                return
        raise Refused(404, "unknown_customer", "no such shop, or not a customer of it")
