"""The people behind a reason: page by page with their fact, and as a file in which nobody can be read."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import AppError
from campaign_app.services import members
from campaign_app.services.members import Members, masked_name
from tests.helpers.shop import person
from tests.helpers.staged import KEY, Staged, open_by_day, stage

HEAD = ("店铺", "标识", "姓名", "手机号", "结果")


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        yield stage(app)


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened))


def test_a_page_names_its_people_with_the_fact_that_was_looked_at(staged: Staged) -> None:
    made = staged.screened()
    (gone,) = staged.app.members.page(made.id, "withdrawn", -1, 10)
    assert (gone.name, gone.shop, gone.ref, gone.issuer_name) == ("顾客2", "店c", "c00002", "登记处")
    assert "****" in gone.phone
    assert gone.fact is not None
    assert gone.fact.status == "withdrawn"


def test_every_page_is_reached_by_where_it_begins(staged: Staged) -> None:
    made = staged.screened()
    total, starts = staged.app.members.pages(made.id, "ok", 3)
    pages = [staged.app.members.page(made.id, "ok", after, 3) for after in starts]
    assert (total, [len(page) for page in pages]) == (7, [3, 3, 1])
    seqs = [member.seq for page in pages for member in page]
    assert seqs == sorted(set(seqs))
    assert staged.app.members.pages(made.id, "minor", 3) == (0, ())


def test_who_was_never_judged_has_no_fact(staged: Staged) -> None:
    made = staged.draft()
    staged.app.workspace.campaigns.snapshot(made.id, staged.app.clock())
    page = staged.app.members.page(made.id, "unscreened", -1, 100)
    assert len(page) == staged.app.members.pages(made.id, "unscreened", 100)[0] == 10
    assert {member.fact for member in page} == {None}


def test_a_file_names_nobody(staged: Staged, tmp_path: Path) -> None:
    made, file = staged.screened(), tmp_path / "out.csv"
    done = staged.app.members.export(made.id, "ok", file, head=HEAD, words=lambda member: (member.reason,), actor="王")
    written = rows(file)
    assert (done, len(written), tuple(written[0])) == (7, 8, HEAD)
    assert written[1][2:] == ["顾**", written[1][3], "ok"]
    assert all("****" in row[3] for row in written[1:])
    assert list(tmp_path.glob("*.part")) == []


def test_a_name_that_a_spreadsheet_would_run_is_quoted(staged: Staged, tmp_path: Path) -> None:
    evil = replace(person("c", 500), name="=cmd()", ref="=1+1")
    staged.app.workspace.customers.upsert_page(staged.account, [evil], "", staged.app.clock())
    made, file = staged.screened(), tmp_path / "out.csv"
    staged.app.members.export(made.id, "ok", file, head=HEAD, words=lambda _: ("@x",), actor="王")
    cells = {cell for row in rows(file)[1:] for cell in row}
    assert {"'=1+1", "'=**", "'@x"} <= cells
    assert not any(cell.startswith(("=", "@")) for cell in cells)


def test_a_long_export_tells_how_far_it_is_and_can_be_stopped(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "PAGE", 2)
    made, file, ticks = staged.screened(), tmp_path / "out.csv", list[int]()
    file.write_text("before")

    class Stopped(Exception):
        pass

    def tick(done: int) -> None:
        ticks.append(done)
        if done == 4:
            raise Stopped

    with pytest.raises(Stopped):
        staged.app.members.export(made.id, "ok", file, head=HEAD, words=lambda _: (), actor="王", tick=tick)
    assert (ticks, file.read_text()) == ([2, 4], "before")
    assert list(tmp_path.glob("*.part")) == []


def test_a_file_that_cannot_be_written_is_an_expected_error(staged: Staged, tmp_path: Path) -> None:
    made = staged.screened()
    with pytest.raises(AppError) as caught:
        staged.app.members.export(
            made.id, "ok", tmp_path / "missing" / "out.csv", head=HEAD, words=lambda _: (), actor="王"
        )
    assert (caught.value.code, caught.value.facts["file"]) == ("file_unwritable", "out.csv")


class Nobody:
    """A store from which everybody was erased."""

    def by_ids(self, ids: Sequence[int]) -> dict[int, Customer]:
        return {}


def test_an_erased_customer_leaves_a_row_without_a_person(staged: Staged) -> None:
    made, held = staged.screened(), staged.app.workspace
    emptied = Members(held.campaigns, Nobody(), held.facts, held.accounts, held.audit, staged.app.clock)  # type: ignore[arg-type]
    (row,) = emptied.page(made.id, "withdrawn", -1, 10)
    assert (row.name, row.phone, row.shop, row.fact) == ("", "", "", None)
    assert masked_name(row.name) == ""
