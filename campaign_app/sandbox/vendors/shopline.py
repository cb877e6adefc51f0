"""SHOPLINE's Admin GraphQL, which the simulated Shopify answers as well: its routes are there, its token is the same.

Its documents show no opt-in level; what a query does not ask for does not come. Its throttling is *unverified*.
"""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors import shopify

NAME: Final = "shopline"


def routes(_platform: Platform) -> list[BaseRoute]:
    """None of its own: both dialects change the same shop."""
    return []


def credentials(config: SandboxConfig) -> dict[str, str]:
    token = shopify.lasting_token(config)
    return {"key_id": f"sandbox-shopline-{config.shops[0].code.lower()}", "access_token": token} if token else {}
