"""Whether an account can be worked with: its token, what the token may do, whose shop it is, whose clock is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from campaign_app.domain.customer import Account
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.shopify.address import shop_of
from campaign_app.platforms.shopify.editions import Edition
from campaign_app.platforms.shopify.graph import Answered, Graph, drifted
from campaign_app.platforms.shopify.listing import sheet_of
from campaign_app.transport.forms import skew
from campaign_app.transport.listing import plain_text
from campaign_app.transport.wire import CREATED_WINDOW_SECONDS

SCOPES: Final = ("read_customers", "write_customers")
_ISSUERS: Final[Mapping[str, tuple[str, str]]] = {
    "shopify": ("shopify.com", "Shopify"),
    "shopline": ("shopline.com", "SHOPLINE"),
}


def check_connection(account: Account, graph: Graph, edition: Edition, clock: Clock) -> ConnectionReport:
    """Raises RemoteError where the platform does not answer, or not in its pinned version."""
    before = clock()
    answered = graph.ask("shop", edition.check, {})
    behind = skew(answered.date, before + (clock() - before) / 2)
    if edition.platform == "shopify":
        shop, missing = _shop(answered), _missing(answered)
    else:
        sheet_of(answered)  # that it answers is all that says that customers may be read
        shop, missing = {}, ""
    problem = missing or _problem(account, shop, behind)
    issuer, issuer_name = _ISSUERS[edition.platform]
    return ConnectionReport(
        ok=not problem,
        issuer_uscc=issuer,
        issuer_name=issuer_name,
        api_version=edition.version,
        simulated=on_this_machine(account.base_url),
        clock_skew_seconds=behind,
        pinned_keys="",
        problem=problem,
        shop=plain_text(shop.get("name"), 200),
        unverified=() if edition.platform == "shopify" else SCOPES[1:],
    )


def _problem(account: Account, shop: Mapping[str, Any], behind: float) -> str:
    domain = shop.get("myshopifyDomain")
    if domain is not None and domain != shop_of(account):
        return "other_shop"
    return "clock_skew" if abs(behind) > CREATED_WINDOW_SECONDS else ""


def _shop(answered: Answered) -> Mapping[str, Any]:
    shop = answered.data.get("shop")
    if not isinstance(shop, dict) or not isinstance(shop.get("myshopifyDomain"), str):
        raise drifted("shop")
    return shop


def _missing(answered: Answered) -> str:
    installed = answered.data.get("currentAppInstallation")
    scopes = installed.get("accessScopes") if isinstance(installed, dict) else None
    if not isinstance(scopes, list):
        raise drifted("accessScopes")
    granted = {str(scope.get("handle")) for scope in scopes if isinstance(scope, dict)}
    return next((f"missing_{scope}" for scope in SCOPES if scope not in granted), "")
