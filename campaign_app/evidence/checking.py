"""Whether a proof holds. Written apart from `tools/verify_evidence.py`, which it shares no line with: each finds the
mistakes of the other, and tests hold both to the same verdicts.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from campaign_app.domain import chained
from campaign_app.domain.consent import EXPLICIT_METHODS
from campaign_app.domain.errors import SettingsError
from campaign_app.evidence.files import Unreadable, lines_of
from campaign_app.evidence.format import (
    APPROVED,
    CLAIMED,
    EXPORTED,
    FORMAT,
    HASH_SIZE,
    Line,
    Tree,
    approval_hash,
    canonical,
    entry_hash,
    header_hash,
    link_hash,
    new_seal,
    node_hash,
    page_hash,
    record_hash,
    start_hash,
    to_ms,
)
from campaign_app.evidence.verdict import Shown, Verdict
from campaign_app.transport.receipts import MerkleTree, ReceiptRefused, ReceiptVerifier, leaf_hash, unb64u
from campaign_app.transport.wire import ReceiptClaims

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_EXPLICIT: Final = frozenset(method.value for method in EXPLICIT_METHODS)
_CHANNELS: Final = frozenset({"sms", "any"})
_PAGES: Final = frozenset({"receipt", "answer"})
_CHAIN: Final = frozenset({"entry", "hidden", "stamp"})
_TICKS: Final = 2_000  # lines


class _Wrong(Exception):
    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def verify_file(
    file: Path,
    *,
    head: str = "",
    jwks: Path | None = None,
    authority: Path | None = None,
    key: X25519PrivateKey | None = None,
    tick: Callable[[float], object] = lambda _: None,
) -> Verdict:
    """`head`: an earlier head of the same workspace; `jwks`: the issuer's keys from the issuer; `key`: the reader's.

    `authority`: the certificate that time stamps go back to, from whoever believes it.

    `tick` is told how far it is (0 to 1) and may raise to cancel. Raises SettingsError `no_file`, `evidence_jwks`,
    `stamp_ca`.
    """
    with ExitStack() as stack:
        outside = None if jwks is None else _outside(jwks)
        believed = None if authority is None else _believed(authority)
        try:
            opened = stack.enter_context(file.open("rb"))
            size = max(file.stat().st_size, 1)
            return check(
                lines_of(opened, key), head=head, keys=outside, authorities=believed,
                tick=lambda: tick(min(1.0, opened.tell() / size)),
            )  # fmt: skip
        except OSError as error:
            raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error


def check(
    lines: Iterator[str],
    *,
    head: str = "",
    keys: Sequence[Mapping[str, Any]] | None = None,
    authorities: Sequence[Certificate] | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Verdict:
    """The verdict on the lines of a file; `keys` are the issuer's own (JWK)."""
    reader = _Reader(lines, tick)
    try:
        reader.read()
        return _Proof(reader, head.strip(), keys, authorities).verdict()
    except (_Wrong, Unreadable) as wrong:
        return Verdict(wrong.problem, reader.number)
    except ReceiptRefused:
        return Verdict("receipt", reader.number)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return Verdict("not_evidence", reader.number)


def _outside(jwks: Path) -> Sequence[Mapping[str, Any]]:
    try:
        keys = json.loads(jwks.read_text("utf-8"))["keys"]
        ReceiptVerifier({"keys": keys})
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(jwks)) from error
    except (ValueError, TypeError, KeyError, ReceiptRefused) as error:
        raise SettingsError("evidence_jwks", "This is no set of keys", file=jwks.name) from error
    return list(keys)


def _believed(authority: Path) -> Sequence[Certificate]:
    from campaign_app.evidence.stamps import roots_in

    return roots_in(authority)


def _need(condition: object, problem: str) -> None:
    if not condition:
        raise _Wrong(problem)


class _Reader:
    """The lines with one to look ahead at; what was taken is under the seal."""

    def __init__(self, lines: Iterator[str], tick: Callable[[], object]) -> None:
        self._lines, self._tick = lines, tick
        self.number = 0
        self.seal = new_seal()
        self.text = ""
        self.ahead: Line = {"t": ""}

    @property
    def kind(self) -> str:
        kind = self.ahead["t"]
        return kind if isinstance(kind, str) else "?"

    def take(self, kind: str) -> tuple[Line, str]:
        _need(self.kind == kind, "order")
        taken = self.ahead, self.text
        if kind != "end":
            self.seal.update(f"{self.text}\n".encode())
        self.read()
        return taken

    def read(self) -> None:
        """One line on; of the end the kind is ""."""
        text = next(self._lines, None)
        if text is None:
            self.ahead = {"t": ""}
            return
        self.number, self.text, self.ahead = self.number + 1, text, json.loads(text)
        if self.number % _TICKS == 0:
            self._tick()
        _need(canonical(self.ahead) == text and self.ahead["t"] != "", "broken_line")


@dataclass
class _Proof:
    reader: _Reader
    given: str
    keys: Sequence[Mapping[str, Any]] | None
    authorities: Sequence[Certificate] | None = None
    header: Line = field(default_factory=dict)
    record: Line = field(default_factory=dict)
    approval: Line = field(default_factory=dict)
    claimed: tuple[str, int, int] | None = None  # root of the one batch, when, and for which sender
    entry: int = 0
    exported: int = 0
    stamps: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"signed": 0, "unsigned": 0, "withheld": 0})

    def verdict(self) -> Verdict:
        self.header, text = self.reader.take("begin")
        _need(self.header["format"] == FORMAT, "not_evidence")
        self.approval, whole = self.header["approval"], self.header["whole"]
        _need(whole in (True, False) and self.approval["entity"] == self.header["entity"]["uscc"], "not_evidence")
        _need(not whole or approval_hash(self.approval) == self.approval["hash"], "approval")
        count, root = self._people(Tree(), whole=bool(whole))
        number, head = self._chain(header_hash(text), count, root)
        end, _ = self.reader.take("end")
        sealed = {"t": "end", "number": number, "head": head.hex(), "seal": self.reader.seal.hexdigest()}
        _need(end == sealed, "seal")
        _need(self.reader.kind == "", "order")
        platforms = self.header["platforms"]
        return Verdict(
            campaign=self.header["campaign"]["name"],
            entity=self.header["entity"]["name"],
            whole=bool(whole),
            people=count,
            signed=self.counts["signed"],
            unsigned=self.counts["unsigned"],
            withheld=self.counts["withheld"],
            entry=self.entry,
            head=f"{number}:{head.hex()}",
            issuers=tuple(sorted({f"{each['issuer_name']} {each['issuer']}".strip() for each in platforms})),
            simulated=any(each["simulated"] for each in platforms),
            head_compared=bool(self.given),
            head_covers=bool(self.given) and int(self.given.partition(":")[0]) >= (self.entry or self.exported),
            keys_from_issuer=self.keys is not None,
            stamps=tuple(self._stamp(line) for line in self.stamps),
            stamps_verified=bool(self.stamps) and self.authorities is not None,
        )

    def _stamp(self, line: Line) -> Shown:
        at = datetime.fromtimestamp(line["at"] / 1000, UTC)
        shown = Shown(line["head"], at, line["authority"], str(line["ca"]))
        token = b64decode(line["token"], validate=True)
        if self.authorities is not None:
            from campaign_app.evidence.stamps import StampRefused, verified

            try:
                stamp = verified(token, shown.head, None, self.authorities)
            except StampRefused:
                raise _Wrong("stamp") from None
            _need((to_ms(stamp.at), stamp.authority) == (line["at"], shown.authority), "stamp")
            return replace(shown, ca=stamp.ca)  # the one that was found, whatever the file says
        return shown

    def _people(self, tree: Tree, *, whole: bool) -> tuple[int, str]:
        """How many records the whole campaign has, and their root."""
        only = b""
        while self.reader.kind in _PAGES:
            page, _ = self.reader.take(self.reader.kind)
            for only in self._page(page):
                tree.add(only)
        if whole:
            found = tree.root()
        elif self.reader.kind == "batch":
            found = self._batch(tree)
        else:
            path, _ = self.reader.take("path")
            _need(tree.size == 1 and _sided(path["hashes"]), "path")
            found = _climbed(only, path["hashes"])
        told, _ = self.reader.take("people")
        counted = whole or self.claimed is not None
        _need(found.hex() == told["root"] and (not counted or told["count"] == tree.size), "root")
        return told["count"], told["root"]

    def _batch(self, tree: Tree) -> bytes:
        """The one message below the root that the audit was told when its batch was claimed."""
        batch, _ = self.reader.take("batch")
        _need(tree.size == 1, "path")
        number, batch_id, customer, fact = batch["row"]
        record, campaign = self.record, self.header["campaign"]["id"]
        who, text = bytes.fromhex(record["who"]), record["text"]
        _need(who.hex() == record["who"] and _sided(batch["hashes"]), "batch")
        row = number, batch_id, campaign, record["seq"], customer, fact, "confirmed", record["message"], who, text
        (leaf,) = chained.leaves("message", [row])
        path = [(side, bytes.fromhex(each)) for side, each in batch["hashes"]]
        self.claimed = chained.climbed(leaf, path).hex(), record["sent"], record["sender"]
        return tree.root()

    def _page(self, page: Line) -> Iterator[bytes]:
        """The hashes of the records below an answer page."""
        shop = {each["account"]: each for each in self.header["platforms"]}[page["account"]]
        claims = self._claims(page["jws"], shop) if page["t"] == "receipt" else None
        told = canonical({name: page[name] for name in page if name != "t"}) if claims is None else page["jws"]
        named, leaves = page_hash(told), dict[int, bytes]()
        _need(self.reader.kind == "person", "order")
        while self.reader.kind == "person":
            record, text = self.reader.take("person")
            self.record = record
            _need((record["page"], record["sender"]) == (named, shop["account"]), "page")
            leaf = record.get("leaf")
            self.counts["withheld" if leaf is None else "signed" if claims else "unsigned"] += 1
            if claims is not None:
                _need(record["index"] not in leaves, "page")
                leaves[record["index"]] = bytes.fromhex(record["leaf_hash"]) if leaf is None else leaf_hash(leaf)
                if leaf is not None:
                    self._consent(json.loads(leaf), shop)
            yield record_hash(text)
        if claims is not None:
            known = {(level, at): bytes.fromhex(node) for level, at, node in page["nodes"]}
            known |= {(0, at): leaf for at, leaf in leaves.items()}
            _need(_root(known, claims.size, leaves) == unb64u(claims.root), "page")

    def _claims(self, jws: str, shop: Line) -> ReceiptClaims:
        keys = shop["keys"] if self.keys is None else self.keys
        claims = ReceiptVerifier({"keys": keys}).verify(jws)
        ours = shop["issuer"], self.approval["entity"]
        _need((claims.iss, claims.aud) == ours and ours[0] != ours[1], "receipt")
        return claims

    def _consent(self, leaf: Line, shop: Line) -> None:
        """What the platform signed is an explicit consent to this campaign, or the proof proves nothing."""
        _need((leaf["iss"], leaf["aud"]) == (shop["issuer"], self.approval["entity"]), "consent")
        _need(leaf["status"] == "confirmed" and leaf["method"] in _EXPLICIT, "consent")
        _need(leaf["channel"] in _CHANNELS and self.approval["purpose"] in leaf["purposes"], "consent")
        _need(leaf["withdrawn_at"] is None and leaf["simulated"] == shop["simulated"], "consent")

    def _chain(self, header: str, count: int, root: str) -> tuple[int, bytes]:
        number, link = 0, start_hash(self.header["workspace"])
        approved, met = False, not self.given
        _need(self.reader.kind in _CHAIN, "order")
        while self.reader.kind in _CHAIN:
            line, _ = self.reader.take(self.reader.kind)
            if line["t"] == "stamp":
                _need(number and line["head"] == f"{number}:{link.hex()}", "stamp")
                self.stamps.append(line)
                continue
            _need(line["number" if line["t"] == "entry" else "first"] == number + 1, "chain")
            if line["t"] == "entry":
                facts = json.loads(line["facts"])
                _need(facts["campaign"] == self.header["campaign"]["id"], "audit")
                approved |= line["action"] == APPROVED and facts.get("hash") == self.approval["hash"]
                if line["action"] == CLAIMED:
                    told = facts["messages_root"], line["at"], facts["account"]
                    _need(approved and not self.entry and told == self.claimed, "batch")
                    self.entry = number + 1
                if line["action"] == EXPORTED:
                    told = facts["header"], facts["people"], facts["root"]
                    _need(approved and not self.exported and told == (header, count, root), "audit")
                    self.exported = number + 1
            for digest in _digests(line):
                number, link = number + 1, link_hash(number + 1, link, digest)
                met = met or self.given == f"{number}:{link.hex()}"
        _need(met, "head")
        _need(self.exported and approved, "audit")
        _need((self.entry > 0) == (self.claimed is not None), "batch")
        return number, link


def _digests(line: Line) -> list[bytes]:
    if line["t"] == "entry":
        said = line["number"], line["at"], line["action"], line["actor"], line["facts"]
        return [entry_hash(bytes.fromhex(line["salt"]), *said)]
    hashes = bytes.fromhex(line["hashes"])
    _need(hashes and len(hashes) % HASH_SIZE == 0, "chain")
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _sided(path: Sequence[Sequence[str]]) -> bool:
    return all(side in ("left", "right") for side, _ in path)


def _climbed(record: bytes, path: Sequence[Sequence[str]]) -> bytes:
    for side, sibling in path:
        other = bytes.fromhex(sibling)
        record = node_hash(other, record) if side == "left" else node_hash(record, other)
    return record


def _root(known: Mapping[tuple[int, int], bytes], size: int, leaves: Mapping[int, bytes]) -> bytes:
    """The root of an answer page; every leaf of it that is in the proof stands at a place that the page has."""
    _need(all(0 <= at < size for at in leaves), "page")
    widths = [size]
    while widths[-1] > 1:
        widths.append((widths[-1] + 1) >> 1)
    below = [set(leaves)]
    for _ in widths[1:]:
        below.append({at >> 1 for at in below[-1]})

    def value(level: int, at: int) -> bytes:
        if at not in below[level] or level == 0:
            return known[level, at]
        left = value(level - 1, 2 * at)
        if 2 * at + 1 >= widths[level - 1]:
            return left
        return MerkleTree([left, value(level - 1, 2 * at + 1)]).root

    return value(len(widths) - 1, 0)
