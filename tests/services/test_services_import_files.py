"""Importing files into a real store: refusals are named, what was applied can be taken back, consent never moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import ChunkCounts, ImportRow
from campaign_app.domain.errors import NotAllowed, SettingsError, WorkspaceError
from campaign_app.domain.team import Person, Role
from campaign_app.jobs.tabular import csv_table, open_table
from campaign_app.services import import_parts
from campaign_app.services.import_plan import Begun, Source
from campaign_app.services.import_scan import Scan, Scanner
from campaign_app.services.imports import Imports
from campaign_app.storage.imports import SqlImports
from tests.helpers.importing import Imported, import_file
from tests.helpers.shop import Shop, open_shop

HEAD = "客户标识,手机号,会员等级\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def imports_of(shop: Shop, *, seen: bool = True, place: str = "") -> Imports:
    store, settings = shop.workspace.imports, shop.workspace.accounts
    return Imports(
        store=store,
        settings=settings,
        open_table=open_table,
        clock=shop.clock,
        place=place,
        seen=lambda: seen,
    )


def run(shop: Shop, file: Path, text: str, encoding: str = "utf-8") -> Imported:
    file.write_bytes(text.encode(encoding))
    account = shop.workspace.accounts.accounts()[0].id
    return import_file(imports_of(shop), Source(str(file), account), actor="王")


def grades(shop: Shop) -> dict[str, str]:
    people = shop.workspace.customers.by_ids(range(1, 50)).values()
    return {c.ref: c.attributes["会员等级"] for c in people if "会员等级" in c.attributes}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_attributes_reach_known_customers_in_any_encoding(shop: Shop, tmp_path: Path, encoding: str) -> None:
    shop.add_account(3)
    done = run(shop, tmp_path / "会员.csv", HEAD + "c00001,,金卡\nc00002,,银卡\n", encoding)
    assert grades(shop) == {"c00001": "金卡", "c00002": "银卡"}
    assert (done.counts["changed"], done.counts["refused"]) == (2, 0)


def test_a_bad_row_is_refused_with_its_number_and_reason_and_the_rest_goes_in(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(3)
    rows = ["c00001,,金卡", "c00001,,银卡", ",1380013800A,银卡", ",,银卡", "多,一,列,了", "c00002,,铜卡"]
    done = run(shop, tmp_path / "会员.csv", HEAD + "\n".join(rows) + "\n")
    report = imports_of(shop).report(import_id=done.import_id)
    assert {row for row, _, _ in report.refusals} == {3, 4, 5, 6}, "row numbers are those of the file, header included"
    assert {code for _, code, _ in report.refusals} >= {"duplicate_in_file", "phone_letters", "no_key"}
    assert grades(shop) == {"c00001": "金卡", "c00002": "铜卡"}


def test_numbers_in_a_run_stay_unsendable_even_if_a_customer_has_one(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(1)
    rows = [f",1391234500{i},金卡" for i in (3, 0, 1, 4, 2)] + [",13700000009,金卡"]
    done = run(shop, tmp_path / "会员.csv", HEAD + "\n".join(rows) + "\n")
    report = imports_of(shop).report(import_id=done.import_id)
    assert (report.consecutive_rows, report.rows.consecutive, report.rows.waiting) == ((2, 3, 4, 5, 6), 5, 1)
    campaign = shop.campaign(state=CampaignState.SCREENED, audience=Filter())
    assert sum(shop.workspace.campaigns.funnel(campaign.id).values()) == 1, "nobody came in by a file"


def test_a_file_that_no_worker_would_see_is_refused_before_anything_is_written(shop: Shop, tmp_path: Path) -> None:
    """Of somebody who may start no worker on this computer; whoever may gets one that does it."""
    account, file = shop.add_account(1), tmp_path / "a.csv"
    file.write_text(f"{HEAD}c00000,,金\n", encoding="utf-8")
    operator, source = Person("anna", frozenset({Role.OPERATOR})), Source(str(file), account)
    with pytest.raises(NotAllowed, match="No worker sees") as caught:
        imports_of(shop, seen=False).used_by(operator).begin(source=source, actor="王")
    assert caught.value.code == "import_elsewhere"
    assert shop.workspace.imports.imports(9) == ()
    for imports in (imports_of(shop, seen=True).used_by(operator), imports_of(shop, seen=False)):
        assert imports.begin(source=source, actor="王").rows == 1


def test_importing_twice_is_importing_once_and_undo_takes_it_back(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(3)
    text = HEAD + "c00001,,金卡\n"
    first = run(shop, tmp_path / "会员.csv", text)
    again = run(shop, tmp_path / "会员.csv", text)
    assert grades(shop) == {"c00001": "金卡"}
    for import_id in dict.fromkeys((again.import_id, first.import_id)):
        imports_of(shop).undo(import_id=import_id, actor="王")
    assert grades(shop) == {}


def test_a_stop_between_chunks_says_what_was_left(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(1)
    file = tmp_path / "会员.csv"
    file.write_text(HEAD + "c00000,,金卡\n", encoding="utf-8")
    source = Source(str(file), 1)
    imports = imports_of(shop)
    counts = imports.finish(imports.begin(source=source, actor="王").import_id)
    assert (counts["left"], grades(shop)) == (1, {})


def test_a_consent_column_changes_nobodys_consent(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(2)
    run(shop, tmp_path / "会员.csv", "客户标识,同意短信,会员等级\nc00001,是,金卡\n")
    assert "同意短信" not in next(iter(shop.workspace.customers.by_ids([2]).values())).attributes
    assert shop.workspace.facts.latest([1, 2]) == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (HEAD.encode(), "file_no_rows"), ("姓名,等级\n张,金\n".encode(), "no_key_column")],
)
def test_an_unusable_file_is_one_clear_error(shop: Shop, tmp_path: Path, content: bytes, code: str) -> None:
    shop.add_account(1)
    file = tmp_path / "会员.csv"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        import_file(imports_of(shop), Source(str(file), 1), actor="王")
    assert caught.value.code == code


def test_a_file_that_changed_after_its_dry_run_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(1)
    file = tmp_path / "会员.csv"
    file.write_text(HEAD + "c00000,,金卡\n", encoding="utf-8")
    imports, source = imports_of(shop), Source(str(file), 1)
    tried = imports.dry_run(source=source)
    assert (tried.rows, tried.counts.changed) == (1, 1)
    assert imports.preview(source=source).rows[0].cells[0] == "c00000"
    file.write_text(HEAD + "c00000,,银卡\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        import_file(imports, source, actor="王", sha256=tried.sha256)
    assert caught.value.code == "file_changed"


def test_what_a_dry_run_found_is_not_looked_for_again(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the file is then read in another way, or is another file; then as if nobody had tried anything."""
    shop.add_account(3)
    file, scans = tmp_path / "会员.csv", list[str]()
    file.write_text("客户标识,手机号,别名,会员等级\nc00001,,甲,金卡\nc00001,,乙,银卡\n", encoding="utf-8")
    scan = Scanner.scan

    def watched(scanner: Scanner, *given: Any) -> Scan:
        scans.append("read")
        return scan(scanner, *given)

    monkeypatch.setattr(Scanner, "scan", watched)
    imports, account = imports_of(shop), shop.workspace.accounts.accounts()[0].id
    source = Source(str(file), account)
    tried = imports.dry_run(source=source)
    done = import_file(imports, source, actor="王", sha256=tried.sha256)
    assert (scans, done.counts["refused"], grades(shop)) == (["read"], 1, {"c00001": "金卡"})
    other = Source(str(file), account, columns={"客户标识": "ignore", "别名": "ref"})
    assert import_file(imports, other, actor="王", sha256=tried.sha256).counts["refused"] == 0
    assert len(scans) == 2
    file.write_text("客户标识,会员等级\nc00002,金卡\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="another one than was tried"):
        imports.begin(source=source, actor="王", sha256=tried.sha256)


def test_rows_that_went_in_before_an_import_was_cut_are_counted(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_parts, "CHUNK", 8)
    monkeypatch.setattr(import_parts, "PART", 2)
    shop.add_account(30)
    file = tmp_path / "会员.csv"
    file.write_text(HEAD + "".join(f"c{n:05d},,金卡\n" for n in range(20)), encoding="utf-8")
    imports = imports_of(shop)
    begun = imports.begin(source=Source(str(file), shop.workspace.accounts.accounts()[0].id), actor="王")
    stored: list[int] = []

    def until_the_third(store: SqlImports, import_id: int, rows: Sequence[ImportRow]) -> ChunkCounts:
        stored.append(len(rows))
        if len(stored) > 3:
            raise WorkspaceError("disk_full", "The disk is full; nothing was changed")
        return apply(store, import_id, rows)

    apply = SqlImports.apply_chunk
    monkeypatch.setattr(SqlImports, "apply_chunk", until_the_third)
    with pytest.raises(WorkspaceError):
        imports.apply_chunk(begun.import_id, 0)
    counts = imports.finish(begun.import_id)
    assert stored == [1, 2, 2, 2], "row 1 is the header"
    assert (counts["changed"], counts["left"]) == (5, 15)
    assert imports.report(import_id=begun.import_id).rows.changed == 5


def test_rows_of_a_chunk_that_is_done_again_and_cut_stay_counted(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step may be repeated after a crash, and two jobs may be at one import: what is in, is in."""
    monkeypatch.setattr(import_parts, "CHUNK", 8)
    monkeypatch.setattr(import_parts, "PART", 2)
    shop.add_account(30)
    file = tmp_path / "会员.csv"
    file.write_text(HEAD + "".join(f"c{n:05d},,金卡\n" for n in range(20)) + ",138,\n", encoding="utf-8")
    imports = imports_of(shop)
    begun = imports.begin(source=Source(str(file), shop.workspace.accounts.accounts()[0].id), actor="王")
    for chunk in range(begun.chunks):
        imports.apply_chunk(begun.import_id, chunk)
    apply, taken = SqlImports.apply_chunk, list[int]()

    def until_the_second(store: SqlImports, import_id: int, rows: Sequence[ImportRow]) -> ChunkCounts:
        taken.append(len(rows))
        if len(taken) > 1:
            raise WorkspaceError("disk_full", "The disk is full; nothing was changed")
        return apply(store, import_id, rows)

    monkeypatch.setattr(SqlImports, "apply_chunk", until_the_second)
    with pytest.raises(WorkspaceError):
        imports.apply_chunk(begun.import_id, 1)
    counts = imports.finish(begun.import_id)
    assert (counts["changed"], counts["refused"], counts["left"]) == (20, 1, 0)


def test_whoever_begins_a_file_as_another_stops_it_has_all_rows_imported(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stopped nothing: that of a part of the rows would be told as the end of theirs."""
    monkeypatch.setattr(import_parts, "CHUNK", 8)
    monkeypatch.setattr(import_parts, "PART", 2)
    shop.add_account(30)
    file = tmp_path / "会员.csv"
    file.write_text(HEAD + "".join(f"c{n:05d},,金卡\n" for n in range(20)), encoding="utf-8")
    source = Source(str(file), shop.workspace.accounts.accounts()[0].id)
    first, second = imports_of(shop), imports_of(shop)
    begun = first.begin(source=source, actor="王")
    first.apply_chunk(begun.import_id, 0)
    again = second.begin(source=source, actor="李")
    assert first.finish(begun.import_id)["left"] > 0
    for chunk in range(again.chunks):
        second.apply_chunk(again.import_id, chunk)
    assert second.finish(again.import_id)["left"] == 0
    assert (again.import_id, len(grades(shop))) == (begun.import_id, 20)


def test_whoever_begins_a_file_on_two_computers_at_once_has_it_read_on_each(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one import; a worker finds the file where its own computer has it."""
    monkeypatch.setattr(import_parts, "CHUNK", 8)
    monkeypatch.setattr(import_parts, "PART", 2)
    shop.add_account(30)
    account, begun = shop.workspace.accounts.accounts()[0].id, list[Begun]()
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
        file = tmp_path / place / "会员.csv"
        file.write_text(HEAD + "".join(f"c{n:05d},,金卡\n" for n in range(20)), encoding="utf-8")
        begun.append(imports_of(shop, place=place).begin(source=Source(str(file), account), actor="王"))
    assert begun[0].import_id == begun[1].import_id
    for place, chunk in (("here", 0), ("there", 1), ("here", 2)):
        others = tmp_path / ("there" if place == "here" else "here")
        others.rename(tmp_path / "out of sight")
        imports_of(shop, place=place).apply_chunk(begun[0].import_id, chunk)
        (tmp_path / "out of sight").rename(others)
    assert imports_of(shop).finish(begun[0].import_id)["left"] == 0
    assert len(grades(shop)) == 20


def test_whoever_begins_a_file_that_a_colleague_is_having_imported_is_told_so(shop: Shop, tmp_path: Path) -> None:
    """The plan is the colleague's: the server would refuse to change it as if the role did not allow imports."""
    account, file = shop.add_account(1), tmp_path / "a.csv"
    file.write_text(f"{HEAD}c00000,,金\n", encoding="utf-8")
    source, roles = Source(str(file), account), frozenset({Role.OPERATOR})
    anna, anne, worker = Person("anna", roles), Person("ann", roles), Person("svc", frozenset({Role.WORKER, *roles}))
    begun = imports_of(shop).used_by(anna).begin(source=source, actor="window")
    with pytest.raises(NotAllowed) as caught:
        imports_of(shop).used_by(anne).begin(source=source, actor="window")
    assert caught.value.code == "import_unfinished"
    for each in (anna, worker, Person()):
        assert imports_of(shop).used_by(each).begin(source=source, actor="cli").import_id == begun.import_id


def test_a_file_that_changes_while_a_part_is_read_is_noticed(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that were found plain are not looked at again, so whatever they are by now goes nowhere."""
    shop.add_account(3)
    file = tmp_path / "会员.csv"
    file.write_text(HEAD + "c00000,13800000000,金卡\nc00001,13800000001,银卡\n", encoding="utf-8")
    imports = imports_of(shop)
    begun = imports.begin(source=Source(str(file), shop.workspace.accounts.accounts()[0].id), actor="王")
    for number in ("13800000000", "138"):
        read = csv_table.text_blocks

        def changed(path: Path, encoding: str, number: str = number, read: Any = read) -> Any:
            file.write_text(HEAD + f"c00000,{number},金\x00卡\n", encoding="utf-8")
            return read(path, encoding)

        with monkeypatch.context() as patched:
            patched.setattr(csv_table, "text_blocks", changed)
            with pytest.raises(SettingsError, match="has changed"):
                imports.apply_chunk(begun.import_id, 0)
        file.write_text(HEAD + "c00000,13800000000,金卡\nc00001,13800000001,银卡\n", encoding="utf-8")
        imports = imports_of(shop)
    assert grades(shop) == {}
