"""Shops of Shopify and SHOPLINE are asked at their own address, and what SHOPLINE says against somebody stands."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.platforms import client_for
from campaign_app.platforms.native import Said

NOW = datetime(2026, 11, 10, tzinfo=UTC)
SHOP = Account(
    1, "shopline", "店", "https://anning.myshopline.com", "91330100MA0000001X", "shopline.com", "SHOPLINE", "anning",
    simulated=False, pinned_keys="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("base_url", "key_id"),
    [
        ("https://consents.example", "anning"),
        ("https://anning.myshopline.com.evil.example", "anning"),
        ("https://Anning.myshopline.com", "anning"),
        ("https://anning.myshopline.com:8443", "anning"),
        ("https://other.myshopline.com", "anning"),
        ("https://[::1", "anning"),
        ("", "anning"),
    ],
)
@pytest.mark.parametrize("platform", ["shopify", "shopline"])
def test_another_server_is_never_taken_for_the_platforms(base_url: str, key_id: str, platform: str) -> None:
    domain = f"my{platform}.com"
    account = Account(
        1, platform, "店", base_url.replace("myshopline.com", domain), "91330100MA0000001X", f"{platform}.com",
        platform, f"{key_id}.{domain}" if platform == "shopify" else key_id, simulated=False, pinned_keys="",
    )  # fmt: skip
    for address, fits in ((account.base_url, False), (f"https://{key_id}.{domain}", True)):
        asked = replace(account, base_url=address)
        with nullcontext() if fits else pytest.raises(SettingsError, match="address"):
            client_for(asked, '{"access_token": "t"}', lambda: NOW)


@pytest.mark.parametrize(
    ("said", "status", "note"),
    [
        ({"marketingState": "SUBSCRIBED"}, ConsentStatus.UNKNOWN, "no_consent_api"),
        ({"marketingState": "NOT_SUBSCRIBED"}, ConsentStatus.UNKNOWN, "no_consent_api"),
        (None, ConsentStatus.UNKNOWN, "no_consent_api"),
        ({"marketingState": "PENDING"}, ConsentStatus.PENDING, ""),
        ({"marketingState": "REDACTED"}, ConsentStatus.UNKNOWN, "redacted"),
        ({"marketingState": "MAYBE"}, ConsentStatus.UNKNOWN, "unknown_word"),
        ({"marketingState": 7}, ConsentStatus.UNKNOWN, "broken_row"),
        ({"marketingState": "UNSUBSCRIBED"}, ConsentStatus.WITHDRAWN, ""),
        ({"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": "yesterday"}, ConsentStatus.WITHDRAWN, ""),
        ({"marketingState": "SUBSCRIBED", "consentUpdatedAt": "yesterday"}, ConsentStatus.UNKNOWN, "broken_date"),
    ],
)
def test_only_what_says_nothing_is_silence(said: dict[str, Any] | None, status: ConsentStatus, note: str) -> None:
    client: Any = client_for(SHOP, '{"access_token": "t"}', lambda: NOW)
    whole = None if said is None else {"consentUpdatedAt": None, "consentCollectedFrom": None, **said}
    node = {"id": "gid://shopline/Customer/1", "smsMarketingConsent": whole}
    fact = client._fact(
        CustomerRef(1, "1"), [node], Said.of(SHOP, "v20251201", "r", b"{}", NOW, api_method="POST /customers")
    )
    assert (fact.status, fact.note) == (status, note)
