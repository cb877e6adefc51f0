"""The words of the field as pure types: standard library only, no I/O, no clock."""

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
