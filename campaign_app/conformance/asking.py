"""What the checks share: the probe, and what the server said of itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from campaign_app.conformance.checking import Failed, Skipped
from campaign_app.conformance.probe import Probe, Seen
from campaign_app.transport.receipts import ReceiptRefused, ReceiptVerifier
from campaign_app.transport.wire import LookupRequest, Meta


@dataclass
class Asking:
    """`test_ref`: a customer whom the checks that write may opt out and write to; "" where there is none."""

    probe: Probe
    test_ref: str = ""
    refusals: dict[str, Seen] = field(default_factory=dict)

    @cached_property
    def stranger(self) -> str:
        """A reference that no shop ever handed out."""
        return f"conformance-{secrets.token_hex(12)}"

    @cached_property
    def meta_answer(self) -> Seen:
        return self.probe.ask("GET", "/v1/meta")

    @cached_property
    def meta(self) -> Meta:
        try:
            return Meta.model_validate_json(self.meta_answer.body, strict=True)
        except (ValidationError, Failed):
            raise Skipped("meta.answer") from None

    def need_meta(self) -> None:
        """Raises Skipped where the server does not say what it is."""
        _ = self.meta

    def offers(self, capability: str) -> None:
        """Raises Skipped where the server says that it does not have this."""
        if not getattr(self.meta.capabilities, capability):
            raise Skipped(f"capabilities.{capability} = false")

    @cached_property
    def keys(self) -> ReceiptVerifier:
        try:
            return ReceiptVerifier(self.probe.ask("GET", "/.well-known/jwks.json", signed=False).json)
        except (ReceiptRefused, Failed):
            raise Skipped("keys.published") from None

    @cached_property
    def refs(self) -> list[str]:
        """Up to 1,000 customers of the shop, as far as it lists any."""
        if not self.meta.capabilities.customers:
            return []
        found: list[str] = []
        cursor = ""
        for _ in range(5):
            page = self.probe.ask("GET", f"/v1/customers?limit=1000&cursor={cursor}")
            if page.status != 200:
                break
            rows = page.json
            found += [row["ref"] for row in rows.get("customers", ()) if isinstance(row.get("ref"), str)]
            cursor = rows.get("next_cursor", "")
            if not rows.get("has_more") or len(found) >= 1_000:
                break
        return list(dict.fromkeys(found))[:1_000]

    def look_up(self, refs: list[str]) -> tuple[Seen, str]:
        nonce = secrets.token_urlsafe(24)
        return self.probe.ask("POST", "/v1/consents/lookup", LookupRequest(refs=refs, nonce=nonce)), nonce

    def refused(self, name: str, seen: Seen, *statuses: int, code: str = "") -> str:
        """What was seen of a request that has to be refused; every refusal is kept for the check of errors."""
        self.refusals[name] = seen
        if seen.status not in statuses:
            raise Failed(f"{seen.said()}, not {' or '.join(map(str, statuses))}")
        if code and seen.code != code:
            raise Failed(f"{seen.said()}, not {code}")
        return seen.said()


def whole(seen: Seen) -> Any:
    """The JSON of a good answer. Raises Failed."""
    if seen.status != 200:
        raise Failed(f"{seen.said()}, not 200")
    if seen.media_type != "application/json":
        raise Failed(f"Content-Type {seen.media_type or 'missing'}, not application/json")
    return seen.json
