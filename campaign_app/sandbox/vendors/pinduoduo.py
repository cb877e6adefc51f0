"""Pinduoduo's gateway, simulated: strict on what is published (parameters, ±10 minutes, signature), then as SDKs say.

Our choice: the code for a parameter that is missing, wrong or out of the window (10001).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import md5
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors import pinduoduo_sms
from campaign_app.sandbox.vendors.pinduoduo_sms import SmsError as _Error
from campaign_app.sandbox.vendors.signed_forms import Grant, Params, Troubles, flat, params_of, simulated_word

NAME: Final = "pinduoduo"
CLIENT_ID: Final = "sandbox-pinduoduo"
WINDOW_SECONDS: Final = 600
_ENVELOPES: Final[Mapping[str, str]] = {
    "pdd.time.get": "time_get_response",
    "pdd.mall.info.get": "mall_info_get_response",
    "pdd.pop.auth.token.refresh": "pop_auth_token_refresh_response",
    **pinduoduo_sms.ENVELOPES,
}
_TOKENLESS: Final = ("pdd.time.get", "pdd.pop.auth.token.refresh")


def routes(platform: Platform) -> list[BaseRoute]:
    gateway = _Gateway(platform)
    router = Route("/api/router", gateway.router, methods=["POST"])
    return [router, gateway.troubles.route(NAME), *gateway.sms.routes()]


def credentials(config: SandboxConfig) -> Mapping[str, str]:
    grant = Grant(config, NAME)
    return {
        "key_id": f"{NAME}-{config.shops[0].code}",
        "client_id": CLIENT_ID,
        "client_secret": simulated_word(config, "pinduoduo secret"),
        "access_token": grant.access,
        "refresh_token": grant.refresh,
        "signatures": "，".join(pinduoduo_sms.SIGNATURES),
        "templates": pinduoduo_sms.typed_templates(),
    }


class _Gateway:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._shop = platform.config.shops[0]
        self._secret = simulated_word(platform.config, "pinduoduo secret")
        self._grant = Grant(platform.config, NAME)
        self.troubles = Troubles(self._grant)
        self.sms = pinduoduo_sms.Sms(platform)
        self._calls: Mapping[str, Callable[[Params], Mapping[str, Any]]] = {
            "pdd.time.get": lambda _: {"time": str(int(self._platform.now().timestamp()))},
            "pdd.mall.info.get": lambda _: {"mall_id": 1, "mall_name": self._shop.name},
            "pdd.pop.auth.token.refresh": self._refresh,
            pinduoduo_sms.SEND: self.sms.send,
            pinduoduo_sms.RECORD: self.sms.record,
        }

    async def router(self, request: Request) -> Response:
        params = await params_of(request)
        request_id = f"p{simulated_word(self._platform.config, flat(params))[:12]}"
        try:
            method = self._admitted(params)
            found = self._calls[method](params)
        except _Error as error:
            words = {"error_msg": "simulated", "sub_code": None, "sub_msg": ""}
            return json_answer({"error_response": {"error_code": error.code, **words, "request_id": request_id}})
        return json_answer({_ENVELOPES[method]: {**found, "request_id": request_id}})

    def _admitted(self, params: Params) -> str:
        method = params.get("type", "")
        text = f"{self._secret}{flat(params)}{self._secret}"
        for code, holds in (
            (10001, params.get("data_type", "JSON") == "JSON" and params.get("client_id") == CLIENT_ID),
            (10001, params.get("version", "V1") == "V1" and method in self._calls),
            (10001, self._in_time(params.get("timestamp", ""))),
            (20004, params.get("sign") == md5(text.encode(), usedforsecurity=False).hexdigest().upper()),
            (10019, method in _TOKENLESS or self._grant.admits(params.get("access_token", ""))),
        ):
            if not holds:
                raise _Error(code)
        if code_ordered := self.troubles.next():
            raise _Error(int(code_ordered))
        return method

    def _in_time(self, written: str) -> bool:
        good = written.isascii() and written.isdigit() and len(written) == 10
        return good and abs(self._platform.now().timestamp() - int(written)) <= WINDOW_SECONDS

    def _refresh(self, params: Params) -> Mapping[str, Any]:
        if not self._grant.renew(params.get("refresh_token", "")):
            raise _Error(10019)
        fresh = {"access_token": self._grant.access, "refresh_token": self._grant.refresh}
        return {**fresh, "expires_in": 86_400, "owner_id": "1", "owner_name": self._shop.name}
