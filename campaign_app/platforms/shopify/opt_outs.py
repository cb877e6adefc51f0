"""What came of an opt-out that the platform was told: recorded, refused because of the customer, or to be tried again.

Only what the platform's own list of customers confirms gives one up: that it knows no such customer, or no number of
them. Its words alone do not, for INVALID is said of a clock that runs ahead as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from campaign_app.domain.errors import RemoteRefused
from campaign_app.platforms.leaves import Odd
from campaign_app.platforms.shopify.editions import Edition
from campaign_app.platforms.shopify.graph import Graph, drifted
from campaign_app.platforms.shopify.mapping import consent_of, ref_of

_OF_THE_INPUT: Final = frozenset({"INCLUSION", "INVALID", "MISSING_ARGUMENT"})


def is_recorded(payload: Any, ref: str, edition: Edition) -> bool:
    """The platform shows the customer as unsubscribed, and says that nothing was wrong."""
    if not isinstance(payload, dict) or payload.get("userErrors"):
        return False
    customer = payload.get("customer") or {}
    try:
        return ref_of(customer, edition) == ref and consent_of(customer, edition).state == "UNSUBSCRIBED"
    except Odd:
        return False


def why_not(payload: Any, ref: str, graph: Graph, edition: Edition) -> RemoteRefused:
    """Raises RemoteError where the platform cannot be asked about the customer."""
    code = "opt_out_delayed"
    errors = payload.get("userErrors") if isinstance(payload, dict) else None
    if isinstance(errors, list) and errors and all(_is_of_the_input(error, edition) for error in errors):
        code = _looked_at(ref, graph, edition)
    return RemoteRefused(code, "The platform did not record the opt-out")


def _is_of_the_input(error: Any, edition: Edition) -> bool:
    """Where the platform's errors have no code, any of them may be."""
    return isinstance(error, Mapping) and (not edition.error_codes or error.get("code") in _OF_THE_INPUT)


def _looked_at(ref: str, graph: Graph, edition: Edition) -> str:
    nodes = graph.ask("customer", edition.reachable, {"ids": [edition.gid + ref]}).data.get("nodes")
    if not isinstance(nodes, list):
        raise drifted("nodes")
    if nodes == [None]:
        return "customer_unknown"
    numberless = any(ref_of(node, edition) == ref and edition.phone_of(node) in (None, "") for node in nodes)
    return "customer_without_number" if numberless else "opt_out_delayed"
