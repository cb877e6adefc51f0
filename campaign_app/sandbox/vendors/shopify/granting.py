"""Tokens of the simulated Shopify: an older app's lasting one, and those that an app of the Dev Dashboard is granted.

Every shop has an app of its own. Refusals are in Shopify's words, as far as they are known (*unverified*).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from campaign_app.sandbox.config import SandboxConfig, Shop
from campaign_app.sandbox.vendors.shopify.shelf import domain_of, token_of
from campaign_app.sandbox.vendors.signed_forms import simulated_word

LIFE: Final = timedelta(hours=24)
WORDS: Final[Mapping[str, str]] = {
    "invalid_request": "Could not process the request.",
    "unsupported_grant_type": "The grant type is not supported.",
    "application_cannot_be_found": "Could not find Shopify API application with api_key.",
    "invalid_client": "The client secret is wrong.",
    "app_not_installed": "The application is not installed on this shop.",
    "shop_not_permitted": "Client credentials cannot be performed on this shop.",
}


def app_of(config: SandboxConfig, shop: Shop) -> tuple[str, str]:
    """Id and secret."""
    client_id, secret = (simulated_word(config, f"shopify {what} {shop.code}") for what in ("app", "secret"))
    return client_id, f"shpss_{secret}"


@dataclass(frozen=True, slots=True)
class Granted:
    status: int
    body: bytes
    kind: str = "application/json"


@dataclass(slots=True)
class Granting:
    """`faults` befall the next requests for a token, one each."""

    config: SandboxConfig
    asked: int = 0
    faults: list[str] = field(default_factory=list)
    _until: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # token → the shop's code, and when it ends

    def grant(self, domain: str, body: bytes, *, page: bool) -> Granted:
        """`page`: refusals come as one for people, for whoever does not ask for JSON."""
        self.asked += 1
        asked = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        shop = next((shop for shop in self.config.shops if domain_of(shop) == domain), None)
        if shop is None:
            return Granted(404, b"<html><title>Create an Ecommerce Website</title></html>", "text/html")
        wrong = self.faults.pop(0) if self.faults else self._wrong(shop, asked)
        if wrong:
            return _refused(wrong, page=page)
        token = f"shpat_{simulated_word(self.config, f'shopify granted {self.asked}')}"
        self._until[token] = shop.code, self.config.clock() + LIFE
        life = int(LIFE.total_seconds()) - 1
        answer = {"access_token": token, "scope": "read_customers,write_customers", "expires_in": life}
        return Granted(200, json.dumps(answer).encode())

    def _wrong(self, shop: Shop, asked: Mapping[str, str]) -> str:
        apps = {app_of(self.config, each): each for each in self.config.shops}
        known = {client_id for client_id, _ in apps}
        given = (asked.get("client_id", ""), asked.get("client_secret", ""))
        if asked.get("grant_type") != "client_credentials":
            return "unsupported_grant_type" if asked.get("grant_type") else "invalid_request"
        if given[0] not in known:
            return "application_cannot_be_found"
        if given not in apps:
            return "invalid_client"
        return "" if apps[given] == shop else "app_not_installed"

    def shop_of(self, token: str) -> str:
        """The code of the shop whose token it is now, "" for nobody's."""
        for shop in self.config.shops:
            if token == token_of(self.config.seed, shop):
                return shop.code
        code, until = self._until.get(token, ("", None))
        return code if until is not None and self.config.clock() < until else ""

    def expire(self) -> None:
        """Ends what was granted; the lasting tokens stay."""
        self._until.clear()


def _refused(word: str, *, page: bool) -> Granted:
    words = WORDS[word]
    if page:
        text = f"<html><title>400 - Oauth error {word}</title><p>Oauth error {word}: {words}</p></html>"
        return Granted(400, text.encode(), "text/html")
    return Granted(400, json.dumps({"error": word, "error_description": words}).encode())
