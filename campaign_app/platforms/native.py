"""Facts from a platform's own interface: no receipt proves them, the platform's raw words are kept instead.

Fail-closed (the rules of `docs/adapters.md`): whatever is missing, new, undated or half is UNKNOWN with a note.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from campaign_app.domain.consent import ConsentFact, CustomerRef, Evidence
from campaign_app.domain.customer import Account


class NativeNote(StrEnum):
    """What a platform without consents says of somebody: nothing, or why they are not to be reached."""

    NO_CONSENT_API = "no_consent_api"  # it offers no look-up of consents: nothing for, nothing against
    BLACKLISTED = "blacklisted"
    NOT_A_MEMBER = "not_a_member"
    REFUSED = "refused"  # the look-up of this one person


@dataclass(frozen=True, slots=True)
class Said:
    """One answer page of a platform: what was asked, its own id of the request, and a hash over the whole page."""

    account: Account
    api_version: str
    request_id: str
    page_sha256: str
    observed_at: datetime
    api_method: str

    @classmethod
    def of(
        cls,
        account: Account,
        api_version: str,
        request_id: str,
        page: bytes,
        observed_at: datetime,
        *,
        api_method: str,
    ) -> Said:
        return cls(account, api_version, request_id, sha256(page).hexdigest(), observed_at, api_method)

    def evidence(self, raw: Mapping[str, Any]) -> Evidence:
        """`raw`: what the platform said of one customer, word for word, without name and number."""
        said = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return Evidence(
            issuer_uscc=self.account.issuer_uscc,
            platform=self.account.platform,
            api_version=self.api_version,
            simulated=self.account.simulated,
            request_id=self.request_id,
            receipt_id=f"sha256:{self.page_sha256}",
            leaf=said.encode(errors="replace").decode(),  # half a character of JSON can be stored nowhere
            leaf_index=0,
            api_method=self.api_method,
        )


def unknown(refs: Sequence[CustomerRef], note: str, observed_at: datetime) -> dict[CustomerRef, ConsentFact]:
    """Nothing is known of anybody, and why."""
    return {ref: ConsentFact.unknown(ref, note=note, observed_at=observed_at) for ref in refs}
