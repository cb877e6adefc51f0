"""The client: one POST of references, one CSV of answers. Whatever it does not understand confirms nobody."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.ports import ConnectionReport, ConsentAnswers
from campaign_app.platforms.native import Said, unknown
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.session import Answer, SignedSession

if TYPE_CHECKING:
    from campaign_app.domain.platform import Capabilities
    from campaign_app.platforms.adapter import Parts

VERSION = "1"
COLUMNS = ["ref", "status", "method", "obtained_at"]
BATCH = 500
STATUSES = {"yes": ConsentStatus.CONFIRMED, "no": ConsentStatus.DECLINED, "stopped": ConsentStatus.WITHDRAWN}
METHODS = {"switch": ConsentMethod.EXPLICIT_TOGGLE, "double": ConsentMethod.DOUBLE_OPT_IN}


class BearerToken:
    """A `transport.session.Signer`: the last that sees a request before it leaves."""

    def __init__(self, token: str) -> None:
        self._token = token

    def sign(self, request: Any, *, now: datetime, nonce: str) -> None:
        request.headers["Authorization"] = f"Bearer {self._token}"


class CsvRegistry:
    """Implements `domain.ports.PlatformClient`. The session limits time and size, repeats what may be repeated,
    follows nobody, and turns every trouble into RemoteUnavailable or RemoteRefused.
    """

    def __init__(self, parts: Parts, capabilities: Capabilities, issuer_name: str) -> None:
        self._account, self._clock = parts.account, parts.clock
        self._capabilities, self._issuer_name = capabilities, issuer_name
        signer = BearerToken(parts.credentials["token"])
        self._http = SignedSession(parts.account.base_url, signer, parts.clock, wait=parts.wait)

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def check_connection(self) -> ConnectionReport:
        self._look_up([])
        account = self._account
        return ConnectionReport(
            ok=True, issuer_uscc="csv-registry.example", issuer_name=self._issuer_name, api_version=VERSION,
            simulated=account.simulated, clock_skew_seconds=0.0, pinned_keys="", entity_uscc=account.entity_uscc,
        )  # fmt: skip

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """One fact per reference, whatever happens."""
        facts: dict[CustomerRef, ConsentFact] = {}
        asked = []
        for ref in dict.fromkeys(refs):
            good = ref.account_id == self._account.id and ref.ref.isascii() and ref.ref.isalnum()
            facts.update({} if good else unknown([ref], "bad_ref", self._clock()))
            asked += [ref] if good else []
        for first in range(0, len(asked), BATCH):
            batch = asked[first : first + BATCH]
            rows, said = self._look_up([ref.ref for ref in batch])
            facts.update({ref: self._fact(ref, rows.get(ref.ref), said) for ref in batch})
        return ConsentAnswers(facts, ())

    def _look_up(self, refs: Sequence[str]) -> tuple[Mapping[str, Mapping[str, str]], Said]:
        def read(answer: Answer) -> tuple[Mapping[str, Mapping[str, str]], Said]:
            if answer.headers.get("X-Registry-Version") != VERSION:
                raise RemoteRefused("schema_drift", "The registry speaks another version")
            request_id, now = answer.headers.get("X-Request-Id", ""), self._clock()
            said = Said.of(self._account, VERSION, request_id, answer.body, now, api_method="POST /lookup")
            return rows_of(answer.body), said

        return self._http.exchange("/lookup", "\n".join(refs).encode(), "text/csv", read, safe_to_repeat=True)

    def _fact(self, ref: CustomerRef, row: Mapping[str, str] | None, said: Said) -> ConsentFact:
        if row is None:
            return ConsentFact.unknown(ref, note="missing", observed_at=said.observed_at)
        status, obtained_at = STATUSES.get(row["status"]), moment(row["obtained_at"])
        if status is None or (status is ConsentStatus.CONFIRMED and obtained_at is None):
            return ConsentFact.unknown(ref, note="unknown_word", observed_at=said.observed_at)
        return ConsentFact(
            ref=ref,
            status=status,
            observed_at=said.observed_at,
            method=METHODS.get(row["method"], ConsentMethod.UNKNOWN),
            channel=Channel.SMS,
            purposes=frozenset(self._capabilities.purposes),
            entity_uscc=self._account.entity_uscc,
            obtained_at=obtained_at,
            checked_at=said.observed_at,
            evidence=said.evidence(row),
        )

    def customers(self, cursor: str, updated_since: datetime | None) -> NoReturn:
        raise RemoteRefused("not_offered", "The registry lists no customers")

    def consent_changes(self, cursor: str) -> NoReturn:
        raise RemoteRefused("not_offered", "The registry lists no changes")

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> NoReturn:
        raise RemoteRefused("not_offered", "The registry takes no opt-outs")

    def signatures(self) -> NoReturn:
        raise RemoteRefused("not_offered", "The registry knows no signatures")

    def close(self) -> None:
        self._http.close()


def rows_of(body: bytes) -> Mapping[str, Mapping[str, str]]:
    """By reference. Raises ContractBroken for anything but a whole file: its last line is `#end` and how many rows."""
    try:
        header, *rows, end = list(csv.reader(body.decode().splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise ContractBroken from None
    if header != COLUMNS or end != ["#end", str(len(rows))] or any(len(row) != len(COLUMNS) for row in rows):
        raise ContractBroken
    found = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}
    if len(found) != len(rows):
        raise ContractBroken  # two answers for one person are none
    return found


def moment(written: str) -> datetime | None:
    """A time with its zone, or None."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None
