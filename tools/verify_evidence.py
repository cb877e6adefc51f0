"""Verifies a proof that Yunfa exported, without Yunfa: Python 3.11, the package `cryptography`; see docs/evidence.md.

--head  a head of the same workspace's audit, noted earlier: only it tells that newer entries were cut off or made anew.
--jwks  the issuer's key set, from the issuer: without it the keys are those that the sender wrote into the file.
Prints JSON; exit status 0: verified. A file that is encrypted to you is opened by open_evidence.py first.
"""

import argparse
import json
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, CHAIN, PIECE = "yunfa-evidence/1", "yunfa-chain/1", 1 << 16
OWES = {"batch.claimed": ("messages_root", "at", "account"), "evidence.exported": ("header", "people", "root")}
EXPLICIT = ("explicit_toggle", "double_opt_in", "reply_yes", "paper")  # a default or bundled consent is none
FOLLOWS = {  # which lines may stand behind which
    "": "begin", "begin": "receipt answer people", "receipt": "person", "answer": "person", "end": "",
    "person": "person receipt answer path batch people", "path": "people", "batch": "people", "people": "entry hidden",
} | dict.fromkeys(("entry", "hidden", "stamp"), "entry hidden stamp end")  # fmt: skip
Line = dict[str, Any]
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def need(condition: object, problem: str) -> None:
    if not condition:
        raise ValueError(problem)


def digest(domain: str, *parts: bytes, of: str = FORMAT) -> bytes:  # every kind begins with words of its own
    return sha256(f"{of} {domain}\n".encode() + b"".join(parts)).digest()


def read(file: BinaryIO) -> Iterator[str]:  # the lines of a file; it is never held whole
    unpack, waiting = zlib.decompressobj(), b""
    while piece := file.read(PIECE):
        while data := unpack.decompress(piece, PIECE):
            *lines, waiting = (waiting + data).split(b"\n")
            need(len(waiting) < 1 << 22, "a line without an end")
            yield from (line.decode() for line in lines)
            piece = unpack.unconsumed_tail
    need(unpack.eof and not unpack.unused_data and not waiting, "the file is cut, or something stands behind its end")


def page_root(leaves: dict[int, bytes], nodes: list[Any], size: int, level: int = 0) -> bytes:
    while size > 1:  # over an answer page (RFC 9162): from some of its leaves, and the nodes that stand for the others
        leaves |= {at: bytes.fromhex(node) for which, at, node in nodes if which == level}
        pairs = {at: [leaves[n] for n in (2 * at, 2 * at + 1) if n < size] for at in {n >> 1 for n in leaves}}
        leaves = {at: sha256(b"\1" + b"".join(two)).digest() if len(two) == 2 else two[0] for at, two in pairs.items()}
        level, size = level + 1, (size + 1) // 2
    return leaves[0]


class Check:  # takes the lines of a file one by one; there is a method for each kind of them
    def __init__(self, head: str, keys: list[Line] | None) -> None:
        self.keys, self.before, self.jws, self.number, self.stamps = keys, "", "", 0, list[Line]()
        self.given, self.met, self.seal = head, 0, sha256(f"{FORMAT} seal\n".encode())
        self.found, self.seen = {"signed": 0, "unsigned": 0, "withheld": 0}, dict[str, int]()  # records, entries
        self.tree, self.owed = dict[int, bytes](), dict[str, list[Any]]()  # no sibling yet; no entry yet that says it

    def take(self, text: str) -> None:
        line = json.loads(text)
        need(canonical(line) == text, "a line is not in its one canonical form")
        kind = line.pop("t")
        need(kind in FOLLOWS[self.before].split(), "a line is out of its place")
        if self.jws and kind != "person":  # every record below a receipt was read
            self.jws, root = "", page_root(self.leaves, self.nodes, self.claims["size"])
            need(root == urlsafe_b64decode(self.claims["root"] + "=="), "records are not what the receipt is over")
        getattr(self, kind)(line, text)
        self.seal.update(f"{text}\n".encode())
        self.before = kind

    def begin(self, line: Line, text: str) -> None:
        self.first, self.approval, self.campaign = line, line["approval"], line["campaign"]["id"]
        need((line["format"], self.approval["entity"]) == (FORMAT, line["entity"]["uscc"]), "another format")
        self.header, self.chain = digest("header", text.encode()).hex(), digest("start", line["workspace"].encode())
        self.shops = {shop["account"]: shop for shop in line["platforms"]}
        if line["whole"]:  # one person's proof does not show the audience, which may name others
            names = ("body", "signature", "audience", "entity", "purpose", "size", "rules")
            covered = json.dumps([self.approval[name] for name in names], ensure_ascii=False, sort_keys=True)
            need(sha256(covered.encode()).hexdigest() == self.approval["hash"], "not what was approved")

    def answer(self, line: Line, _text: str) -> None:  # that nobody signed: only the sender says that it was given
        self.shop, self.jws, self.leaves = self.shops[line["account"]], "", dict[int, bytes]()
        self.named = digest("page", canonical(line).encode()).hex()

    def receipt(self, line: Line, text: str) -> None:  # a JWS (RFC 7515) by the issuer over the root of an answer page
        self.answer(line, text)
        self.jws, self.nodes, self.named = line["jws"], line["nodes"], digest("page", line["jws"].encode()).hex()
        head, payload, signature = line["jws"].split(".")
        header, self.claims = (json.loads(urlsafe_b64decode(part + "==")) for part in (head, payload))
        need((header["alg"], header["typ"]) == ("Ed25519", "consent-receipt+jwt"), "no receipt of consents")
        keys = self.shop["keys"] if self.keys is None else self.keys
        (key,) = (k for k in keys if k["kid"] == header["kid"] and k["crv"] == "Ed25519")
        public, signed = (urlsafe_b64decode(part + "==") for part in (key["x"], signature))
        Ed25519PublicKey.from_public_bytes(public).verify(signed, f"{head}.{payload}".encode())
        told, self.between = [self.claims[n] for n in ("iss", "aud")], [self.shop["issuer"], self.approval["entity"]]
        need(told == self.between and told[0] != told[1], "a receipt by or for somebody else")

    def person(self, line: Line, text: str) -> None:
        need([line["page"], line["sender"]] == [self.named, self.shop["account"]], "a record below another page")
        self.record, leaf, at = line, line.get("leaf"), line["index"]
        self.found["withheld" if leaf is None else "signed" if self.jws else "unsigned"] += 1
        if self.jws:
            need(at not in self.leaves and 0 <= at < self.claims["size"], "a leaf at no place")
            self.leaves[at] = bytes.fromhex(sha256(b"\0" + leaf.encode()).hexdigest() if leaf else line["leaf_hash"])
        if self.jws and leaf is not None:  # is what was signed an explicit consent to this campaign?
            said, shop = json.loads(leaf), self.shop
            told = [said[name] for name in ("iss", "aud", "status", "withdrawn_at", "simulated")]
            need(told == [*self.between, "confirmed", None, shop["simulated"]], "no consent to this sender")
            need(said["method"] in EXPLICIT and said["channel"] in ("sms", "any"), "no explicit consent")
            need(self.approval["purpose"] in said["purposes"], "a consent to something else")
        node, level = digest("record", text.encode()), 0
        while level in self.tree:
            node, level = digest("node", self.tree.pop(level), node), level + 1
        self.tree[level] = node

    def path(self, line: Line, _text: str, of: str = FORMAT) -> None:  # from one person's record to a root over all
        need(not self.first["whole"] and sum(self.found.values()) == 1, "a path where none belongs")
        for side, sibling in line["hashes"]:
            both = {"left": (bytes.fromhex(sibling), self.tree[0]), "right": (self.tree[0], bytes.fromhex(sibling))}
            self.tree[0] = digest("node", *both[side], of=of)

    def batch(self, line: Line, text: str) -> None:  # from the message to what the audit was told before it was sent
        told, (number, batch, customer, fact), record = self.record, line["row"], self.tree[0]
        # the message's row in the ledger: each value as JSON in ASCII, one a line; bytes are written {"hex":"..."}
        row = [number, batch, self.campaign, told["seq"], customer, fact, "confirmed", told["message"]]
        values = [json.dumps(each, separators=(",", ":")) for each in (*row, {"hex": told["who"]}, told["text"])]
        self.tree[0] = digest("message", "\n".join(values).encode(), of=CHAIN)
        self.path(line, text, CHAIN)
        self.owed["batch.claimed"], self.tree[0] = [self.tree[0].hex(), told["sent"], told["sender"]], record

    def people(self, line: Line, _text: str) -> None:
        need((self.before in ("path", "batch")) != self.first["whole"], "one person's proof without a path")
        self.count, self.owed["evidence.exported"] = line["count"], [self.header, line["count"], line["root"]]
        root = b""
        for _, node in sorted(self.tree.items()):  # a last node without a sibling moves up as it is
            root = digest("node", node, root) if root else node
        need(self.before == "path" or sum(self.found.values()) == line["count"], "records are missing")
        need((root or digest("record")).hex() == line["root"], "records were changed")

    def entry(self, line: Line, _text: str) -> None:  # of the audit, about this campaign
        said = canonical([line[name] for name in ("number", "at", "action", "actor", "facts")]).encode()
        self.hidden({"first": line["number"], "hashes": digest("entry", bytes.fromhex(line["salt"]), said).hex()}, "")
        told, action = {**json.loads(line["facts"]), "at": line["at"]}, line["action"]
        need(told["campaign"] == self.campaign, "an entry about something else")
        if action in OWES:  # once, behind the approval, these facts as the lines before have them
            need(self.seen and [told[name] for name in OWES[action]] == self.owed.pop(action, 0), f"another {action}")
        if action in OWES or [action, told.get("hash")] == ["campaign.approved", self.approval["hash"]]:
            self.seen[action] = line["number"]

    def hidden(self, line: Line, _text: str) -> None:  # a hash of each, so that the chain can be followed
        need(line["first"] == self.number + 1, "entries are missing")
        for entry in (line["hashes"][at : at + 64] for at in range(0, len(line["hashes"]), 64)):
            self.number += 1
            self.chain = digest("link", self.number.to_bytes(8, "big"), self.chain, bytes.fromhex(entry))
            self.met = self.number if self.given == f"{self.number}:{self.chain.hex()}" else self.met

    def stamp(self, line: Line, _text: str) -> None:  # a reply (RFC 3161) over the head so far: docs say how to verify
        need(line["head"] == f"{self.number}:{self.chain.hex()}", "a stamp over another head")
        self.stamps.append({name: line[name] for name in ("head", "at", "authority", "ca", "token")})

    def end(self, line: Line, _text: str) -> None:
        ended = {"head": self.chain.hex(), "number": self.number, "seal": self.seal.hexdigest()}
        need(line == ended, "the chain does not lead to its head, or the seal over all lines is broken")
        need(self.met or not self.given, "the given head is not in this chain: entries were cut off or exchanged")
        need(not self.owed, "the audit knows of no such approval, batch or export")


def verify(lines: Iterator[str], head: str = "", keys: list[Line] | None = None) -> Line:
    check = Check(head, keys)
    try:
        for text in lines:
            check.take(text)
        need(check.before == "end", "the end is missing")
    except (InvalidSignature, LookupError, TypeError, ValueError, AttributeError, OverflowError, zlib.error) as error:
        return {"ok": False, "problem": str(error) or "a signature is not its issuer's", "after": check.before}
    said = {name: check.first[name] for name in ("entity", "campaign", "platforms")} | check.found
    said |= {"people": check.count, "head_compared": bool(head), "keys_from_issuer": keys is not None}
    told = {"entries": check.seen, "stamps": check.stamps, "head": f"{check.number}:{check.chain.hex()}"}
    settled = check.seen.get("batch.claimed", check.seen["evidence.exported"])  # which entry tells of the records first
    return {"ok": True, **said, **told, "head_covers": check.met >= settled}


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for argument in ("file", "--head", "--jwks"):
        asked.add_argument(argument)
    given = asked.parse_args()
    issuer = json.loads(Path(given.jwks).read_text("utf-8"))["keys"] if given.jwks else None
    with Path(given.file).open("rb") as opened:
        verdict = verify(read(opened), given.head or "", issuer)
    print(json.dumps(verdict, ensure_ascii=False))
    raise SystemExit(0 if verdict["ok"] else 1)
