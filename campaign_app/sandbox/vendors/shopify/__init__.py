"""Shopify's Admin GraphQL over the simulated people: cursors, costs and throttling, bulk operations and their files.

Every query is validated against Shopify's own published schema where `CAMPAIGN_APP_SHOPIFY_SCHEMAS` names the folder
that holds it (`tools/shopify_schemas.py` fetches it); else answers say that they were not validated. graphql-core reads
the queries: without it there is no simulated Shopify. Shopify's requests carry a token and no signature, time or nonce,
so there is nothing of that kind to be strict about.
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
    """Of the first shop; {} where there is no simulated Shopify."""
    if not OFFERED:
        return {}
    from campaign_app.sandbox.vendors.shopify.shelf import domain_of, token_of

    shop = config.shops[0]
    return {"key_id": domain_of(shop), "access_token": token_of(config.seed, shop)}
