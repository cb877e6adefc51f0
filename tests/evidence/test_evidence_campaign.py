"""The proof of a campaign that was really sent: anyone can verify it, and whatever is done to it is found."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from campaign_app.domain.errors import AppError, NotAllowed, NotFound, SettingsError, WorkspaceError
from campaign_app.domain.ports_evidence import AuditQuery, ClaimedIn, EvidenceStore, SentWindow
from campaign_app.evidence.checking import verify_file
from campaign_app.evidence.sealing import private_key_in, public_key_in
from campaign_app.sealing import CHUNK
from tests.helpers import forging
from tests.helpers.proofs import TOOLS, Sent, agreed, both, lines, packed, parsed, sent_campaign

pytestmark = [pytest.mark.slow, pytest.mark.keeps_threads]
MUTATIONS = int(os.environ.get("CAMPAIGN_APP_MUTATIONS", "300"))


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    yield from sent_campaign(tmp_path_factory.mktemp("sent") / "workspace")


@pytest.fixture(scope="module")
def whole(sent: Sent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sent.app.evidence.export(sent.campaign, tmp_path_factory.mktemp("whole") / "a.yunfa", actor="test").file


@pytest.fixture(scope="module")
def one(sent: Sent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    account, ref = sent.refs()[3]
    file = tmp_path_factory.mktemp("one") / "one.yunfa"
    return sent.app.evidence.export(sent.campaign, file, actor="test", person=ref, account_id=account).file


@dataclass(frozen=True)
class Untold:
    """A store whose audit tells of no batch, as before schema 25."""

    store: EvidenceStore

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def sent_one(self, campaign_id: int, seq: int) -> tuple[SentWindow, ClaimedIn | None]:
        return self.store.sent_one(campaign_id, seq)[0], None


@pytest.fixture(scope="module")
def older(sent: Sent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person's proof where only a root that is made today stands over the campaign."""
    account, ref = sent.refs()[3]
    file, desk = tmp_path_factory.mktemp("older") / "older.yunfa", sent.app.evidence
    untold = replace(desk, store=Untold(desk.store))
    return untold.export(sent.campaign, file, actor="test", person=ref, account_id=account).file


def alone(*words: str | Path) -> tuple[int, dict[str, Any]]:
    """The stand-alone verifier as a stranger runs it: isolated, with nothing of ours in reach."""
    command = [sys.executable, "-I", str(TOOLS / "verify_evidence.py"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd="/", check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_stranger_verifies_it_without_the_program(sent: Sent, whole: Path) -> None:
    status, said = alone(whole)
    assert (status, said["ok"], said["people"], said["signed"]) == (0, True, len(sent.refs()), len(sent.refs()))
    assert (said["unsigned"], said["withheld"], said["head_compared"]) == (0, 0, False)
    verdict = verify_file(whole)
    assert (verdict.ok, verdict.people, verdict.head) == (True, said["people"], said["head"])


def test_the_verifier_is_short_and_needs_one_package() -> None:
    text = (TOOLS / "verify_evidence.py").read_text("utf-8")
    assert len(text.splitlines()) <= 200
    assert "campaign_app" not in text
    asked = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert asked - set(sys.stdlib_module_names) == {"cryptography"}


def test_it_says_what_was_approved_by_which_rules_and_who_signed(sent: Sent, whole: Path) -> None:
    header = parsed(whole)[0]
    campaign = sent.app.campaigns.get(sent.campaign)
    assert header["approval"]["body"] == campaign.body
    assert header["approval"]["hash"] == campaign.approved_hash
    assert sum(header["funnel"].values()) == campaign.snapshot_size
    rules = sent.app.rules.current().rules
    unverified = {rule.id for rule in rules.rules for dated in rule.citations if not dated.citation.verified}
    assert {each["rule"] for each in header["rules"]["unverified_today"]} == unverified
    assert header["rules"]["approved"] == campaign.rule_packs
    assert all(shop["keys"] and "sender" in shop["keys_said_by"] for shop in header["platforms"])


def test_a_head_that_was_noted_before_is_in_every_later_proof(sent: Sent, whole: Path, tmp_path: Path) -> None:
    head = sent.app.evidence.head()
    later = sent.app.evidence.export(sent.campaign, tmp_path / "later.yunfa", actor="test")
    assert agreed(lines(later.file), str(head))
    assert not agreed(lines(whole), str(later.head))  # the earlier one knows nothing of it
    assert alone(later.file, "--head", str(head)) == (0, {**alone(later.file)[1], "head_compared": True})
    for wrong in (f"{head.number}:{'0' * 64}", f"{head.number + 1}:{head.hash}", "nonsense", "x:y", "-1:"):
        assert not agreed(lines(later.file), wrong)


def test_the_issuers_own_keys_prove_it_and_others_do_not(whole: Path, tmp_path: Path) -> None:
    keys = parsed(whole)[0]["platforms"][0]["keys"]
    assert agreed(lines(whole), keys=keys)
    mine = forging.b64u(X25519PrivateKey.generate().public_key().public_bytes_raw())
    assert not agreed(lines(whole), keys=[{**keys[0], "x": mine}])
    assert not agreed(lines(whole), keys=[])
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": keys}), "utf-8")
    assert verify_file(whole, jwks=jwks).keys_from_issuer
    assert alone(whole, "--jwks", jwks)[1]["keys_from_issuer"] is True
    jwks.write_text("{}", "utf-8")
    with pytest.raises(SettingsError) as caught:
        verify_file(whole, jwks=jwks)
    assert caught.value.code == "evidence_jwks"


def test_one_person_is_proven_by_what_the_audit_was_told_of_their_batch(sent: Sent, one: Path) -> None:
    status, said = alone(one)
    verdict = verify_file(one)
    assert (status, said["people"], said["signed"], verdict.people) == (0, 1, 1, 1)
    shown = {line["action"]: line["number"] for line in parsed(one, "entry")}
    numbers = [shown[name] for name in ("campaign.approved", "batch.claimed", "evidence.exported")]
    assert numbers == sorted(numbers) == [said["entries"][name] for name in said["entries"]]
    assert verdict.entry == shown["batch.claimed"]
    told = next(line for line in parsed(one, "entry") if line["action"] == "batch.claimed")
    assert (told["at"], json.loads(told["facts"])["campaign"]) == (parsed(one, "person")[0]["sent"], sent.campaign)


def test_of_a_batch_that_no_entry_tells_the_root_is_over_all_and_made_today(
    sent: Sent, whole: Path, older: Path
) -> None:
    status, said = alone(older)
    assert (status, said["people"], said["signed"]) == (0, len(sent.refs()), 1)
    assert parsed(older, "people") == parsed(whole, "people")
    assert (verify_file(older).entry, verify_file(older).people) == (0, len(sent.refs()))
    assert not parsed(older, "batch")


def test_a_text_with_a_number_in_it_is_proven_as_one_of_an_older_batch(sent: Sent, tmp_path: Path) -> None:
    """The hash of the message is of the text as it was: whoever guesses four digits could compare it."""

    class Numbered(Untold):
        def sent_one(self, campaign_id: int, seq: int) -> tuple[SentWindow, ClaimedIn | None]:
            window, claimed = self.store.sent_one(campaign_id, seq)
            return replace(window, messages=[replace(m, text="打13800138000") for m in window.messages]), claimed

    account, ref = sent.refs()[3]
    desk = replace(sent.app.evidence, store=Numbered(sent.app.evidence.store))
    made = desk.export(sent.campaign, tmp_path / "n.yunfa", actor="t", person=ref, account_id=account)
    assert {line["t"] for line in parsed(made.file)} >= {"path", "people"}
    assert not parsed(made.file, "batch")


def test_a_head_from_before_the_export_holds_the_text_and_not_what_came_later(sent: Sent, tmp_path: Path) -> None:
    """Whoever has the workspace could make all anew that stands behind the head that was noted."""
    account, ref = sent.refs()[5]
    noted = str(sent.app.evidence.head())
    file = sent.app.evidence.export(sent.campaign, tmp_path / "a.yunfa", actor="t", person=ref, account_id=account).file
    assert agreed(lines(file), noted)

    def changed(name: str, value: Any) -> bool:
        found = [{**line, name: value} if line["t"] == "person" else line for line in parsed(file)]
        texts = forging.refitted([forging.proof.canonical(line) for line in found])
        assert agreed(texts), "without a head nobody can tell"
        return not agreed(texts, noted)

    record = parsed(file, "person")[0]
    assert changed("text", record["text"] + "！")
    assert changed("message", "another")
    assert changed("who", "00" * 32)
    assert changed("sent", record["sent"] + 1)
    assert not changed("outcomes", []), "which the sender's word alone tells"


def test_a_row_that_was_changed_ends_the_export(sent: Sent, tmp_path: Path) -> None:
    account, ref = sent.refs()[9]
    export = sent.app.evidence.export
    with sent.app.workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE submission SET claimed_at = claimed_at + 1"))
    try:
        with pytest.raises(WorkspaceError) as caught:
            export(sent.campaign, tmp_path / "x.yunfa", actor="t", person=ref, account_id=account)
    finally:
        with sent.app.workspace.database.write() as connection:
            connection.execute(sa.text("UPDATE submission SET claimed_at = claimed_at - 1"))
    assert not list(tmp_path.iterdir())
    assert (caught.value.code, caught.value.facts["rows_of"]) == ("record_differs", "messages")


def test_one_persons_proof_reveals_nobody_else(sent: Sent, whole: Path, one: Path) -> None:
    ref = sent.refs()[3][1]
    text = "\n".join(lines(one))
    assert ref in text
    others = {each for _, each in sent.refs()} | {c.ref for c in everybody(sent)} - {ref}
    assert not [each for each in others - {ref} if each in text]
    mine = parsed(one, "person")[0]
    for record in parsed(whole, "person"):
        if record["seq"] != mine["seq"]:
            assert not [record[name] for name in ("who", "message", "salt") if record[name] in text]
    names = {each.name for each in everybody(sent) if each.name and each.ref != ref}
    assert not [name for name in names if name in text and name not in mine["text"]]


def everybody(sent: Sent) -> list[Any]:
    return list(sent.app.workspace.customers.by_ids(range(1, 1_000)).values())


def test_no_number_is_in_any_of_it(sent: Sent, whole: Path, one: Path) -> None:
    assert len(sent.numbers) > 50
    text = "\n".join([*lines(whole), *lines(one), *(repr(each) for each in parsed(whole))])
    assert not [number for number in sent.numbers if number in text]
    shown = repr(sent.app.evidence.page(AuditQuery(), 10_000, 0, 1_000))
    assert not [number for number in sent.numbers if number in shown]


def test_every_export_is_in_the_audit_and_names_nobody(sent: Sent, one: Path) -> None:
    root, entries = parsed(one, "people")[0]["root"], sent.app.workspace.audit.entries()
    (entry,) = (each for each in entries if each.facts.get("root") == root)
    assert (entry.action, bool(entry.facts["person"])) == ("evidence.exported", True)
    assert sent.refs()[3][1] not in json.dumps(entry.facts)


@pytest.mark.timeout(300 if MUTATIONS <= 1_000 else 0)
def test_whatever_is_done_to_it_is_found_by_both(whole: Path, one: Path, older: Path) -> None:
    """Plain changes need no head; who makes all hashes anew is found by the signature, or by a head kept outside."""
    chance = random.Random(20261127)
    files = [(lines(file), parsed(file, "end")[0]) for file in (whole, one, older)]
    for _ in range(MUTATIONS):
        texts, end = chance.choice(files)
        fitted = chance.random() < 0.4
        change = chance.choice(forging.FITTED if fitted else forging.PLAIN)
        changed = change(texts, chance)
        if changed == texts:
            continue
        head = f"{end['number']}:{end['head']}" if fitted and change not in forging.BY_SIGNATURE else ""
        assert not agreed(changed, head), change.__name__


def test_a_receipt_is_not_passed_off_as_another_shops(whole: Path) -> None:
    """Both are asked of one issuer, whose signature names no shop: with every hash made anew the records tell."""
    shops = [each["account"] for each in parsed(whole)[0]["platforms"]]
    other = dict(zip(shops, [*shops[1:], shops[0]], strict=True))
    changed = [
        {**line, "account": other[line["account"]]} if line["t"] == "receipt" else line for line in parsed(whole)
    ]
    assert not agreed(forging.refitted([forging.proof.canonical(line) for line in changed]))


@pytest.mark.parametrize("kind", ["path", "batch"])
def test_somebody_elses_path_proves_nothing(sent: Sent, one: Path, older: Path, tmp_path: Path, kind: str) -> None:
    account, ref = sent.refs()[7]
    desk = sent.app.evidence if kind == "batch" else replace(sent.app.evidence, store=Untold(sent.app.evidence.store))
    other = desk.export(sent.campaign, tmp_path / "b.yunfa", actor="t", person=ref, account_id=account)
    mine, theirs = parsed(one if kind == "batch" else older), parsed(other.file)
    at = next(at for at, line in enumerate(mine) if line["t"] == kind)
    mixed = [*mine[:at], next(line for line in theirs if line["t"] == kind), *mine[at + 1 :]]
    texts = [forging.proof.canonical(line) for line in mixed]
    assert not agreed(texts)
    ours, told = both(forging.refitted(texts), f"{mine[-1]['number']}:{mine[-1]['head']}")
    assert (ours.problem, told["ok"]) == ("head", False)


def test_a_proof_by_one_root_does_not_pass_for_one_by_the_other(one: Path, older: Path) -> None:
    """With every hash made anew: a path without a batch's entry, and an entry without the message that it tells of."""
    mine, theirs = parsed(one), parsed(older)
    at, place = (next(n for n, line in enumerate(each) if line["t"] in ("path", "batch")) for each in (mine, theirs))
    for mixed in ([*mine[:at], theirs[place], *mine[at + 1 :]], [*theirs[:place], mine[at], *theirs[place + 1 :]]):
        texts = [forging.proof.canonical(line) for line in mixed]
        assert not agreed(texts)
        assert not agreed(forging.refitted(texts))
    twice = [line for line in mine for _ in range(1 + (line.get("action") == "batch.claimed"))]
    assert not agreed(forging.refitted([forging.proof.canonical(line) for line in twice]))
    early = sorted(mine, key=lambda line: line.get("action") == "campaign.approved" and len(mine))
    assert not agreed(forging.refitted([forging.proof.canonical(line) for line in early]))


def test_an_answer_that_nobody_signed_is_never_counted_as_signed(whole: Path) -> None:
    """A line that only looks like a receipt, with the records of a true one below it."""
    changed = [{**line, "t": "answer"} if line["t"] == "receipt" else line for line in parsed(whole)]
    texts = forging.refitted([forging.proof.canonical(line) for line in changed])
    ours, theirs = both(texts)
    assert not ours.ok
    assert not theirs["ok"]


def said(packed: bytes) -> bytes | None:
    """What is read in it. A few bits of a zlib stream mean nothing: who changes them changes nothing that it says."""
    unpack = zlib.decompressobj()
    try:
        text = unpack.decompress(packed)
    except zlib.error:
        return None
    return text if unpack.eof and not unpack.unused_data else None


def test_bytes_that_were_changed_cut_or_added_are_found(whole: Path, tmp_path: Path) -> None:
    data, chance, file = whole.read_bytes(), random.Random(5), tmp_path / "x.yunfa"
    for _ in range(60):
        at = chance.randrange(len(data))
        broken = [
            data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :], data[:at],
            data + chance.randbytes(3),
        ]  # fmt: skip
        for each in broken:
            file.write_bytes(each)
            assert verify_file(file).ok is (said(each) == said(data))
    file.write_bytes(data[: len(data) // 2])
    assert alone(file)[0] == 1
    assert verify_file(file).problem == "cut"
    file.write_bytes(zlib.compress(b"{}\n"))
    assert verify_file(file).problem == "not_evidence"
    assert not verify_file(packed(file, [])).ok


def test_it_can_be_for_one_reader_only(sent: Sent, tmp_path: Path) -> None:
    mine, other = (keys(tmp_path / name) for name in ("mine", "other"))
    reader = public_key_in(mine[1])
    file = sent.app.evidence.export(sent.campaign, tmp_path / "s.yunfa", actor="test", reader=reader).file
    assert verify_file(file).problem == "sealed"
    assert verify_file(file, key=private_key_in(other[0])).problem == "seal_broken"
    assert verify_file(file, key=private_key_in(mine[0])).ok
    opened = tmp_path / "opened.yunfa"
    command = [sys.executable, "-I", str(TOOLS / "open_evidence.py"), str(file)]
    assert subprocess.run([*command, str(mine[0]), str(opened)], check=False).returncode == 0
    assert alone(opened)[1]["ok"] is True
    done = subprocess.run([*command, str(other[0]), str(tmp_path / "no")], check=False, capture_output=True)
    assert (done.returncode, (tmp_path / "no").exists()) == (1, False)
    data = file.read_bytes()
    for broken in (data[:-1], data[:80], data + b"0", data[:200] + bytes([data[200] ^ 1]) + data[201:]):
        file.write_bytes(broken)
        assert verify_file(file, key=private_key_in(mine[0])).problem == "seal_broken"
    assert len(data) < CHUNK
    for wrong in (mine[0], tmp_path / "s.yunfa"):
        with pytest.raises(SettingsError) as caught:
            public_key_in(wrong)
        assert caught.value.code == "evidence_key"


def keys(stem: Path) -> tuple[Path, Path]:
    key = X25519PrivateKey.generate()
    private, public = stem.with_suffix(".pem"), stem.with_suffix(".pub")
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_nothing_is_replaced_and_nothing_half_is_left(sent: Sent, tmp_path: Path) -> None:
    taken = tmp_path / "taken.yunfa"
    taken.write_bytes(b"mine")

    def refused(code: str, kind: type[AppError], **more: Any) -> None:
        with pytest.raises(kind) as caught:
            sent.app.evidence.export(sent.campaign, more.pop("target", tmp_path / "x.yunfa"), actor="test", **more)
        assert caught.value.code == code

    refused("file_exists", WorkspaceError, target=taken)
    refused("file_unwritable", WorkspaceError, target=tmp_path / "nowhere" / "x.yunfa")
    refused("evidence_person", NotFound, person="nobody")
    refused("evidence_person", NotFound, person=sent.refs()[0][1], account_id=999)
    before = sent.app.evidence.head()

    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sent.app.evidence.export(sent.campaign, tmp_path / "x.yunfa", actor="test", tick=stop)
    assert sent.app.evidence.head() == before
    assert [each.name for each in tmp_path.iterdir()] == ["taken.yunfa"]
    assert taken.read_bytes() == b"mine"
    draft = sent.merchant.app.campaigns.duplicate(sent.campaign, "二", "test")
    with pytest.raises(NotAllowed) as caught:
        sent.app.evidence.export(draft.id, tmp_path / "x.yunfa", actor="test")
    assert caught.value.code == "evidence_nothing"
