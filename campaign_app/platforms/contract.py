"""What the Platform Consent API offers by its contract (`resources/openapi/platform-consent-v1.yaml`)."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.platform import Capabilities

CAPABILITIES: Final = Capabilities(
    customers=True,
    consent_lookup=True,
    consent_changes=True,
    opt_out_write=True,
    phones=True,
    signatures=True,
    messages=True,
)
