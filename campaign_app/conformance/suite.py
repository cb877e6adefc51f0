"""Runs the checks one after the other; each one ends in passed, failed or skipped, whatever the server does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import requests

from campaign_app.conformance.asking import Asking
from campaign_app.conformance.checking import WRITES, Check, Failed, Outcome, Result, Skipped
from campaign_app.conformance.identity import IDENTITY
from campaign_app.conformance.listing import LISTING
from campaign_app.conformance.looking import LOOKING
from campaign_app.conformance.probe import Probe
from campaign_app.conformance.refusing import REFUSING
from campaign_app.conformance.signed import SIGNED
from campaign_app.conformance.writing import WRITING
from campaign_app.domain.ports import Clock
from campaign_app.transport.connect import signer_of

ALL: Final[tuple[Check, ...]] = (
    *IDENTITY.all,
    *SIGNED.all,
    *LOOKING.all,
    *LISTING.all,
    *WRITING.all,
    *REFUSING.all,
)


class Suite:
    """`test_ref`: whom the checks that write may opt out and write to; without it they are skipped.

    Raises SettingsError for an address or a key that cannot be right.
    """

    def __init__(
        self,
        url: str,
        key_id: str,
        private_key: str,
        *,
        clock: Clock,
        wait: Callable[[float], object],
        test_ref: str = "",
    ) -> None:
        signer = signer_of(key_id, private_key)
        self._http = requests.Session()
        self._asking = Asking(Probe(url, signer, clock, wait, self._http), test_ref)

    def run(self) -> Iterator[Result]:
        with self._http:
            for check in ALL:
                yield self._result(check)

    def _result(self, check: Check) -> Result:
        if check.kind == WRITES and not self._asking.test_ref:
            return Result(check.id, Outcome.SKIPPED, "--write --test-ref")
        try:
            return Result(check.id, Outcome.PASSED, check.ask(self._asking))
        except Skipped as skipped:
            return Result(check.id, Outcome.SKIPPED, str(skipped))
        except Failed as failed:
            return Result(check.id, Outcome.FAILED, str(failed))
        except (KeyError, TypeError, AttributeError, ValueError) as odd:
            # whatever shape the server made up: the check's own reading of it met something else
            return Result(check.id, Outcome.FAILED, f"an answer of another shape ({type(odd).__name__})")
