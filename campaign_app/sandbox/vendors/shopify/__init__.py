"""Shopify's Admin GraphQL over the simulated people: cursors, costs and throttling, bulk operations and their files.

Every query is validated against Shopify's own published schema where `CAMPAIGN_APP_SHOPIFY_SCHEMAS` names the folder
that holds it (`tools/shopify_schemas.py` fetches it); else answers say that they were not validated. graphql-core reads
the queries: without it there is no simulated Shopify. Shopify's requests carry a token and no signature, time or nonce,
so there is nothing of that kind to be strict about; whose token it is, and whether it is over, it is strict about.
Every shop answers under an address of its own, `/shopify/<domain>`; the plain paths answer whoever's token it is.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from starlette.routing import BaseRoute

from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform

NAME: Final = "shopify"
OFFERED: Final = find_spec("graphql") is not None


def routes(platform: Platform) -> list[BaseRoute]:
    if not OFFERED:
        return []
    from campaign_app.sandbox.vendors.shopify.serving import Serving

    return Serving(platform).routes()


def credentials(config: SandboxConfig) -> dict[str, str]:
    """Of the first shop's app; {} where there is no simulated Shopify."""
    if not OFFERED:
        return {}
    from campaign_app.sandbox.vendors.shopify.granting import app_of
    from campaign_app.sandbox.vendors.shopify.shelf import domain_of

    client_id, secret = app_of(config, config.shops[0])
    address = f"{{url}}/shopify/{domain_of(config.shops[0])}"
    return {"base_url": address, "client_id": client_id, "client_secret": secret}


def lasting_token(config: SandboxConfig) -> str:
    """The first shop's, which SHOPLINE's app has as well; "" where there is no simulated Shopify."""
    if not OFFERED:
        return ""
    from campaign_app.sandbox.vendors.shopify.shelf import token_of

    return token_of(config.seed, config.shops[0])
