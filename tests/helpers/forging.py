"""What somebody might do to a proof: at random, and with everything made to fit again that needs no secret."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.domain import chained
from campaign_app.evidence import format as proof
from campaign_app.transport.receipts import ReceiptVerifier, b64u, sign_receipt, unb64u

Texts = list[str]


def edited(texts: Texts, chance: random.Random) -> Texts:
    at = chance.randrange(len(texts))
    where = chance.randrange(len(texts[at]))
    other = chance.choice([letter for letter in '0a7f"}{,:x一' if letter != texts[at][where]])
    return [*texts[:at], texts[at][:where] + other + texts[at][where + 1 :], *texts[at + 1 :]]


def revalued(texts: Texts, chance: random.Random) -> Texts:
    """A line that is sound in itself with another value somewhere."""
    at = chance.randrange(len(texts))
    line = json.loads(texts[at])
    name = chance.choice(sorted(line))
    value = line[name]
    line[name] = value + 1 if type(value) is int else f"{value}0" if isinstance(value, str) else None
    return [*texts[:at], proof.canonical(line), *texts[at + 1 :]]


def deleted(texts: Texts, chance: random.Random) -> Texts:
    at = chance.randrange(len(texts))
    return texts[:at] + texts[at + 1 :]


def inserted(texts: Texts, chance: random.Random) -> Texts:
    at = chance.randrange(len(texts) + 1)
    return [*texts[:at], chance.choice(texts), *texts[at:]]


def swapped(texts: Texts, chance: random.Random) -> Texts:
    one, other = chance.sample(range(len(texts)), 2)
    moved = list(texts)
    moved[one], moved[other] = moved[other], moved[one]
    return moved


def cut(texts: Texts, chance: random.Random) -> Texts:
    return texts[: chance.randrange(len(texts))]


def dropped_person(texts: Texts, chance: random.Random) -> Texts:
    return refitted(_without(texts, chance, "person"))


def changed_person(texts: Texts, chance: random.Random) -> Texts:
    """Another text, outcome or time for somebody, and all hashes made anew."""
    at, line = _one(texts, chance, "person")
    line[chance.choice(["text", "message", "who"])] += "00"
    return refitted([*texts[:at], proof.canonical(line), *texts[at + 1 :]])


def changed_leaf(texts: Texts, chance: random.Random) -> Texts:
    """A consent that the platform never signed, and all hashes made anew."""
    at, line = _one(texts, chance, "person")
    line["leaf"] = line["leaf"].replace('"ref":"', '"ref":"x', 1)
    return refitted([*texts[:at], proof.canonical(line), *texts[at + 1 :]])


def cut_chain(texts: Texts, chance: random.Random) -> Texts:
    """Entries of the audit cut off behind the approval, and all that hangs on them made anew."""
    entries = [at for at, text in enumerate(texts) if json.loads(text)["t"] in ("entry", "hidden")]
    gone = chance.choice(entries[:-1])
    return refitted(texts[:gone] + texts[gone + 1 :])


def changed_batch(texts: Texts, chance: random.Random) -> Texts:
    """Another message, batch, customer or consent under the same text, and all hashes made anew."""
    if not any(json.loads(text)["t"] == "batch" for text in texts):
        return texts
    at, line = _one(texts, chance, "batch")
    line["row"][chance.randrange(4)] += chance.choice((-1, 1))
    return refitted([*texts[:at], proof.canonical(line), *texts[at + 1 :]])


def forged(texts: Texts, chance: random.Random) -> Texts:
    """A receipt under the issuer's name by somebody else's key."""
    at, line = _one(texts, chance, "receipt")
    keys = json.loads(texts[0])["platforms"][0]["keys"]
    claims = ReceiptVerifier({"keys": keys}).verify(line["jws"])
    mine = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    line["jws"] = sign_receipt(claims, mine, keys[0]["kid"])
    return refitted([*texts[:at], proof.canonical(line), *texts[at + 1 :]])


def broken_signature(texts: Texts, chance: random.Random) -> Texts:
    at, line = _one(texts, chance, "receipt")
    head, payload, signature = line["jws"].split(".")
    data = bytearray(unb64u(signature))
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    line["jws"] = f"{head}.{payload}.{b64u(bytes(data))}"
    return refitted([*texts[:at], proof.canonical(line), *texts[at + 1 :]])


PLAIN: Sequence[Callable[[Texts, random.Random], Texts]] = (edited, revalued, deleted, inserted, swapped, cut)
# found by what the issuer signed, or by a head that is kept outside
FITTED: Sequence[Callable[[Texts, random.Random], Texts]] = (
    dropped_person, changed_person, changed_leaf, changed_batch, cut_chain, forged, broken_signature,
)  # fmt: skip
# found without any head
BY_SIGNATURE = (changed_leaf, forged, broken_signature)


def refitted(texts: Texts) -> Texts:
    """Pages, root, audit, chain and seal made to fit what stands there, as whoever holds the file can."""
    lines: list[dict[str, Any]] = [json.loads(text) for text in texts]
    told, claimed = _refit_people(lines), _refit_batch(lines)
    link, number = proof.start_hash(lines[0]["workspace"]), 0
    for line in lines:
        for digest in _digests(line, number + 1, lines[0], told, claimed):
            number, link = number + 1, proof.link_hash(number + 1, link, digest)
    seal = proof.new_seal()
    for line in lines[:-1]:
        seal.update(f"{proof.canonical(line)}\n".encode())
    lines[-1] = {"t": "end", "number": number, "head": link.hex(), "seal": seal.hexdigest()}
    return [proof.canonical(line) for line in lines]


def _refit_people(lines: list[dict[str, Any]]) -> dict[str, Any]:
    tree, path, page = proof.Tree(), [], ""
    for line in lines:
        if line["t"] == "receipt":
            page = proof.page_hash(line["jws"])
        elif line["t"] == "person":
            line["page"] = page or line["page"]
            tree.add(proof.record_hash(proof.canonical(line)))
        elif line["t"] == "path":
            path = line["hashes"]
    told = next(line for line in lines if line["t"] == "people")
    root = tree.root()
    for side, sibling in path:
        both = bytes.fromhex(sibling), root
        root = proof.node_hash(*(both if side == "left" else both[::-1]))
    told.update(root=root.hex(), count=told["count"] if path else tree.size)
    return told


def _refit_batch(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the entry of the one message's batch would have to tell."""
    batch = next((line for line in lines if line["t"] == "batch"), None)
    record = next((line for line in lines if line["t"] == "person"), None)
    if batch is None or record is None:
        return {}
    number, batch_id, customer, fact = batch["row"]
    campaign, who = lines[0]["campaign"]["id"], bytes.fromhex(record["who"])
    row = (number, batch_id, campaign, record["seq"], customer, fact, "confirmed", record["message"], who)
    (leaf,) = chained.leaves("message", [(*row, record["text"])])
    path = [(side, bytes.fromhex(each)) for side, each in batch["hashes"]]
    return {"messages_root": chained.climbed(leaf, path).hex(), "account": record["sender"], "at": record["sent"]}


def _digests(
    line: dict[str, Any], number: int, header: dict[str, Any], told: dict[str, Any], claimed: dict[str, Any]
) -> list[bytes]:
    if line["t"] == "hidden":
        line["first"], whole = number, bytes.fromhex(line["hashes"])
        return [whole[at : at + 32] for at in range(0, len(whole), 32)]
    if line["t"] != "entry":
        return []
    line["number"] = number
    if line["action"] == proof.CLAIMED and claimed:
        line["at"] = claimed["at"]
        known = {name: claimed[name] for name in ("messages_root", "account")}
        line["facts"] = json.dumps({**json.loads(line["facts"]), **known}, sort_keys=True, separators=(",", ":"))
    if line["action"] == proof.EXPORTED:
        known = {"header": proof.header_hash(proof.canonical(header)), "root": told["root"], "people": told["count"]}
        line["facts"] = json.dumps({**json.loads(line["facts"]), **known}, sort_keys=True, separators=(",", ":"))
    said = (line[name] for name in ("number", "at", "action", "actor", "facts"))
    return [proof.entry_hash(bytes.fromhex(line["salt"]), *said)]


def _one(texts: Texts, chance: random.Random, kind: str) -> tuple[int, dict[str, Any]]:
    at = chance.choice([at for at, text in enumerate(texts) if json.loads(text)["t"] == kind])
    return at, json.loads(texts[at])


def _without(texts: Texts, chance: random.Random, kind: str) -> Texts:
    at, _ = _one(texts, chance, kind)
    return texts[:at] + texts[at + 1 :]
