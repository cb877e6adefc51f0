"""Who may be reached: the gate, its seal and its limits."""

from campaign_app.consent.gate import Ask, Decision, Person, Refusal, decide, judge
from campaign_app.consent.policy import Policy
from campaign_app.consent.recipient import ConfirmedRecipient, Outgoing

__all__ = ["Ask", "ConfirmedRecipient", "Decision", "Outgoing", "Person", "Policy", "Refusal", "decide", "judge"]
