"""Client of Meituan's technical service platform (api-open-cater): whether a shop's authorisation holds.

All of it is third parties' restatement and unverified: the address, the parameters, the signature (whose vector comes
from a package that is not Meituan's), the success code, and the method that is asked. Meituan's other gateways sign
otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1
from typing import Any, Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.meituan import ADAPTER
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.concatenated import concatenated
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.forms import FORM, FormSigner, blamed, form, json_object, skew
from campaign_app.transport.listing import plain_code
from campaign_app.transport.session import Answer, SignedSession
from campaign_app.transport.typed import typed

SHOP: Final = "/waimai/poi/queryPoiInfo"
VERSION: Final = "2"
# how far a request's time may be off is not known
WINDOW_SECONDS: Final = 300
_SUCCESS: Final = "OP_SUCCESS"


def signature(sign_key: str, params: Mapping[str, str]) -> str:
    """lower(SHA1(signKey + text)), without what is empty."""
    text = concatenated({name: value for name, value in params.items() if value})
    return sha1(f"{sign_key}{text}".encode(), usedforsecurity=False).hexdigest()


def platform_of(parts: Parts) -> MeituanPlatform:
    """Raises SettingsError for what cannot be right; asks nothing yet."""
    names = ("developer_id", "business_id", "sign_key", "app_auth_token")
    developer_id, business_id, sign_key, token = (typed(parts, name) for name in names)

    def public(now: datetime) -> dict[str, str]:
        return {
            "developerId": developer_id,
            "businessId": business_id,
            "timestamp": str(int(now.timestamp())),
            "charset": "utf-8",
            "version": VERSION,
            "appAuthToken": token,
        }

    signer = FormSigner(public, lambda params: signature(sign_key, params))
    http = SignedSession(parts.account.base_url, signer, parts.clock, wait=parts.wait)
    return MeituanPlatform(parts.account, http, parts.clock)


class MeituanPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, http: SignedSession, clock: Clock) -> None:
        super().__init__(account, clock)
        self._http = http

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Asks for the shop: developer, key and the shop's authorisation have to be right. It changes nothing."""
        biz = json.dumps({"ePoiIds": self._account.key_id}, ensure_ascii=False)
        before = self._clock()
        date = self._http.exchange(SHOP, form({"biz": biz}), FORM, self._read, safe_to_repeat=True)
        return ConnectionReport(
            ok=True, issuer_uscc=ADAPTER.issuer, issuer_name=ADAPTER.issuer_name, api_version=VERSION,
            simulated=on_this_machine(self._account.base_url), clock_skew_seconds=skew(date, before), pinned_keys="",
        )  # fmt: skip

    def close(self) -> None:
        self._http.close()

    def _read(self, answer: Answer) -> str:
        """The Date of a good answer. Raises RemoteRefused for every code but success, ContractBroken for none."""
        code: Any = json_object(answer).get("code")
        if not isinstance(code, str) or not code:
            raise ContractBroken
        if code != _SUCCESS:
            refused = RemoteRefused("platform_refused", "Meituan refused the request", number=plain_code(code))
            raise blamed(refused, answer, self._clock(), WINDOW_SECONDS)
        return answer.headers.get("Date", "")
