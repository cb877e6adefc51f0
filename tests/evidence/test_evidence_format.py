"""The parts of a proof: its hashes, its tree, and what is hidden in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaign_app.evidence import format as proof
from tests.helpers.proofs import tool

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.integers(1, 200), st.data())
def test_the_path_of_any_record_leads_to_the_root(size: int, data: st.DataObject) -> None:
    kept = data.draw(st.integers(0, size - 1))
    tree = proof.Tree()
    for at in range(size):
        tree.add(proof.record_hash(str(at)), keep=at == kept)
    root, seen = tree.root(), proof.record_hash(str(kept))
    for side, sibling in tree.path():
        seen = proof.node_hash(sibling, seen) if side == "left" else proof.node_hash(seen, sibling)
    assert seen == root
    assert len(tree.path()) <= size.bit_length()


@given(st.binary(min_size=16, max_size=16), st.integers(1, 2**40), st.integers(0, 2**45), WORDS, WORDS, WORDS)
def test_an_entry_is_hashed_as_the_stand_alone_verifier_does(
    salt: bytes, number: int, at: int, action: str, actor: str, facts: str
) -> None:
    said = tool().canonical([number, at, action, actor, facts]).encode()
    assert proof.entry_hash(salt, number, at, action, actor, facts) == tool().digest("entry", salt, said)


def test_every_kind_of_hash_is_of_its_own() -> None:
    same = bytes(32)
    found = [
        proof.start_hash(""), proof.record_hash(""), proof.node_hash(b"", b""), bytes.fromhex(proof.page_hash("")),
        bytes.fromhex(proof.header_hash("")), bytes.fromhex(proof.text_hash(b"", "")), proof.new_seal().digest(),
        proof.link_hash(0, same, same), proof.node_hash(same, same),
    ]  # fmt: skip
    assert len(set(found)) == len(found)


def test_a_number_in_a_text_is_masked_and_other_digits_are_not() -> None:
    assert (
        proof.masked("打13800138000或4008001234，订单202611270001380")
        == "打138****8000或4008001234，订单202611270001380"
    )
    assert [proof.masked(f"{code}13800138000") for code in ("+86", "0086", "86-")] == [
        "+86138****8000",
        "0086138****8000",
        "86-138****8000",
    ]
