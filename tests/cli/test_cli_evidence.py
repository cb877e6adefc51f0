"""`campaign-app evidence`: a proof is exported, verified by a noted head, and refused where it was changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.evidence.stamps import roots_in
from campaign_app.services.campaigns import approval_hash
from tests.cli.test_cli_backup import SECRET, SHOP, Line
from tests.cli.test_cli_telling import without_codes
from tests.helpers.authority import authority, needs_openssl

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = Line(tmp_path)
    with bootstrap.create_app(made.folder, PassphraseKeeper(SECRET, Scrypt(n=2**10))) as app:
        stores = app.workspace
        stores.accounts.add_entity(SHOP)
        draft = stores.campaigns.create(Campaign(0, "双十一", SHOP.uscc, "retail", Filter(), "安宁百货", "上新"))
        approved = replace(draft, state=CampaignState.APPROVED, approved_at=NOW, approved_by="李", rule_packs="v")
        approved = replace(approved, approved_hash=approval_hash(approved, "v"))
        stores.campaigns.update(approved, expected=draft.state)
        stores.audit.record("campaign.approved", actor="李", at=NOW, campaign=draft.id, hash=approved.approved_hash)
    return made


def test_a_proof_is_exported_and_verified_by_a_noted_head(line: Line, tmp_path: Path) -> None:
    head = line.here("evidence", "head")
    assert (head["entries"], head["roots"], head["rows"], head["rows_before"]) == (1, 0, 0, 0)
    assert line.here("evidence", "head", "--chain-only") == {"entries": 1, "head": head["head"]}
    file = str(tmp_path / "a.yunfa")
    made = line.here("evidence", "export", "1", "--out", file)
    assert (made["people"], made["head"].split(":")[0]) == (0, "2")
    said = line.json("evidence", "verify", file, "--head", head["head"])
    assert (said["ok"], said["campaign"], said["head"], said["head_compared"]) == (True, "双十一", made["head"], True)
    assert said["head_covers"] is False
    assert line.json("evidence", "verify", file, "--head", made["head"])["head_covers"] is True
    status, said_of_it, _ = line.call("evidence", "verify", file, "--head", "1:00", "--json")
    assert (status, json.loads(said_of_it)["problem"]) == (1, "head")
    status, shown, _ = line.call("evidence", "verify", file, "--head", "1:00")
    assert (status, "审计链里没有给出的链头" in without_codes(shown)) == (1, True)
    status, shown, _ = line.call("evidence", "verify", file)
    assert (status, {"结论：成立", "活动：双十一"} <= {*without_codes(shown).splitlines()}) == (0, True)


def test_what_cannot_be_done_is_one_sentence(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "a.yunfa"
    file.write_bytes(b"mine")
    export = ("evidence", "export", "1", "--out", str(file), *line.options)
    for words, sentence in (
        (export, "没有覆盖"),
        ((*export, "--person", "c1"), "没有给这个客户标识发过短信"),
        ((*export, "--to-key", line.own), "不是 X25519 密钥"),
        (("evidence", "verify", str(tmp_path / "none")), "none"),
        (("evidence", "verify", str(file), "--key", str(file)), "不是 X25519 密钥"),
    ):
        status, _, said = line.call(*words)
        assert (status, sentence in said) == (2, True), said
    assert file.read_bytes() == b"mine"
    status, said, _ = line.call("evidence", "verify", str(file))
    assert (status, "这不是证据文件" in said) == (1, True)


@needs_openssl
def test_a_head_is_stamped_outside_and_every_later_proof_says_so(line: Line, tmp_path: Path) -> None:
    theirs, request = authority(tmp_path / "tsa"), tmp_path / "head.tsq"
    asked = line.here("evidence", "stamp-request", "--out", str(request))
    assert asked["file"] == str(request)
    reply = theirs.reply(request)
    status, _, said = line.call("evidence", "stamp", str(request), "--tsa", str(theirs.root), *line.options)
    assert (status, "不是 RFC 3161 的时间戳答复" in said.replace("\n", "")) == (2, True)
    kept = line.here("evidence", "stamp", str(reply), "--tsa", str(theirs.root))
    assert (kept["head"], kept["authority"]) == (asked["head"], "CN=signer")
    (believed,) = roots_in(theirs.root)
    assert kept["ca"] == believed.fingerprint(SHA256()).hex()
    listed = line.here("evidence", "stamps", "--save", str(tmp_path))
    assert (listed["stamps"], listed["skipped"]) == ([kept], 0)
    assert line.here("evidence", "stamps", "--save", str(tmp_path)) == listed  # again, into the same folder
    text, saved = map(Path, listed["files"])
    assert (text.read_text("ascii"), theirs.verify(text, saved)) == (f"{asked['head']}\n", True)
    file = str(tmp_path / "a.yunfa")
    line.here("evidence", "export", "1", "--out", file)
    told = line.json("evidence", "verify", file, "--tsa", str(theirs.root))
    assert (told["stamps_verified"], [each["head"] for each in told["stamps"]]) == (True, [asked["head"]])
    assert told["stamps"][0]["ca"] == kept["ca"]
    assert line.json("evidence", "verify", file)["stamps_verified"] is False
    for words in (("verify", file), ("stamps", *line.options)):
        status, said, _ = line.call("evidence", *words)
        assert (status, "时间戳" in without_codes(said.replace("CN=signer", ""))) == (0, True)
