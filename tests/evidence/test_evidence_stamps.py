"""Time stamps over heads: OpenSSL is the authority and the other verifier, on both sides of what the program does."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from campaign_app.domain.errors import AppError, NotAllowed, NotPermitted, SettingsError, WorkspaceError
from campaign_app.domain.team import Person, Role
from campaign_app.evidence import stamps
from campaign_app.evidence.checking import verify_file
from campaign_app.proving import evidence_of
from campaign_app.words import load
from tests.helpers import forging
from tests.helpers.authority import CA, KEY, Authority, authority, needs_openssl, openssl
from tests.helpers.proofs import agreed, lines, parsed, tool
from tests.helpers.staged import Staged

pytestmark = needs_openssl
HEAD = "7:" + "ab" * 32
RSA = ("rsa:2048",)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "one")


@dataclass(frozen=True)
class Asked:
    text: Path
    request: Path
    nonce: int


def asked(folder: Path, head: str = HEAD, name: str = "a") -> Asked:
    made = Asked(folder / f"{name}.txt", folder / f"{name}.tsq", stamps.new_nonce())
    made.text.write_bytes(stamps.stamped_text(head))
    made.request.write_bytes(stamps.request_over(head, made.nonce))
    return made


def why(reply: bytes, roots: Path, nonce: int | None, head: str = HEAD) -> str:
    """ "" for a reply that counts."""
    try:
        stamps.verified(reply, head, nonce, stamps.roots_in(roots))
    except stamps.StampRefused as refused:
        return refused.why
    return ""


def test_openssl_reads_what_is_asked_and_its_reply_is_believed(theirs: Authority, tmp_path: Path) -> None:
    mine = asked(tmp_path)
    told = openssl("ts", "-query", "-in", mine.request, "-text")
    assert f"Nonce: 0x{mine.nonce:X}" in told
    assert "Hash Algorithm: sha256" in told
    assert "Certificate required: yes" in told
    reply = theirs.reply(mine.request)
    stamp = stamps.verified(reply.read_bytes(), HEAD, mine.nonce, stamps.roots_in(theirs.root))
    assert (stamp.authority, stamp.policy) == ("CN=signer", "1.2.3.4.1")
    assert abs((datetime.now(UTC) - stamp.at).total_seconds()) < 600
    assert stamps.nonce_of(reply.read_bytes()) == mine.nonce
    assert theirs.verify(mine.text, reply)


@pytest.mark.parametrize(
    ("key", "digest", "ess"), [(RSA, "sha256", "sha1"), (RSA, "sha512", "sha256"), (KEY, "sha384", "sha384")]
)
def test_the_ways_that_authorities_sign_are_read(tmp_path: Path, key: tuple[str, ...], digest: str, ess: str) -> None:
    mine, other = asked(tmp_path), authority(tmp_path / "tsa", key=key)
    assert why(other.reply(mine.request, digest=digest, ess=ess).read_bytes(), other.root, mine.nonce) == ""


def test_a_reply_to_something_else_or_by_somebody_else_does_not_count(theirs: Authority, tmp_path: Path) -> None:
    mine, other = asked(tmp_path), authority(tmp_path / "other")
    good = theirs.reply(mine.request).read_bytes()
    assert why(good, theirs.root, mine.nonce) == ""
    assert why(good, theirs.root, mine.nonce, head="7:" + "ac" * 32) == "other_head"
    assert why(good, theirs.root, mine.nonce + 1) == "other_nonce"
    assert why(good, other.root, mine.nonce) == "unknown_authority"
    assert why(good + b"\0", theirs.root, mine.nonce) == "unreadable"
    assert why(b"", theirs.root, mine.nonce) == "unreadable"
    assert why(mine.request.read_bytes(), theirs.root, mine.nonce) == "unreadable"
    weak = theirs.reply(asked(tmp_path, name="weak").request, digest="sha1", chain=False).read_bytes()
    assert why(weak, theirs.root, None) != ""


def test_a_refusal_is_none(theirs: Authority, tmp_path: Path) -> None:
    request = tmp_path / "sha384.tsq"
    openssl("ts", "-query", "-digest", "00" * 48, "-sha384", "-cert", "-out", request)  # which it does not take
    assert why(theirs.reply(request).read_bytes(), theirs.root, None) == "not_granted"


@pytest.mark.parametrize(
    "extensions",
    [
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,keyEncipherment\n",
        "extendedKeyUsage=critical,codeSigning\n",
        "extendedKeyUsage=timeStamping\n",
        "extendedKeyUsage=critical,timeStamping,emailProtection\n",
        "keyUsage=critical,digitalSignature\n",
    ],
)
def test_a_certificate_that_may_not_stamp_is_none(theirs: Authority, tmp_path: Path, extensions: str) -> None:
    """OpenSSL does not sign with most of these: the certificate is put into a reply whose key it has."""
    mine = asked(tmp_path)
    reply = theirs.reply(mine.request, chain=False).read_bytes()
    signed = stamps.signed_in(reply)
    signer, _ = stamps.signer_of(signed)
    other = theirs.folder / f"{abs(hash(extensions))}.pem"
    told = tmp_path / "ext"
    told.write_text(extensions, "ascii")
    issuer = ("-CA", theirs.folder / "middle.pem", "-CAkey", theirs.folder / "middle.key", "-CAcreateserial")
    openssl("x509", "-req", "-in", theirs.folder / "signer.csr", *issuer, "-out", other, "-days", "9", "-extfile", told)
    (wrong,) = stamps.roots_in(other)
    roots, chain = stamps.roots_in(theirs.root), stamps.roots_in(theirs.folder / "middle.pem")
    at = datetime.now(UTC)
    assert stamps.anchored(signer, chain, roots, at).subject.rfc4514_string() == "CN=Root"
    with pytest.raises(stamps.StampRefused) as caught:
        stamps.anchored(wrong, chain, roots, at)
    assert caught.value.why == "unknown_authority"


def test_an_authority_that_is_none_may_not_issue(theirs: Authority, tmp_path: Path) -> None:
    other = authority(tmp_path / "tsa", CA)  # its signer is an authority, and no stamper
    mine = asked(tmp_path)
    good = stamps.signer_of(stamps.signed_in(theirs.reply(mine.request).read_bytes()))
    with pytest.raises(stamps.StampRefused):
        stamps.anchored(good[0], (), stamps.roots_in(theirs.root), datetime.now(UTC))  # the middle is missing
    with pytest.raises(stamps.StampRefused):
        stamps.anchored(good[0], good[1], stamps.roots_in(theirs.root), datetime(2020, 1, 1, tzinfo=UTC))
    (signer,) = stamps.roots_in(other.folder / "signer.pem")
    with pytest.raises(stamps.StampRefused):
        stamps.anchored(
            signer, stamps.roots_in(other.folder / "chain.pem"), stamps.roots_in(other.root), datetime.now(UTC)
        )


def test_an_authority_whose_key_may_not_sign_certificates_issues_none(tmp_path: Path) -> None:
    for name, usage, good in (("a", "keyUsage=critical,cRLSign\n", False), ("b", "", True)):
        other = authority(tmp_path / name, middle=f"basicConstraints=critical,CA:true\n{usage}")
        mine = asked(tmp_path, name=f"{name}1")
        reply = other.reply(mine.request)
        assert other.verify(mine.text, reply, good=good) is good
        assert why(reply.read_bytes(), other.root, mine.nonce) == ("" if good else "unknown_authority")


def test_no_changed_byte_makes_something_that_openssl_would_not_believe(theirs: Authority, tmp_path: Path) -> None:
    """What is not under the signature, such as a certificate that nobody needs, may be changed; neither minds."""
    mine = asked(tmp_path)
    reply = theirs.reply(mine.request, chain=False).read_bytes()
    roots = tmp_path / "roots.pem"
    roots.write_bytes((theirs.folder / "chain.pem").read_bytes())
    believed = []
    for at in range(0, len(reply), 3):
        changed = bytearray(reply)
        changed[at] ^= 1 << at % 8
        if not why(bytes(changed), roots, mine.nonce):
            believed.append(bytes(changed))
    assert len(believed) < 10
    for changed in believed:
        (tmp_path / "changed.tsr").write_bytes(changed)
        assert theirs.verify(mine.text, tmp_path / "changed.tsr")


def test_a_certificate_is_read_in_either_way(theirs: Authority, tmp_path: Path) -> None:
    der = tmp_path / "root.der"
    openssl("x509", "-in", theirs.root, "-outform", "DER", "-out", der)
    assert stamps.roots_in(der) == stamps.roots_in(theirs.root)
    der.write_bytes(b"nothing")
    for file, code in ((der, "stamp_ca"), (tmp_path / "none", "no_file")):
        with pytest.raises(SettingsError) as caught:
            stamps.roots_in(file)
        assert caught.value.code == code


def refused(work: object, code: str, kind: type[AppError]) -> AppError:
    assert callable(work)
    with pytest.raises(kind) as caught:
        work()
    assert caught.value.code == code
    return caught.value


def test_a_stamp_is_kept_in_the_audit_and_stands_in_every_later_proof(
    staged: Staged, theirs: Authority, tmp_path: Path
) -> None:
    campaign, desk = staged.sent(), staged.app.evidence
    request = tmp_path / "head.tsq"
    head = desk.stamping.ask(request, actor="王")
    early = desk.export(campaign.id, tmp_path / "early.yunfa", actor="王").file
    kept = desk.stamping.read(theirs.reply(request), theirs.root, actor="王")
    assert (kept.head, kept.authority, desk.stamping.kept().stamps) == (head, "CN=signer", (kept,))
    entry = staged.app.workspace.audit.entries(limit=1)[0]
    assert (entry.action, entry.actor, entry.id, entry.facts["head"]) == (
        "evidence.stamped",
        "王",
        kept.number,
        head,
    )

    text, reply = desk.stamping.save(kept, tmp_path)
    assert theirs.verify(text, reply)
    written = reply.stat().st_mtime_ns
    text.unlink()
    assert desk.stamping.save(kept, tmp_path) == (text, reply)  # what is there already stays as it is
    assert (theirs.verify(text, reply), reply.stat().st_mtime_ns) == (True, written)
    text.write_bytes(b"mine")
    refused(lambda: desk.stamping.save(kept, tmp_path), "file_exists", WorkspaceError)
    assert text.read_bytes() == b"mine"
    made = desk.export(campaign.id, tmp_path / "late.yunfa", actor="王").file
    assert (parsed(early, "stamp"), [line["head"] for line in parsed(made, "stamp")]) == ([], [head])
    assert b64decode(parsed(made, "stamp")[0]["token"]) == kept.token
    verdict = verify_file(made, authority=theirs.root)
    assert (verdict.ok, verdict.stamps_verified, verdict.stamps[0].head) == (True, True, head)
    assert (verdict.stamps[0].at, verdict.stamps[0].authority) == (kept.at, kept.authority)
    assert not verify_file(made).stamps_verified
    none = verify_file(early, authority=theirs.root)
    assert (none.ok, none.stamps, none.stamps_verified) == (True, (), False)
    told = tool().verify(iter(lines(made)), head)
    assert (told["ok"], told["stamps"][0]["head"]) == (True, head)
    assert verify_file(made, authority=authority(tmp_path / "other").root).problem == "stamp"
    (root,) = stamps.roots_in(theirs.root)
    assert {kept.ca, verdict.stamps[0].ca, told["stamps"][0]["ca"]} == {root.fingerprint(stamps.hashes.SHA256()).hex()}


def test_an_authority_that_counts_microseconds_is_compared_by_what_the_file_has(
    staged: Staged, theirs: Authority, tmp_path: Path
) -> None:
    campaign, desk = staged.sent(), staged.app.evidence
    stamped = set()
    while not stamped:  # a time in whole milliseconds would prove nothing here
        request = tmp_path / f"{stamps.new_nonce()}.tsq"
        desk.stamping.ask(request, actor="王")
        kept = desk.stamping.read(theirs.reply(request, digits=6), theirs.root, actor="王")
        stamped |= {kept.at} if kept.at.microsecond % 1_000 else set()
    made = desk.export(campaign.id, tmp_path / "a.yunfa", actor="王").file
    verdict = verify_file(made, authority=theirs.root)
    assert (verdict.problem, verdict.stamps_verified) == ("", True)
    assert abs(verdict.stamps[-1].at - kept.at) < timedelta(milliseconds=1)


def test_a_stamp_cannot_be_moved_changed_or_made_up(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    campaign, desk = staged.sent(), staged.app.evidence
    request = tmp_path / "head.tsq"
    desk.stamping.ask(request, actor="王")
    desk.stamping.read(theirs.reply(request), theirs.root, actor="王")
    file = desk.export(campaign.id, tmp_path / "a.yunfa", actor="王").file
    sound = parsed(file)
    at = next(n for n, line in enumerate(sound) if line["t"] == "stamp")
    sealed = [json.loads(text) for text in forging.refitted([forging.proof.canonical(line) for line in sound])]
    assert agreed([forging.proof.canonical(line) for line in sealed])

    def holds(changed: list[dict[str, object]]) -> bool:
        texts = forging.refitted([forging.proof.canonical(line) for line in changed])
        assert not agreed(texts[:3])
        return agreed(texts)

    moved = [*sound[:at], sound[at + 1], sound[at], *sound[at + 2 :]]
    assert not holds(moved)
    assert not holds([*sound[:at], {**sound[at], "head": f"9:{'0' * 64}"}, *sound[at + 1 :]])
    for name in ("authority", "ca", "token"):
        assert not holds([*sound[:at], {k: v for k, v in sound[at].items() if k != name}, *sound[at + 1 :]])
    # who made it, and when, only the authority's signature tells
    other = [*sound[:at], {**sound[at], "at": sound[at]["at"] + 1_000}, *sound[at + 1 :]]
    assert holds(other)
    texts = forging.refitted([forging.proof.canonical(line) for line in other])
    packed = tmp_path / "other.yunfa"
    packed.write_bytes(zlib.compress("".join(f"{text}\n" for text in texts).encode()))
    assert verify_file(packed).ok
    assert verify_file(packed).stamps[0].ca == sound[at]["ca"]
    assert verify_file(packed, authority=theirs.root).problem == "stamp"


def test_what_is_no_reply_of_ours_is_not_kept(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    stamping = staged.app.evidence.stamping
    ours, stranger = tmp_path / "ours.tsq", asked(tmp_path).request
    stamping.ask(ours, actor="王")
    before = staged.app.workspace.audit.head()
    reply, other = theirs.reply(ours), theirs.reply(stranger)
    refused(lambda: stamping.read(other, theirs.root, actor="王"), "stamp_unasked", NotAllowed)
    refused(lambda: stamping.read(tmp_path / "none", theirs.root, actor="王"), "no_file", SettingsError)
    refused(lambda: stamping.read(reply, reply, actor="王"), "stamp_ca", SettingsError)
    elsewhere = authority(tmp_path / "other").root
    error = refused(lambda: stamping.read(reply, elsewhere, actor="王"), "stamp_refused", SettingsError)
    assert error.facts["why"] == "unknown_authority"
    for language in ("zh_CN", "en"):
        assert load(language).term("stamp_problem", "unknown_authority") in load(language).error(error)
    assert staged.app.workspace.audit.head() == before
    stamping.read(reply, theirs.root, actor="王")
    refused(lambda: stamping.read(reply, theirs.root, actor="王"), "stamp_known", NotAllowed)
    refused(lambda: stamping.ask(ours, actor="王"), "file_exists", WorkspaceError)
    assert len(stamping.kept().stamps) == 1


def test_which_authority_is_believed_is_the_reviewers_to_say(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    app, request = staged.app, tmp_path / "head.tsq"
    everybody = app.evidence.stamping
    for role in (Role.OPERATOR, Role.OWNER, Role.WORKER):
        theirs_of = replace(app.evidence, person=Person("o", frozenset({role}))).stamping
        refused(partial(theirs_of.ask, request, actor="o"), "not_permitted", NotPermitted)
        refused(partial(theirs_of.read, request, theirs.root, actor="o"), "not_permitted", NotPermitted)
    assert not request.exists()
    reviewer = replace(app.evidence, person=Person("r", frozenset({Role.REVIEWER}))).stamping
    reviewer.ask(request, actor="r")
    assert reviewer.read(theirs.reply(request), theirs.root, actor="r") in everybody.kept().stamps
    somebody = replace(app.workspace, person=Person("o", frozenset({Role.OPERATOR})))
    assert evidence_of(somebody, app.clock, app.rules).person is somebody.person


def test_a_reply_to_one_head_is_none_to_another(staged: Staged, theirs: Authority, tmp_path: Path) -> None:
    """Its nonce is ours, and what it is over is not what was asked with it."""
    stamping = staged.app.evidence.stamping
    stamping.ask(tmp_path / "a.tsq", actor="王")
    asked_with = staged.app.workspace.audit.entries(limit=1)[0].facts["nonce"]
    swapped = tmp_path / "b.tsq"
    swapped.write_bytes(stamps.request_over("1:" + "00" * 32, int(str(asked_with))))
    reply = theirs.reply(swapped)
    error = refused(lambda: stamping.read(reply, theirs.root, actor="王"), "stamp_refused", SettingsError)
    assert error.facts["why"] == "other_head"
