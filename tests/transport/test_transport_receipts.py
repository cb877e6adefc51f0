"""Receipts: the Merkle tree of RFC 9162 and the one signature that counts."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from campaign_app.transport.receipts import (
    MerkleTree,
    ReceiptRefused,
    ReceiptVerifier,
    b64u,
    jwk_of,
    leaf_hash,
    leaf_text,
    sign_receipt,
    unb64u,
    verify_inclusion,
)
from campaign_app.transport.wire import Leaf, ReceiptClaims

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
JWKS = {"keys": [jwk_of(KEY.public_key(), "k1")]}
CLAIMS = ReceiptClaims(
    iss="91330100MA0000002X",
    aud="91330100MA0000001X",
    root=b64u(bytes(32)),
    size=3,
    nonce="n" * 16,
    request_id="r1",
    iat=1_793_502_000,
    simulated=True,
)

# the inputs and roots of the reference tests of Certificate Transparency (RFC 6962, kept by RFC 9162)
REFERENCE_LEAVES = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashed(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(f"leaf {i}") for i in range(size)]


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + recursive_root(leaves[:k]) + recursive_root(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_roots_come_out(size: int) -> None:
    assert MerkleTree([hashed(d) for d in REFERENCE_LEAVES[:size]]).root.hex() == REFERENCE_ROOTS[size - 1]


@given(st.integers(1, 200))
def test_the_root_is_the_recursive_one_of_the_standard(size: int) -> None:
    assert MerkleTree(hashes(size)).root == recursive_root(hashes(size))


@given(st.data(), st.integers(1, 200))
def test_every_leaf_is_proven_by_its_path(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes(size)
    assert verify_inclusion(leaves[index], index, size, MerkleTree(leaves).path(index), MerkleTree(leaves).root)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 1_000])
def test_all_paths_at_once_are_the_single_ones(size: int) -> None:
    tree = MerkleTree(hashes(size))
    assert tree.paths_b64u() == [[b64u(node) for node in tree.path(i)] for i in range(size)]


@given(st.data(), st.integers(1, 200))
def test_no_flipped_bit_is_proven(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes(size)
    parts = [leaves[index], MerkleTree(leaves).root, *MerkleTree(leaves).path(index)]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    spoilt = bytearray(parts[which])
    spoilt[bit // 8] ^= 1 << (bit % 8)
    parts[which] = bytes(spoilt)
    assert not verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.data(), st.integers(2, 200))
def test_a_path_proves_its_own_place_only(data: st.DataObject, size: int) -> None:
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    leaves = hashes(size)
    path = MerkleTree(leaves).path(index)
    assert not verify_inclusion(leaves[index], other, size, path, MerkleTree(leaves).root)
    assert not verify_inclusion(leaves[other], index, size, path, MerkleTree(leaves).root)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (4, 3)])
def test_a_place_outside_the_tree_is_never_proven(index: int, size: int) -> None:
    leaves = hashes(3)
    assert not verify_inclusion(leaves[0], index, size, MerkleTree(leaves).path(0), MerkleTree(leaves).root)


@pytest.mark.parametrize("spoil", [lambda p: p[:-1], lambda p: [*p, bytes(32)], lambda p: p[1:-1]])
def test_a_path_of_another_length_proves_nothing(spoil: object) -> None:
    leaves = hashes(7)
    path = spoil(MerkleTree(leaves).path(2))
    assert not verify_inclusion(leaves[2], 2, 7, path, MerkleTree(leaves).root)


def test_a_tree_has_leaves_and_places() -> None:
    with pytest.raises(ValueError, match="at least one"):
        MerkleTree([])
    for index in (-1, 3):
        with pytest.raises(IndexError):
            MerkleTree(hashes(3)).path(index)


def test_a_leaf_is_canonical_json_with_times_in_zulu() -> None:
    shanghai = timezone(timedelta(hours=8))
    leaf = Leaf(
        iss="i",
        aud="a",
        ref="客/1",
        channel="sms",
        purposes=["retail"],
        status="confirmed",
        method="double_opt_in",
        obtained_at=datetime(2026, 6, 18, 11, 20, tzinfo=shanghai),
        expires_at=None,
        withdrawn_at=None,
        max_per_month=4,
        checked_at=datetime(2026, 11, 1, 3, 0, 0, 120, tzinfo=UTC),
        simulated=True,
    )
    assert leaf_text(leaf) == (
        '{"aud":"a","channel":"sms","checked_at":"2026-11-01T03:00:00.000120Z","expires_at":null,"iss":"i",'
        '"max_per_month":4,"method":"double_opt_in","obtained_at":"2026-06-18T03:20:00Z","purposes":["retail"],'
        '"ref":"客/1","simulated":true,"status":"confirmed","withdrawn_at":null}'
    )
    assert Leaf.model_validate_json(leaf_text(leaf)) == leaf


@given(st.binary(max_size=70))
def test_base64url_without_padding_goes_both_ways(data: bytes) -> None:
    assert unb64u(b64u(data)) == data


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "+/", "客", "A A", "AAAA\n"])
def test_other_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        unb64u(text)


def test_a_receipt_comes_back_as_signed() -> None:
    receipt = sign_receipt(CLAIMS, KEY, "k1")
    header = json.loads(unb64u(receipt.split(".")[0]))
    assert header == {"alg": "Ed25519", "kid": "k1", "typ": "consent-receipt+jwt"}
    assert ReceiptVerifier(JWKS).verify(receipt) == CLAIMS
    assert ReceiptVerifier(json.dumps(JWKS)).verify(receipt) == CLAIMS


def jws_of(header: dict[str, str], payload: str, key: object) -> str:
    return jws.serialize_compact(header, payload, key, algorithms=[header["alg"]])


PAYLOAD = CLAIMS.model_dump_json()
GOOD = {"alg": "Ed25519", "kid": "k1", "typ": "consent-receipt+jwt"}


def private_jwk() -> OKPKey:
    return OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": JWKS["keys"][0]["x"], "d": b64u(KEY.private_bytes_raw())}
    )


def test_a_receipt_of_another_type_is_refused() -> None:
    for header in ({**GOOD, "typ": "JWT"}, {"alg": "Ed25519", "kid": "k1"}):
        assert refusal(jws_of(header, PAYLOAD, private_jwk())) == "bad_receipt"


def test_another_algorithm_is_refused_even_with_the_right_key() -> None:
    symmetric = OctKey.import_key(KEY.public_key().public_bytes_raw())
    assert refusal(jws_of({**GOOD, "alg": "HS256"}, PAYLOAD, symmetric)) == "bad_receipt"
    unsigned = b64u(json.dumps({**GOOD, "alg": "none"}).encode()) + "." + b64u(PAYLOAD.encode()) + "."
    assert refusal(unsigned) == "bad_receipt"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_the_deprecated_name_of_the_algorithm_is_refused() -> None:
    assert refusal(jws_of({**GOOD, "alg": "EdDSA"}, PAYLOAD, private_jwk())) == "bad_receipt"


def test_a_key_that_is_not_pinned_is_named_as_such() -> None:
    assert refusal(sign_receipt(CLAIMS, KEY, "k2")) == "unknown_key"
    assert refusal(jws_of({"alg": "Ed25519"}, PAYLOAD, private_jwk())) == "unknown_key"


def test_a_signature_of_another_key_is_refused() -> None:
    assert refusal(sign_receipt(CLAIMS, Ed25519PrivateKey.generate(), "k1")) == "bad_receipt"


@pytest.mark.parametrize("payload", ["", "{}", "[]", "x", PAYLOAD.replace("true", '"true"'), PAYLOAD[:-1]])
def test_a_signed_payload_that_is_no_receipt_is_refused(payload: str) -> None:
    assert refusal(jws_of(GOOD, payload, private_jwk())) == "bad_receipt"


@given(st.data())
def test_no_changed_character_survives(data: st.DataObject) -> None:
    receipt = sign_receipt(CLAIMS, KEY, "k1")
    at = data.draw(st.integers(0, len(receipt) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=0x2FFF).filter(lambda c: c != receipt[at]))
    assert refusal(receipt[:at] + other + receipt[at + 1 :]) in {"bad_receipt", "unknown_key"}


@given(st.text(max_size=80))
def test_no_text_at_all_is_a_receipt(text: str) -> None:
    assert refusal(text) in {"bad_receipt", "unknown_key"}


@pytest.mark.parametrize(
    "keys", ["", "{", "[]", "{}", '{"keys":[]}', '{"keys":[{"kty":"oct","k":"AA","kid":"k1"}]}', 7]
)
def test_a_key_set_without_our_kind_of_key_is_refused(keys: object) -> None:
    with pytest.raises(ReceiptRefused) as caught:
        ReceiptVerifier(keys)
    assert caught.value.code == "bad_keys"


def test_during_a_rotation_both_keys_count() -> None:
    new = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    both = ReceiptVerifier({"keys": [*JWKS["keys"], jwk_of(new.public_key(), "k2")]})
    assert both.verify(sign_receipt(CLAIMS, KEY, "k1")) == both.verify(sign_receipt(CLAIMS, new, "k2")) == CLAIMS
    with pytest.raises(ReceiptRefused):
        both.verify(sign_receipt(CLAIMS, new, "k1"))


def refusal(receipt: str) -> str:
    with pytest.raises(ReceiptRefused) as caught:
        ReceiptVerifier(JWKS).verify(receipt)
    return caught.value.code
