"""A page's receipt proves its answers now, and what is kept of it proves them again later."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.consent import Evidence, Receipt
from campaign_app.transport.proofs import Leafed, Verdict, missing_nodes, prove
from campaign_app.transport.receipts import MerkleTree, ReceiptVerifier, b64u, jwk_of, leaf_hash, sign_receipt
from campaign_app.transport.wire import ReceiptClaims
from tests.helpers.receipts import proves

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = ReceiptVerifier({"keys": [jwk_of(KEY.public_key(), "k1")]})


def page(size: int) -> tuple[list[Leafed], str]:
    texts = [f"leaf {at}" for at in range(size)]
    tree = MerkleTree([leaf_hash(text) for text in texts])
    answers = [Leafed(text, at, path) for at, (text, path) in enumerate(zip(texts, tree.paths_b64u(), strict=True))]
    return answers, b64u(tree.root)


def receipt(root: str, size: int, kept: bytes) -> Receipt:
    claims = ReceiptClaims(
        iss="i", aud="e", root=root, size=size, nonce="n" * 16, request_id="q", iat=1, simulated=True
    )
    return Receipt("r", 1, sign_receipt(claims, KEY, "k1"), kept, NOW)


def evidence(answer: Leafed, *, leaf: str = "") -> Evidence:
    return Evidence("i", "p", "1.0", True, "q", "r", leaf or answer.leaf, answer.index)


@st.composite
def some_answers(draw: st.DrawFn) -> tuple[int, list[int]]:
    size = draw(st.integers(1, 70))
    return size, draw(st.lists(st.integers(0, size - 1), min_size=1, unique=True))


@given(some_answers())
def test_whatever_arrives_is_proven_now_and_later_and_nothing_else(case: tuple[int, list[int]]) -> None:
    size, arrived = case
    answers, root = page(size)
    proof = prove([answers[at] for at in arrived], size, root)
    assert set(proof.verdicts) == {Verdict.PROVEN}
    stored = receipt(root, size, proof.kept)
    assert all(proves(stored, evidence(answers[at]), KEYS) for at in arrived)
    assert not any(proves(stored, evidence(answers[at], leaf="another leaf"), KEYS) for at in range(size))


@given(some_answers(), st.data())
def test_some_leaves_and_what_they_lack_rebuild_the_root(case: tuple[int, list[int]], data: st.DataObject) -> None:
    size, arrived = case
    answers, root = page(size)
    stored = receipt(root, size, prove([answers[at] for at in arrived], size, root).kept)
    wanted = data.draw(st.lists(st.sampled_from(arrived), min_size=1, unique=True))
    known = {(level, at): node for level, at, node in missing_nodes(stored, size, wanted)}
    assert not {(0, at) for at in wanted} & set(known)
    known |= {(0, at): leaf_hash(answers[at].leaf) for at in wanted}
    level, width = 0, size
    while width > 1:
        for at in range(0, width, 2):
            if (level, at) in known:
                pair = [known[level, each] for each in (at, at + 1) if each < width]
                known[level + 1, at >> 1] = MerkleTree(pair).root
        level, width = level + 1, (width + 1) >> 1
    assert b64u(known[level, 0]) == root
    if set(wanted) == set(range(size)):
        assert missing_nodes(stored, size, wanted) == []
    for wrong in (-1, size):
        with pytest.raises(ValueError, match="no such leaf"):
            missing_nodes(stored, size, [wrong])


@given(st.integers(1, 40))
def test_a_whole_page_is_kept_as_its_leaf_hashes(size: int) -> None:
    answers, root = page(size)
    assert prove(answers[::-1], size, root).kept == b"".join(leaf_hash(a.leaf) for a in answers)


@given(some_answers(), st.data())
def test_one_false_leaf_leaves_the_others_proven(case: tuple[int, list[int]], data: st.DataObject) -> None:
    size, arrived = case
    answers, root = page(size)
    false = data.draw(st.sampled_from(arrived))
    sent = [Leafed("false", a.index, a.path) if a.index == false else a for a in (answers[at] for at in arrived)]
    proof = prove(sent, size, root)
    assert [v is Verdict.PROVEN for v in proof.verdicts] == [at != false for at in arrived]
    stored = receipt(root, size, proof.kept)
    assert all(proves(stored, evidence(answers[at]), KEYS) for at in arrived if at != false)


@given(st.integers(2, 40), st.binary(max_size=200))
def test_a_damaged_receipt_proves_nothing(size: int, rubbish: bytes) -> None:
    answers, root = page(size)
    assert not proves(receipt(root, size, rubbish), evidence(answers[0]), KEYS)
    kept = prove(answers, size, root).kept
    other = receipt(b64u(bytes(32)), size, kept)
    assert not proves(other, evidence(answers[0]), KEYS)
    torn = Receipt("r", 1, other.jws[:-5], kept, NOW)
    assert not proves(torn, evidence(answers[0]), KEYS)


def test_an_index_out_of_the_tree_is_proven_by_nothing() -> None:
    answers, root = page(5)
    stored = receipt(root, 5, prove(answers, 5, root).kept)
    for index in (-1, 5, 2**40):
        assert prove([Leafed(answers[0].leaf, index, answers[0].path)], 5, root).verdicts == [Verdict.WRONG_INDEX]
        assert not proves(stored, evidence(Leafed(answers[0].leaf, index, ())), KEYS)
