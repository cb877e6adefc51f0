"""What an answer page of consents/lookup proves: one fact per ref that was asked, and none that was not.

The receipt is judged first (who, for whom, in answer to what), then each answer's place in it, then its leaf. Whatever
does not hold leaves the ref UNKNOWN with a note that says why; nothing in here raises because of an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from campaign_app.domain.consent import ConsentFact, CustomerRef, Evidence, Receipt
from campaign_app.domain.customer import Account
from campaign_app.domain.ports import ConsentAnswers
from campaign_app.platforms.leaves import Note, Odd, fact_of, read_leaf
from campaign_app.platforms.local import on_this_machine
from campaign_app.transport.proofs import Leafed, Verdict, prove
from campaign_app.transport.receipts import ReceiptRefused, ReceiptVerifier
from campaign_app.transport.wire import API_VERSION, ReceiptClaims, Wire

PAGE_SIZE_MAX: Final = 10_000
API_METHOD: Final = "POST /v1/consents/lookup"
_RECEIPT_MAX: Final = 16_384
_DOUBTS: Final = {
    Verdict.WRONG_INDEX: Note.WRONG_INDEX,
    Verdict.WRONG_PATH: Note.WRONG_PATH,
    Verdict.NOT_IN_RECEIPT: Note.NOT_IN_RECEIPT,
}


class LookupAnswers(Wire):
    """A `wire.LookupPage` whose answers are looked at one by one, so that a broken one spoils no other."""

    request_id: str
    answers: list[Any]
    receipt: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One look-up; `refs` hold no ref twice."""

    refs: Sequence[CustomerRef]
    nonce: str
    observed_at: datetime


def unknown(refs: Sequence[CustomerRef], note: Note, observed_at: datetime) -> ConsentAnswers:
    """Nothing is known of anybody."""
    facts = {ref: ConsentFact.unknown(ref, note=note.value, observed_at=observed_at) for ref in refs}
    return ConsentAnswers(facts, ())


class AnswerReader:
    """Reads the answer pages of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        # whoever owns this machine could sign here what they like: it never counts as real
        self._local = on_this_machine(account.base_url)
        try:
            self._keys: ReceiptVerifier | None = ReceiptVerifier(account.pinned_keys)
        except ReceiptRefused:
            self._keys = None

    def read(self, page: LookupAnswers, asked: Asked) -> ConsentAnswers:
        """Total: one fact for every ref that was asked."""
        try:
            claims = self._claims(page, asked.nonce)
            return _Reading(self._account, page, asked, claims).answers()
        except Odd as odd:
            return unknown(asked.refs, odd.note, asked.observed_at)

    def _claims(self, page: LookupAnswers, nonce: str) -> ReceiptClaims:
        claims = self._verified(page.receipt)
        account = self._account
        for note, holds in (
            (Note.SELF_ISSUED, claims.iss == account.entity_uscc),
            (Note.OTHER_ISSUER, claims.iss != account.issuer_uscc),
            (Note.OTHER_ENTITY, claims.aud != account.entity_uscc),
            (Note.REPLAYED, claims.nonce != nonce),
            (Note.OTHER_REQUEST, claims.request_id != page.request_id),
            (Note.SIMULATION, claims.simulated is not account.simulated),
            (Note.SIMULATION, self._local and not claims.simulated),
            (Note.UNPROVEN, not 0 < claims.size <= PAGE_SIZE_MAX),
        ):
            if holds:
                raise Odd(note)
        return claims

    def _verified(self, receipt: str) -> ReceiptClaims:
        if self._keys is None or len(receipt) > _RECEIPT_MAX:
            raise Odd(Note.UNPROVEN)
        try:
            return self._keys.verify(receipt)
        except ReceiptRefused as refused:
            raise Odd(Note.UNPINNED_KEY if refused.code == "unknown_key" else Note.UNPROVEN) from None


class _Reading:
    """One page whose receipt is sound. Raises Odd where not even its root can be read."""

    def __init__(self, account: Account, page: LookupAnswers, asked: Asked, claims: ReceiptClaims) -> None:
        self._account, self._asked, self._page = account, asked, page
        self._receipt_id = sha256(page.receipt.encode()).hexdigest()
        self._broken: set[str] = set()
        rows = [row for answer in page.answers if (row := self._row(answer)) is not None]
        try:
            proof = prove([leafed for _, leafed in rows], claims.size, claims.root)
        except ValueError:
            raise Odd(Note.UNPROVEN) from None
        self._kept = proof.kept
        self._found: defaultdict[str, list[tuple[Leafed, Verdict]]] = defaultdict(list)
        for (ref, leafed), verdict in zip(rows, proof.verdicts, strict=True):
            self._found[ref].append((leafed, verdict))

    def _row(self, answer: object) -> tuple[str, Leafed] | None:
        """An answer of the right shape, or None; then its ref, if it has one, is remembered."""
        if not isinstance(answer, dict):
            return None
        ref, leaf, index, path = answer.get("ref"), answer.get("leaf"), answer.get("index"), answer.get("path")
        if type(ref) is not str:
            return None
        if type(leaf) is str and type(index) is int and type(path) is list and set(map(type, path)) <= {str}:
            return ref, Leafed(leaf, index, path)
        self._broken.add(ref)
        return None

    def answers(self) -> ConsentAnswers:
        facts = {ref: self._fact(ref) for ref in self._asked.refs}
        if not any(fact.evidence for fact in facts.values()):
            return ConsentAnswers(facts, ())
        receipt = Receipt(self._receipt_id, self._account.id, self._page.receipt, self._kept, self._asked.observed_at)
        return ConsentAnswers(facts, (receipt,))

    def _fact(self, ref: CustomerRef) -> ConsentFact:
        try:
            leafed = self._proven(ref.ref)
            leaf = read_leaf(leafed.leaf)
            self._check(leaf, ref.ref)
            return fact_of(leaf, ref, self._evidence(leafed), self._asked.observed_at)
        except Odd as odd:
            return ConsentFact.unknown(ref, note=odd.note.value, observed_at=self._asked.observed_at)

    def _proven(self, ref: str) -> Leafed:
        """The one leaf that is proven for a ref. The same leaf twice is a repetition, two leaves are none."""
        found = self._found.get(ref)
        if ref in self._broken:
            raise Odd(Note.BROKEN_ROW)
        if found is None:
            raise Odd(Note.MISSING)
        if len(found) > 1 and len({leafed.leaf for leafed, _ in found}) > 1:
            raise Odd(Note.CONTRADICTORY)
        for leafed, verdict in found:
            if verdict is Verdict.PROVEN:
                return leafed
        raise Odd(_DOUBTS[found[0][1]])

    def _check(self, leaf: Any, ref: str) -> None:
        """A leaf for another entity is a fact like any other: the gate calls it wrong_entity."""
        if leaf["ref"] != ref:
            raise Odd(Note.OTHER_REF)
        if leaf["iss"] != self._account.issuer_uscc:
            raise Odd(Note.OTHER_ISSUER)
        if leaf["simulated"] is not self._account.simulated:
            raise Odd(Note.SIMULATION)

    def _evidence(self, leafed: Leafed) -> Evidence:
        return Evidence(
            issuer_uscc=self._account.issuer_uscc,
            platform=self._account.platform,
            api_version=API_VERSION,
            simulated=self._account.simulated,
            request_id=self._page.request_id,
            receipt_id=self._receipt_id,
            leaf=leafed.leaf,
            leaf_index=leafed.index,
            api_method=API_METHOD,
        )
