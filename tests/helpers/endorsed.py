"""A platform that says nothing of anybody, and the endpoint beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import ConsentAnswers
from campaign_app.platforms.endorsed import EndorsedPlatform
from campaign_app.platforms.native import NativeNote, unknown
from tests.fakes.remotes import FakeClock, FakePlatform

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
VETOES = Capabilities(customers=True, vetoes=True, signatures=True)
REFS = [CustomerRef(7, f"c{n}") for n in range(6)]


@dataclass
class Native(FakePlatform):
    """A platform that says nothing of anybody but for `vetoes`, ref → what is otherwise in the fact."""

    vetoes: dict[str, dict[str, Any]] = field(default_factory=dict)
    offers: Capabilities = VETOES

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        self._maybe_fail()
        self.asked += [ref.ref for ref in refs]
        silent = unknown(refs, NativeNote.NO_CONSENT_API, self.clock())
        return ConsentAnswers({r: replace(f, **self.vetoes.get(r.ref, {})) for r, f in silent.items()}, ())


def pair(
    truth: dict[str, dict[str, Any]] | None = None, vetoes: dict[str, dict[str, Any]] | None = None, **facts: Any
) -> tuple[EndorsedPlatform, Native, FakePlatform]:
    clock = FakeClock(NOW)
    native = Native(7, clock, vetoes=vetoes or {})
    endpoint = FakePlatform(7, clock, truth=truth or {})
    return EndorsedPlatform(native, endpoint, clock, facts.get("simulated", (True, True))), native, endpoint
