"""JD's legacy gateway, simulated: strict on what is published, and as third parties restate it on the rest.

Members are the customers of the first shop. Who withdrew or declined has lapsed (customerStatus 3), who is pending is
not yet a member (2), unless `/sandbox/vendors/jd/members` says otherwise of somebody. Published: parameters and
signature. Restated by third parties: codes, names, fields, the window of 6 minutes. Our choice: how long a scroll
lives, at most `_SCROLLS` of them, code 67 for a parameter that is no good, and the token endpoint's errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import md5
from itertools import count
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.problems import Refused
from campaign_app.sandbox.vendors.signed_forms import (
    Grant,
    Params,
    Troubles,
    flat,
    local_order,
    params_of,
    simulated_word,
)

NAME: Final = "jd"
APP_KEY: Final = "sandbox-jd"
WINDOW: Final = timedelta(minutes=6)
PAGE_MAX: Final = 100
_SCROLLS: Final = 64
_STATUS: Final = {"withdrawn": 3, "declined": 3, "pending": 2}
_WORDS: Final[Mapping[str, str]] = {
    "2": "App Call Limited",
    "5": "Unsupported Version",
    "8": "Invalid Timestamp",
    "12": "Invalid Signature",
    "15": "Invalid Method",
    "19": "Invalid access_token",
    "21": "Invalid App Key",
    "24": "No permission",
    "65": "Timeout",
}


class Membership(BaseModel):
    """What JD calls somebody from now on (customerStatus), whatever they agreed to."""

    model_config = ConfigDict(extra="forbid")
    pin: str
    status: int = Field(ge=1, le=9)


class _Error(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def routes(platform: Platform) -> list[BaseRoute]:
    gateway = _Gateway(platform)
    return [
        Route("/routerjson", gateway.router, methods=["GET", "POST"]),
        Route("/jd/oauth/token", gateway.oauth, methods=["POST"]),
        gateway.troubles.route(NAME),
        Route("/sandbox/vendors/jd/members", gateway.set_member, methods=["POST"]),
    ]


def credentials(config: SandboxConfig) -> Mapping[str, str]:
    grant = Grant(config, NAME)
    return {
        "oauth_url": "{url}/jd",
        "key_id": f"{NAME}-{config.shops[0].code}",
        "app_key": APP_KEY,
        "app_secret": simulated_word(config, "jd secret"),
        "access_token": grant.access,
        "refresh_token": grant.refresh,
    }


class _Gateway:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._shop = platform.config.shops[0]
        self._secret = simulated_word(platform.config, "jd secret")
        self._grant = Grant(platform.config, NAME)
        self.troubles = Troubles(self._grant)
        self._told: dict[int, int] = {}
        self._scrolls: dict[str, tuple[list[int], int]] = {}
        self._numbers = count(1)
        self._methods: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "jingdong.crm.member.scan": self._scan,
            "jingdong.pop.crm.getMemberInVender": self._in_vender,
        }

    async def router(self, request: Request) -> Response:
        params = await params_of(request)
        try:
            method = self._admitted(params)
            found = self._methods[method](_business(params))
        except _Error as error:
            words = _WORDS.get(error.code, "Refused")
            return json_answer({"error_response": {"code": error.code, "zh_desc": words, "en_desc": words}})
        return json_answer({f"{method.replace('.', '_')}_responce": {"code": "0", **found}})

    def _admitted(self, params: Params) -> str:
        method = params.get("method", "")
        text = f"{self._secret}{flat(params)}{self._secret}"
        for code, holds in (
            ("5", params.get("v") == "2.0"),
            ("8", self._in_time(params.get("timestamp", ""))),
            ("21", params.get("app_key") == APP_KEY),
            ("12", params.get("sign") == md5(text.encode(), usedforsecurity=False).hexdigest().upper()),
            ("19", self._grant.admits(params.get("access_token", ""))),
            ("15", method in self._methods),
        ):
            if not holds:
                raise _Error(code)
        if code := self.troubles.next():
            raise _Error(code)
        return method

    def _in_time(self, written: str) -> bool:
        try:
            at = datetime.strptime(written, "%Y-%m-%d %H:%M:%S.%f%z")
        except ValueError:
            return False
        return abs(self._platform.now() - at) <= WINDOW

    # --- methods ---

    def _scan(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        scroll = asked.get("scroll_id")
        if scroll:
            left = self._scrolls.get(scroll)
            if left is None:
                raise _Error("67")
            return self._page(*left, PAGE_MAX)
        size = str(asked.get("page_size", ""))
        if not size.isdigit() or not 1 <= int(size) <= PAGE_MAX:
            raise _Error("67")
        members = self._members()
        return self._page(members, len(members), int(size))

    def _page(self, left: list[int], total: int, size: int) -> Mapping[str, Any]:
        page, rest = left[:size], left[size:]
        scroll = f"scroll-{next(self._numbers)}"
        self._scrolls[scroll] = rest, total
        while len(self._scrolls) > _SCROLLS:
            del self._scrolls[next(iter(self._scrolls))]
        rows = self._platform.population.customers(self._shop, page)
        result = {"total_result": total, "crm_members": [_member(row) for row in rows], "scroll_id": scroll}
        return {"crm_member_scan_result": result}

    def _members(self) -> list[int]:
        everybody = list(range(self._shop.size))
        return [index for index, status in zip(everybody, self._statuses(everybody), strict=True) if status == 1]

    def _statuses(self, indices: Sequence[int]) -> list[int]:
        truths = self._platform.truths.of(self._shop, indices)
        seeded = (_STATUS.get(truth.status, 1) for truth in truths)
        return [self._told.get(index, status) for index, status in zip(indices, seeded, strict=True)]

    async def set_member(self, request: Request) -> Response:
        order = await local_order(request, Membership)
        index = self._platform.population.index_of(self._shop, order.pin)
        if index is None:
            raise Refused(404, "unknown_customer", "not a customer of the shop")
        self._told[index] = order.status
        return json_answer({"changed": True})

    def _in_vender(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        pin = asked.get("customerPin")
        if not isinstance(pin, str) or not pin:
            raise _Error("67")
        index = self._platform.population.index_of(self._shop, pin)
        if index is None:
            return {"getmemberinvender_result": {"customerInfoEs": None}}
        (status,) = self._statuses([index])
        return {"getmemberinvender_result": {"customerInfoEs": {"customerStatus": status}}}

    # --- tokens ---

    async def oauth(self, request: Request) -> Response:
        asked = await params_of(request)
        right = (
            asked.get("grant_type") == "refresh_token"
            and (asked.get("client_id"), asked.get("client_secret")) == (APP_KEY, self._secret)
            and self._grant.renew(asked.get("refresh_token", ""))
        )
        if not right:
            return json_answer({"code": 400, "msg": "refused"})
        fresh = {"access_token": self._grant.access, "refresh_token": self._grant.refresh}
        return json_answer({"code": 0, **fresh, "expires_in": 86_400, "uid": self._shop.code})


def _business(params: Params) -> Mapping[str, Any]:
    try:
        found = json.loads(params.get("360buy_param_json", "{}"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _Error("67")
    return found


def _member(row: Mapping[str, Any]) -> Mapping[str, Any]:
    last = row["last_order_at"]
    at = None if last is None else int(datetime.fromisoformat(last).timestamp() * 1000)
    return {
        "customer_pin": row["ref"],
        "grade": "1",
        "trade_count": row["order_count"],
        "trade_amount": row["spend_cents"] / 100,
        "last_trade_time": at,
    }
