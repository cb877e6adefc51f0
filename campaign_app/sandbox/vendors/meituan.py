"""Meituan's technical service gateway, simulated after third parties' restatements, all of it unverified.

Our choice: a window of ±10 minutes, the one method, and error codes, which begin with SIM_ since no real one is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha1
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.signed_forms import Grant, Params, Troubles, flat, params_of, simulated_word

NAME: Final = "meituan"
DEVELOPER: Final = "100000"
WINDOW_SECONDS: Final = 600
_NEEDED: Final = ("businessId", "timestamp", "charset", "version", "biz", "appAuthToken", "sign")


def routes(platform: Platform) -> list[BaseRoute]:
    gateway = _Gateway(platform)
    return [Route("/waimai/poi/queryPoiInfo", gateway.shop, methods=["POST"]), gateway.troubles.route(NAME)]


def credentials(config: SandboxConfig) -> Mapping[str, str]:
    return {
        "key_id": shop_id(config),
        "developer_id": DEVELOPER,
        "business_id": "2",
        "sign_key": simulated_word(config, "meituan key"),
        "app_auth_token": Grant(config, NAME).access,
    }


def shop_id(config: SandboxConfig) -> str:
    """The first shop's ePoiId."""
    return f"{NAME}-{config.shops[0].code}"


class _Gateway:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._shop = platform.config.shops[0]
        self._key = simulated_word(platform.config, "meituan key")
        self._grant = Grant(platform.config, NAME)
        self.troubles = Troubles(self._grant)

    async def shop(self, request: Request) -> Response:
        params = await params_of(request)
        code = self._refusal(params) or self.troubles.next()
        if code:
            return json_answer({"code": code, "msg": "simulated", "traceId": "0"})
        return json_answer(
            {"code": "OP_SUCCESS", "data": [{"ePoiId": shop_id(self._platform.config), "name": self._shop.name}]}
        )

    def _refusal(self, params: Params) -> str:
        kept = {name: value for name, value in params.items() if value}
        text = f"{self._key}{flat(kept)}"
        for code, holds in (
            ("SIM_MISSING", all(kept.get(name) for name in _NEEDED)),
            ("SIM_DEVELOPER", (kept.get("developerId"), kept.get("version")) == (DEVELOPER, "2")),
            ("SIM_TIME", self._in_time(kept.get("timestamp", ""))),
            ("SIM_SIGN", kept.get("sign") == sha1(text.encode(), usedforsecurity=False).hexdigest()),
            ("SIM_TOKEN", self._grant.admits(kept.get("appAuthToken", ""))),
            ("SIM_SHOP", _shop_of(kept.get("biz", "")) == shop_id(self._platform.config)),
        ):
            if not holds:
                return code
        return ""

    def _in_time(self, written: str) -> bool:
        good = written.isascii() and written.isdigit() and len(written) == 10
        return good and abs(self._platform.now().timestamp() - int(written)) <= WINDOW_SECONDS


def _shop_of(biz: str) -> Any:
    try:
        found = json.loads(biz)
    except ValueError:
        return None
    return found.get("ePoiIds") if isinstance(found, dict) else None
