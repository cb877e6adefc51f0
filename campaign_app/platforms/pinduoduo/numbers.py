"""Whether a number is one that Pinduoduo lends to an order: such a number is blocked, whoever owns the phone behind it.

Whoever wants to send to a number of a Pinduoduo order asks here first, and is told "virtual" unless Pinduoduo says in
plain words that it is not. The answer's fields are those of SDKs, unverified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from campaign_app.domain.phone import Phone
from campaign_app.platforms.pinduoduo.gateway import VIRTUAL


class Gateway(Protocol):
    def ask(self, method: str, params: Mapping[str, str]) -> Mapping[str, Any]: ...


def is_virtual(gateway: Gateway, order_sn: str, phone: Phone) -> bool:
    """Raises RemoteError where Pinduoduo does not answer: then nothing is known and nothing may be sent."""
    result = gateway.ask(VIRTUAL, {"order_sn": order_sn, "virtual_number": phone.digits}).get("result")
    if not isinstance(result, dict) or result.get("error_code") != 0:
        return True
    return not (result.get("virtual") is False and result.get("match") is False)
