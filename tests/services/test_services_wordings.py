"""Wordings by which consent is asked for: read from files, checked, and kept with their history."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.services.wording_files import LONGEST, text_of
from campaign_app.services.wordings import ConsentWordings, sha256_of
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import code_of
from tests.helpers.shop import NOW, Shop, open_shop

BAD = "用户完成注册即视为同意接收营销短信，无需另行获得用户同意。"
BODY = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>第一条</w:t><w:tab/><w:t>注册</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>默认</w:t></w:r><w:r><w:t>勾选</w:t><w:br/></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"
    "</w:body></w:document>"
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


@pytest.fixture
def service(shop: Shop) -> ConsentWordings:
    return ConsentWordings(shop.workspace.wordings, shop.workspace.accounts, shop.clock)


def test_a_check_is_kept_with_text_hash_and_findings_and_is_in_the_audit(shop: Shop, service: ConsentWordings) -> None:
    account = shop.add_account(0)
    kept = service.check(BAD, "agreement", entity_uscc=ENTITY, account_id=account, name="协议.txt", actor="李")
    assert (kept.sha256, kept.verdict, kept.checked_by, kept.checked_at) == (sha256_of(BAD), "block", "李", NOW)
    assert {each.rule for each in kept.findings} == {"CON-002"}
    assert all(BAD[each.start : each.end] == each.text for each in kept.findings)
    assert BAD not in repr(kept)
    (entry,) = shop.workspace.audit.entries(limit=1)
    assert (entry.action, entry.facts["sha256"], entry.facts["finding"]) == ("wording.checked", kept.sha256, 2)
    assert service.history() == service.history(ENTITY) == (kept,)


def test_the_history_is_of_an_entity_and_a_time_the_newest_first(shop: Shop, service: ConsentWordings) -> None:
    first = service.check(BAD, "agreement", entity_uscc=ENTITY, actor="李")
    shop.clock.advance(60)
    second = service.check("□ 我同意接收短信", "screen", entity_uscc=ENTITY, actor="李")
    clean = service.check("设置头像", "screen", entity_uscc=ENTITY, actor="李")
    assert [each.id for each in service.history(limit=2)] == [clean.id, second.id]
    assert service.history(until=NOW + timedelta(seconds=1)) == (first,)
    assert service.history(since=NOW + timedelta(seconds=1)) == (clean, second)
    assert service.history("91330100MA0000009Y") == ()
    assert (second.verdict, clean.verdict) == ("block", "pass")


def test_what_is_no_wording_or_nobodys_is_not_kept(shop: Shop, service: ConsentWordings) -> None:
    assert code_of(lambda: service.look(" \n", "screen")) == "wording_empty"
    assert code_of(lambda: service.look("a" * (LONGEST + 1), "screen")) == "wording_long"
    assert code_of(lambda: service.look("同意", "letter")) == "wording_kind"
    with pytest.raises(NotFound):
        service.check(BAD, "agreement", entity_uscc="91330100MA0000009Y", actor="李")
    assert service.history() == ()


def document(path: Path, body: str = BODY, name: str = "word/document.xml") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, body)
    return path


def test_files_of_chinese_computers_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        file = tmp_path / f"{encoding}.txt"
        file.write_bytes("默认\r\n勾选".encode(encoding))
        assert text_of(file) == "默认\n勾选"
    assert text_of(document(tmp_path / "a.docx")) == "第一条\t注册\n默认勾选"


@pytest.mark.parametrize("name", ["binary", "other", "cut", "doctype", "long", "huge", "gone", "damaged"])
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.docx"
    if name == "binary":
        file.write_bytes(bytes(range(256)) * 9)
    elif name == "other":
        document(file, name="xl/workbook.xml")
    elif name == "cut":
        document(file, BODY[:-20])
    elif name == "doctype":
        document(file, BODY.replace("<w:document", '<!DOCTYPE x [<!ENTITY a "b">]><w:document', 1))
    elif name == "long":
        document(file, BODY.replace("第一条", "长" * (LONGEST + 1)))
    elif name == "huge":
        with file.open("wb") as stream:
            stream.truncate(21 << 20)
    elif name == "damaged":
        data = document(file).read_bytes()
        file.write_bytes(data[:40] + b"\xff" * 60 + data[100:])
    with pytest.raises(SettingsError) as caught:
        text_of(file)
    codes = {"long": "wording_long", "huge": "wording_long", "gone": "no_file"}
    assert caught.value.code == codes.get(name, "wording_file")
