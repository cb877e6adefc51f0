"""Whether a server keeps the Platform Consent API: what a platform or registry asks of its own before others do."""

from __future__ import annotations

from campaign_app.conformance.checking import Outcome, Result
from campaign_app.conformance.suite import Suite

__all__ = ["Outcome", "Result", "Suite"]
