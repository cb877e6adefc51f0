"""Writes a proof: the header, every record below the answer page that proves it, the root, the chain, the end."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.ports_evidence import ChainEntry, ClaimedIn, SentMessage, SentWindow, SourceTold
from campaign_app.evidence.format import (
    CLAIMED,
    EXPORTED,
    HIDDEN_AT_ONCE,
    Tree,
    canonical,
    entry_hash,
    header_hash,
    link_hash,
    masked,
    new_seal,
    page_hash,
    record_hash,
    start_hash,
    text_hash,
    to_ms,
)
from campaign_app.evidence.stamping import Stamped
from campaign_app.transport.proofs import missing_nodes
from campaign_app.transport.receipts import leaf_hash

Tick = Callable[[float], object]
Put = Callable[[str], None]
_TICKS: Final = 5_000  # entries
# what an exported chain shows of this campaign; all else is there as a hash
_SHOWN: Final = "campaign."


@dataclass
class Writer:
    """`put` takes text for the file; `seq` is the one person that the proof is of, None for all.

    `batch`: the key of the one batch whose entry is shown.
    """

    put: Put
    tick: Tick
    seq: int | None = None
    batch: str = ""
    _seal: Any = field(default_factory=new_seal)

    def header(self, line: Mapping[str, Any]) -> str:
        text = canonical(line)
        self._line(text)
        return header_hash(text)

    def people(self, windows: Iterable[SentWindow], total: int) -> tuple[int, str]:
        """Everybody, or the one person; how many records there are of all, and their root in hex."""
        tree, held = Tree(), None
        for window in windows:
            for told, messages in _by_source(window):
                held = self._records(told, messages, tree) or held
            self.tick(min(1.0, tree.size / max(total, 1)))
        root = tree.root().hex()
        if held is not None:
            self._one(*held, tree.path())
        self._line(canonical({"t": "people", "count": tree.size, "root": root}))
        return tree.size, root

    def _records(
        self, told: SourceTold, messages: Sequence[SentMessage], tree: Tree
    ) -> tuple[SourceTold, SentMessage, str] | None:
        """Puts the records below one answer page into the tree, and into the file if it is of everybody.

        Of one person, if they are among them: their page, message and record, which is written with its path.
        """
        page, held = _page_hash(told), None
        lines = [(message, canonical(_record(message, told, page))) for message in messages]
        if self.seq is None:
            self._line(canonical(_page(told, lines)))
        for message, line in lines:
            mine = message.seq == self.seq
            if self.seq is None:
                self._line(line)
            elif mine:
                held = told, message, line
            tree.add(record_hash(line), keep=mine)
        return held

    def person(self, window: SentWindow, claimed: ClaimedIn) -> tuple[int, str]:
        """The one message of `window` below the root of its batch: nothing else of the campaign is read.

        The record's own hash stands in the place of a root over all.
        """
        ((told, (message,)),) = _by_source(window)
        line = canonical(_record(message, told, _page_hash(told)))
        self.batch = claimed.batch
        self._below(told, message, line, {"t": "batch", "row": list(claimed.row), "hashes": _hashes(claimed.path)})
        root = record_hash(line).hex()
        self._line(canonical({"t": "people", "count": 1, "root": root}))
        return 1, root

    def _one(self, told: SourceTold, message: SentMessage, line: str, path: Sequence[tuple[str, bytes]]) -> None:
        self._below(told, message, line, {"t": "path", "hashes": _hashes(path)})

    def _below(self, told: SourceTold, message: SentMessage, line: str, path: Mapping[str, Any]) -> None:
        self._line(canonical(_page(told, [(message, line)])))
        self._line(line)
        self._line(canonical(path))

    def chain(
        self,
        entries: Iterable[ChainEntry],
        workspace_id: str,
        campaign_id: int,
        own: str,
        total: int,
        stamps: Sequence[Stamped] = (),
    ) -> tuple[int, bytes]:
        """The chain to its head, which is returned; `own` is the header whose export it tells of.

        Of `stamps` those are put down that were made of the chain once it told of this campaign.
        """
        before, hidden, first, number = start_hash(workspace_id), list[str](), 1, 0
        told, at = False, {number: list(of) for number, of in groupby(stamps, lambda each: each.at_entry)}
        for each in entries:
            number = each.number
            digest = entry_hash(each.salt, number, each.at_ms, each.action, each.actor, each.facts)
            before = link_hash(number, before, digest)
            if _is_shown(each, campaign_id, own, self.batch):
                self._hidden(first, hidden)
                hidden, first = [], number + 1
                self._line(canonical(_shown(each)))
                told = True
            else:
                hidden.append(digest.hex())
            # one over another head is somebody's who made its entry up: it may not keep anybody from their proof
            made = at.get(number, ()) if told else ()
            stamped = [stamp for stamp in made if stamp.head == f"{number}:{before.hex()}"]
            if stamped or len(hidden) == HIDDEN_AT_ONCE:
                self._hidden(first, hidden)
                hidden, first = [], number + 1
            for stamp in stamped:
                self._line(canonical(_stamp(stamp)))
            if number % _TICKS == 0:
                self.tick(min(1.0, number / max(total, 1)))
        self._hidden(first, hidden)
        self.put(canonical({"t": "end", "number": number, "head": before.hex(), "seal": self._seal.hexdigest()}) + "\n")
        return number, before

    def _hidden(self, first: int, digests: list[str]) -> None:
        if digests:
            self._line(canonical({"t": "hidden", "first": first, "hashes": "".join(digests)}))

    def _line(self, text: str) -> None:
        self._seal.update(f"{text}\n".encode())
        self.put(f"{text}\n")


def head_of(entries: Iterable[ChainEntry], workspace_id: str, total: int, tick: Tick) -> tuple[int, bytes]:
    """Number of entries and the head of the chain over them."""
    before, number = start_hash(workspace_id), 0
    for each in entries:
        number = each.number
        before = link_hash(
            number, before, entry_hash(each.salt, number, each.at_ms, each.action, each.actor, each.facts)
        )
        if number % _TICKS == 0:
            tick(min(1.0, number / max(total, 1)))
    return number, before


def _by_source(window: SentWindow) -> Iterator[tuple[SourceTold, list[SentMessage]]]:
    """Messages below the page that proves them; a page of a window is told once."""

    def page(message: SentMessage) -> tuple[int, str, str]:
        told = window.sources.get(message.source)
        if told is None:
            raise WorkspaceError("damaged", "A consent has no source", seq=message.seq)
        return told.account_id, "" if told.receipt is None else told.receipt.jws, told.receipt_id

    ordered = sorted(window.messages, key=lambda each: (page(each), each.leaf_index, each.seq))
    for _, group in groupby(ordered, key=page):
        messages = list(group)
        yield window.sources[messages[0].source], messages


def _page(told: SourceTold, lines: list[tuple[SentMessage, str]]) -> dict[str, Any]:
    if told.receipt is None:
        return {"t": "answer", **_answer(told)}
    try:
        nodes = missing_nodes(told.receipt, _size(told.receipt.jws), {message.leaf_index for message, _ in lines})
    except (ValueError, LookupError, TypeError):
        raise WorkspaceError("damaged", "A stored receipt cannot be read", account=told.account_id) from None
    return {
        "t": "receipt",
        "account": told.account_id,
        "jws": told.receipt.jws,
        "nodes": [[level, at, node.hex()] for level, at, node in nodes],
    }


def _size(jws: str) -> int:
    payload = jws.split(".")[1]
    return int(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["size"])


def _page_hash(told: SourceTold) -> str:
    """Of what its platform signed, or of what it answered."""
    return page_hash(canonical(_answer(told)) if told.receipt is None else told.receipt.jws)


def _answer(told: SourceTold) -> dict[str, Any]:
    """An answer that nobody signed: what was asked of whom."""
    return {
        "account": told.account_id,
        "issuer": told.issuer_uscc,
        "platform": told.platform,
        "version": told.api_version,
        "method": told.api_method,
        "request": told.request_id,
        "page": told.receipt_id,
        "simulated": told.simulated,
    }


def _record(message: SentMessage, told: SourceTold, page: str) -> dict[str, Any]:
    """One recipient. A number in the text is masked; a leaf with one in it is there as its hash only."""
    text, leaf = masked(message.text), message.leaf
    record: dict[str, Any] = {
        "t": "person",
        "seq": message.seq,
        "salt": message.salt.hex(),
        "who": message.who.hex(),
        "sender": message.sender_id,
        "message": message.message_id,
        "text": text,
        "sent": message.claimed_at,
        "outcomes": [list(each) for each in message.outcomes],
        "page": page,
        "index": message.leaf_index,
    }
    if text != message.text:
        record["masked"] = text_hash(message.salt, message.text)
    if masked(leaf) != leaf:
        return {**record, "leaf_hash": leaf_hash(leaf).hex()}
    return (
        {**record, "leaf": leaf} if told.receipt is not None else {**record, "leaf": leaf, "ref": masked(message.ref)}
    )


def is_masked(message: SentMessage) -> bool:
    """Whether the proof has the text with a number in it masked: the hash of the message would give it away."""
    return masked(message.text) != message.text


def _hashes(path: Sequence[tuple[str, bytes]]) -> list[list[str]]:
    return [[side, each.hex()] for side, each in path]


def _is_shown(entry: ChainEntry, campaign_id: int, own: str, batch: str) -> bool:
    if entry.action == CLAIMED:
        return bool(batch) and _facts(entry).get("batch") == batch
    if entry.action == EXPORTED:
        return bool(_facts(entry).get("header") == own)
    return entry.action.startswith(_SHOWN) and bool(_facts(entry).get("campaign") == campaign_id)


def _facts(entry: ChainEntry) -> dict[str, Any]:
    """Empty for what is no object: this program does not write it, and it is about no campaign."""
    try:
        found = json.loads(entry.facts)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(stamp: Stamped) -> dict[str, Any]:
    return {
        "t": "stamp",
        "head": stamp.head,
        "at": to_ms(stamp.at),
        "authority": stamp.authority,
        "ca": stamp.ca,
        "token": b64encode(stamp.token).decode(),
    }


def _shown(entry: ChainEntry) -> dict[str, Any]:
    return {
        "t": "entry",
        "number": entry.number,
        "at": entry.at_ms,
        "action": entry.action,
        "actor": entry.actor,
        "facts": entry.facts,
        "salt": entry.salt.hex(),
    }
