"""Which answers of a page its receipt proves, and what has to be kept to prove each of them again years later.

A whole page is proven by rebuilding its tree, and kept as its leaf hashes. A page with holes is proven answer by answer
through their paths, and kept as the nodes that its tree needs: `Receipt.leaf_hashes` then has an odd length, one byte
and 38 bytes for each node (level 2, index 4, hash 32), where a whole page has 32 bytes for each leaf.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from struct import Struct
from typing import Final

from campaign_app.domain.consent import Receipt
from campaign_app.transport.receipts import (
    HASH_SIZE,
    MerkleTree,
    leaf_hash,
    unb64u,
    verify_inclusion,
)

_NODE: Final = Struct(f">HI{HASH_SIZE}s")
_SPARSE: Final = b"\x01"
_Nodes = dict[tuple[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Leafed:
    """One answer as it came: its leaf, where it should stand, and the path that should prove it."""

    leaf: str
    index: int
    path: Sequence[str]


class Verdict(StrEnum):
    """What a receipt says of one answer."""

    PROVEN = "proven"
    WRONG_INDEX = "wrong_index"  # no leaf can stand there
    WRONG_PATH = "wrong_path"  # the path is none, or not that of its place
    NOT_IN_RECEIPT = "not_in_receipt"


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict per answer, and what `Receipt.leaf_hashes` has to keep."""

    verdicts: Sequence[Verdict]
    kept: bytes


def prove(answers: Sequence[Leafed], size: int, root: str) -> Proof:
    """What a verified receipt of `size` leaves under `root` proves of these answers. Raises ValueError for no root."""
    wanted = unb64u(root)
    hashes = [leaf_hash(a.leaf) for a in answers]
    return _whole(answers, hashes, size, wanted) or _holed(answers, hashes, size, wanted)


def missing_nodes(receipt: Receipt, size: int, leaves: Collection[int]) -> list[tuple[int, int, bytes]]:
    """(level, index, hash) of what these leaves lack to rebuild the root of the page; nothing where they are all of it.

    `size` is how many leaves the page has. Raises ValueError or KeyError where the receipt was not kept for them.
    """
    nodes, widths = _unpacked(receipt.leaf_hashes), _widths(size)
    if any(not 0 <= leaf < size for leaf in leaves):
        raise ValueError("no such leaf")
    known, found = set(leaves), []
    for level, width in enumerate(widths[:-1]):
        lacking = {at ^ 1 for at in known if at ^ 1 < width} - known
        found += [(level, at, _value(nodes, level, at, widths)) for at in sorted(lacking)]
        known = {at >> 1 for at in known}
    return found


def _widths(size: int) -> list[int]:
    """How many nodes each level has, from the leaves up."""
    widths = [size]
    while widths[-1] > 1:
        widths.append((widths[-1] + 1) >> 1)
    return widths


def _whole(answers: Sequence[Leafed], hashes: Sequence[bytes], size: int, root: bytes) -> Proof | None:
    """For a page whose answers are all its leaves: one tree proves them all."""
    by_index: dict[int, bytes] = {}
    for answer, one in zip(answers, hashes, strict=True):
        by_index.setdefault(answer.index, one)
    if len(by_index) != size or min(by_index, default=-1) != 0 or max(by_index) != size - 1:
        return None
    leaves = [by_index[index] for index in range(size)]
    tree = MerkleTree(leaves)
    if tree.root != root:
        return None
    paths = tree.paths_b64u()
    verdicts = [
        Verdict.NOT_IN_RECEIPT
        if leaves[answer.index] != one
        else Verdict.PROVEN
        if paths[answer.index] == answer.path
        else Verdict.WRONG_PATH
        for answer, one in zip(answers, hashes, strict=True)
    ]
    return Proof(verdicts, b"".join(leaves))


def _holed(answers: Sequence[Leafed], hashes: Sequence[bytes], size: int, root: bytes) -> Proof:
    nodes: _Nodes = {}
    inner: set[tuple[int, int]] = set()
    known = _Hashes()
    verdicts = []
    for answer, one in zip(answers, hashes, strict=True):
        path = _decoded(answer.path, known)
        verdict = _verdict(one, answer.index, size, path, root)
        verdicts.append(verdict)
        if verdict is Verdict.PROVEN and path is not None:
            nodes[0, answer.index] = one
            inner.update(_above(answer.index, size))
            nodes.update(zip(_siblings(answer.index, size), path, strict=True))
    kept = {at: node for at, node in nodes.items() if at not in inner}
    return Proof(verdicts, _SPARSE + b"".join(_NODE.pack(*at, node) for at, node in sorted(kept.items())))


def _verdict(leaf: bytes, index: int, size: int, path: list[bytes] | None, root: bytes) -> Verdict:
    if not 0 <= index < size:
        return Verdict.WRONG_INDEX
    if path is None or len(path) != len(_siblings(index, size)):
        return Verdict.WRONG_PATH
    proven = verify_inclusion(leaf, index, size, path, root)
    return Verdict.PROVEN if proven else Verdict.NOT_IN_RECEIPT


class _Hashes(dict[str, bytes]):
    """Decoded once: the paths of a page have most of their nodes in common. Raises ValueError for what is no hash."""

    def __missing__(self, text: str) -> bytes:
        node = unb64u(text)
        if len(node) != HASH_SIZE:
            raise ValueError("not a hash")
        self[text] = node
        return node


def _decoded(path: Sequence[str], known: _Hashes) -> list[bytes] | None:
    try:
        return [known[text] for text in path]
    except ValueError:
        return None


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """Where the nodes of a path stand; a last node without a sibling moves up as it is."""
    found, level = [], 0
    while size > 1:
        if index ^ 1 < size:
            found.append((level, index ^ 1))
        index, size, level = index >> 1, (size + 1) >> 1, level + 1
    return found


def _above(index: int, size: int) -> list[tuple[int, int]]:
    """The inner nodes that follow from a leaf and its path."""
    found, level = [], 0
    while size > 1:
        index, size, level = index >> 1, (size + 1) >> 1, level + 1
        found.append((level, index))
    return found


def _unpacked(kept: bytes) -> _Nodes:
    if len(kept) % 2 == 0:
        return {(0, at // HASH_SIZE): kept[at : at + HASH_SIZE] for at in range(0, len(kept), HASH_SIZE)}
    body = memoryview(kept)[1:]
    if len(body) % _NODE.size:
        raise ValueError("the receipt's nodes are cut")
    return {(level, index): node for level, index, node in _NODE.iter_unpack(body)}


def _value(nodes: Mapping[tuple[int, int], bytes], level: int, index: int, widths: Sequence[int]) -> bytes:
    kept = nodes.get((level, index))
    if kept is not None:
        return kept
    if level == 0:
        raise KeyError(index)
    left = _value(nodes, level - 1, 2 * index, widths)
    if 2 * index + 1 >= widths[level - 1]:
        return left
    return MerkleTree([left, _value(nodes, level - 1, 2 * index + 1, widths)]).root
