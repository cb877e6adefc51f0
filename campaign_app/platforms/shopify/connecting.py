"""A client from what the workspace keeps of its account."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_app.domain.errors import SettingsError
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.shopify import CAPABILITIES, NEWEST, editions
from campaign_app.platforms.shopify.address import require_own_address, shop_of
from campaign_app.platforms.shopify.client import ShopifyPlatform
from campaign_app.platforms.shopify.grant import grant_of
from campaign_app.platforms.shopify.graph import Graph
from campaign_app.platforms.shopify.pace import Pace
from campaign_app.transport.download import Download
from campaign_app.transport.session import Limits, SignedSession

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.adapters import BaseAdapter

    from campaign_app.platforms.shopify.export import Lines


class TokenSigner:
    """Names the token in a header; nothing else of the request is protected by it but its encryption."""

    def __init__(self, name: str, value: Callable[[], str]) -> None:
        self._name, self._value = name, value

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:  # noqa: ARG002 - the session's
        request.headers[self._name] = self._value()


def shopify_of(
    parts: Parts,
    *,
    adapter: BaseAdapter | None = None,
    lines: Lines | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> ShopifyPlatform:
    """Raises SettingsError for a token, an address or a version that cannot be right."""
    edition = editions.shopify(parts.account.options.get("api_version") or NEWEST)
    if edition is None:
        raise SettingsError("schema_drift", "This version of the platform's interface is not known here")
    require_own_address(parts.account, "myshopify.com", shop_of(parts.account).removesuffix(".myshopify.com"))
    grant = grant_of(parts)
    token = token_of(parts) if grant is None else ""
    http = session_of(parts, "X-Shopify-Access-Token", lambda: grant.access if grant else token, adapter)
    graph = Graph(http, edition, Pace(monotonic), wait=parts.wait, grant=grant)
    near = on_this_machine(parts.account.base_url)
    found = lines or Download(parts.clock, near=near).lines
    return ShopifyPlatform(parts.account, graph, edition, parts.clock, capabilities=CAPABILITIES, lines=found)


def session_of(parts: Parts, header: str, value: Callable[[], str], adapter: BaseAdapter | None) -> SignedSession:
    """Tries nothing again itself: `Graph` knows better how long to wait."""
    limits, signer = Limits(attempts=1), TokenSigner(header, value)
    return SignedSession(parts.account.base_url, signer, parts.clock, limits=limits, wait=parts.wait, adapter=adapter)


def token_of(parts: Parts) -> str:
    token = parts.credentials.get("access_token", "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise SettingsError("bad_credentials", "The account's credentials cannot be read: connect it again")
    return token
