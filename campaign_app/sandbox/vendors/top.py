"""Taobao Open Platform, simulated: strict on signature, time, session and rate, over the sandbox's own people.

Replays are let through: TOP has no nonce, and the same question twice in one second has the same signature. The ids of
members are those of the Platform Consent API, so that the two can be asked about the same people.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.admin import local, order_of
from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.config import SandboxConfig, Shop
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.problems import Refused
from campaign_app.sandbox.vendors.top_members import Member, Members, page_of
from campaign_app.sandbox.vendors.top_sms import SEND, SIGNATURES, Sms, later_codes
from campaign_app.sandbox.vendors.top_state import Limits, Sessions, secret_of
from campaign_app.sandbox.vendors.top_wire import Asked, TopError, answer, asked, require_signed

NAME: Final = "top"
APP_KEY: Final = "23000001"
BASIC_PAGES: Final = 80
SEARCH_PAGES: Final = 1_000
INCREMENT_PAGES: Final = 100_000_000


def credentials(config: SandboxConfig) -> dict[str, str]:
    shop = config.shops[0]
    return {
        "key_id": shop.name,
        "app_key": APP_KEY,
        "app_secret": secret_of(config, "app"),
        "session": secret_of(config, f"session {shop.code} 0"),
        "refresh_token": secret_of(config, f"refresh {shop.code} 0"),
        "signatures": "，".join(SIGNATURES),
        "templates": later_codes(),
    }


def routes(platform: Platform) -> list[BaseRoute]:
    top = Top(platform)
    return [
        Route("/router/rest", top.call, methods=["GET", "POST"]),
        Route("/token", top.token, methods=["POST"]),
        Route("/sandbox/top", local(top.show), methods=["GET"]),
        Route("/sandbox/top", local(top.change), methods=["POST"]),
        *top.sms.routes(),
    ]


class MemberOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shop: str
    ref: str
    status: str = "normal"
    grade: int = 1
    bound: int = 2


class Failure(BaseModel):
    """An error that the next call is answered with."""

    model_config = ConfigDict(extra="forbid")

    code: int
    msg: str = "Remote service error"
    sub_code: str = ""
    sub_msg: str = ""


class Order(BaseModel):
    """`lift` ends every limit. `day_quota`: so many calls more. `denied`: methods that the app has no permission for.

    `expire` ends the sessions that are in use, `revoke` the refresh tokens too.
    """

    model_config = ConfigDict(extra="forbid")

    lift: bool = False
    per_second: int | None = Field(None, ge=1)
    ban_seconds: int | None = Field(None, ge=1)
    day_quota: int | None = Field(None, ge=0)
    denied: list[str] | None = None
    fail: list[Failure] = []
    expire: bool = False
    revoke: bool = False
    member: MemberOrder | None = None


Handler = Callable[[Shop, Asked], Mapping[str, Any]]


class Top:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._members = Members(platform)
        self._sessions = Sessions(platform.config)
        self._app = APP_KEY, secret_of(platform.config, "app")
        self._limits = Limits()
        self._failures: deque[Failure] = deque()
        self.sms = Sms(platform)
        self._denied: frozenset[str] = frozenset()
        self._handlers: Mapping[str, Handler] = {
            "taobao.crm.members.get.privy": self._list("basic_member", BASIC_PAGES),
            "taobao.crm.members.search.privy": self._list("crm_member", SEARCH_PAGES),
            "taobao.crm.members.increment.get.privy": self._increment,
            "taobao.crm.member.identity.get.privy": self._identity,
            "taobao.jst.sms.signname.query": lambda _, found: self.sms.signature(found),
            "taobao.jst.sms.template.query": lambda _, found: self.sms.template(found),
            SEND: lambda _, found: self.sms.send(found),
        }

    async def call(self, request: Request) -> Response:
        params: Mapping[str, str] = {}
        try:
            found = await asked(request)
            params = found.params
            return self._answered(found)
        except TopError as error:
            return answer("error_response", {**error.fields, "request_id": uuid4().hex}, params)

    def _answered(self, found: Asked) -> Response:
        now = self._platform.now()
        require_signed(found.params, self._app, now)
        self._limits.take(now)
        handler = self._handlers.get(found.method)
        if handler is None:
            raise TopError(22, "Invalid Method")
        shop = self._sessions.shop_of(found.params.get("session", ""))
        if found.method in self._denied:
            raise TopError(11, "Insufficient ISV permissions")
        if self._failures:
            failure = self._failures.popleft()
            raise TopError(failure.code, failure.msg, failure.sub_code, failure.sub_msg)
        name = found.method.removeprefix("taobao.").replace(".", "_") + "_response"
        return answer(name, {**handler(shop, found), "request_id": uuid4().hex}, found.params)

    def _list(self, element: str, most: int) -> Handler:
        def handler(shop: Shop, found: Asked) -> Mapping[str, Any]:
            members = self._members
            rows, total = page_of(found, most, members.found(shop, found), lambda some: members.rows(shop, some))
            return {"members": {element: rows}, "total_result": total}

        return handler

    def _increment(self, shop: Shop, found: Asked) -> Mapping[str, Any]:
        members, now = self._members, int(self._platform.now().timestamp())
        first, last = found.moment("start_modify"), found.moment("end_modify")
        chosen = members.modified(shop, first or 0, now if last is None else last)
        rows, total = page_of(found, INCREMENT_PAGES, chosen, lambda some: members.rows(shop, some))
        return {"members": {"basic_member": rows}, "total_result": total}

    def _identity(self, shop: Shop, found: Asked) -> Mapping[str, Any]:
        index = self._platform.population.index_of(shop, found.params.get("ouid", ""))
        member = None if index is None else self._members.of(shop, index)
        if member is None or not member.bound:
            return {"result": {"code": "0", "msg": "", "total": 0}}
        info = {"grade": member.grade, "bind_status": member.bound, "gmt_create": "2020-01-01 00:00:00"}
        return {"result": {"code": "0", "msg": "", "total": 1, "member_info": info}}

    # --- the token endpoint ---

    async def token(self, request: Request) -> Response:
        try:
            form = (await asked(request)).params
        except TopError:
            form = {}
        known = (form.get("client_id"), form.get("client_secret")) == self._app
        refresh = form.get("grant_type") == "refresh_token"
        granted = self._sessions.refresh(form.get("refresh_token", "")) if known and refresh else None
        if granted is None:
            return json_answer({"error": "invalid_grant", "error_description": "refresh token is invalid"}, 400)
        return json_answer(granted)

    # --- what only a sandbox has ---

    async def show(self, _request: Request) -> Response:
        limits = self._limits
        return json_answer({"calls": limits.calls, "bans": limits.bans, "refreshed": self._sessions.refreshed})

    async def change(self, request: Request) -> Response:
        order = await order_of(request, Order)
        if order.lift:
            self._limits.lift()
        for name in ("per_second", "ban_seconds", "day_quota"):
            if (value := getattr(order, name)) is not None:
                setattr(self._limits, name, value)
        self._failures += order.fail
        self._denied = self._denied if order.denied is None else frozenset(order.denied)
        if order.expire or order.revoke:
            self._sessions.end(refresh_tokens=order.revoke)
        if order.member is not None:
            self._set_member(order.member)
        return json_answer({"changed": True})

    def _set_member(self, order: MemberOrder) -> None:
        for shop in self._platform.config.shops:
            index = self._platform.population.index_of(shop, order.ref) if shop.code == order.shop else None
            if index is not None:
                self._members.change(shop, index, Member(order.status, order.grade, order.bound))
                return
        raise Refused(404, "not_found", "no such shop, or not a customer of it")
