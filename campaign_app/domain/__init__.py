"""The words of the field as pure types: standard library only, no I/O, no clock."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from campaign_app.domain.audience import Condition, Filter, Op
    from campaign_app.domain.campaign import Campaign, CampaignState
    from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef, Reason, Suppression
    from campaign_app.domain.customer import Account, Customer, Entity
    from campaign_app.domain.finding import Citation, Finding, Severity, Span
    from campaign_app.domain.phone import Phone
    from campaign_app.domain.signature import Signature

__all__ = [
    "Account",
    "Campaign",
    "CampaignState",
    "Citation",
    "Condition",
    "ConsentFact",
    "ConsentStatus",
    "Customer",
    "CustomerRef",
    "Entity",
    "Filter",
    "Finding",
    "Op",
    "Phone",
    "Reason",
    "Severity",
    "Signature",
    "Span",
    "Suppression",
]
# a name's module is loaded when the name is asked for: a window is on the screen before most of them are needed
_HOMES: Final = {
    "Condition": "audience",
    "Filter": "audience",
    "Op": "audience",
    "Campaign": "campaign",
    "CampaignState": "campaign",
    "ConsentFact": "consent",
    "ConsentStatus": "consent",
    "CustomerRef": "consent",
    "Reason": "consent",
    "Suppression": "consent",
    "Account": "customer",
    "Customer": "customer",
    "Entity": "customer",
    "Citation": "finding",
    "Finding": "finding",
    "Severity": "finding",
    "Span": "finding",
    "Phone": "phone",
    "Signature": "signature",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
