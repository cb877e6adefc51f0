"""Saved segments: counted now, kept by name, and each change of them in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.services.audiences import NAME_MAX, Audiences
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import Desk, open_desk

ZHEJIANG = Filter((Condition("province", Op.IS, "浙江"),))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


@pytest.fixture
def audiences(desk: Desk) -> Audiences:
    workspace = desk.shop.workspace
    return Audiences(customers=workspace.customers, store=workspace.audiences, clock=desk.shop.clock)


def test_segments_are_saved_by_name(audiences: Audiences, desk: Desk) -> None:
    assert audiences.count(ZHEJIANG, ENTITY) == 5
    assert audiences.count(ZHEJIANG, "91330100MA0000002X") == 0
    audiences.save(" 浙江客户 ", ZHEJIANG, actor="test")
    assert audiences.saved() == {"浙江客户": ZHEJIANG}
    audiences.remove("浙江客户", actor="test")
    assert audiences.saved() == {}
    with pytest.raises(SettingsError):
        audiences.save(" ", ZHEJIANG, actor="test")
    audiences.save("浙" * NAME_MAX, ZHEJIANG, actor="test")
    for act in (
        lambda: audiences.save("浙" * (NAME_MAX + 1), ZHEJIANG, actor="test"),
        lambda: audiences.rename("浙" * NAME_MAX, "江" * 2_700, actor="test"),
    ):
        with pytest.raises(SettingsError) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("segment_name_long", {"most": NAME_MAX})


def test_hundreds_of_segments_are_read_at_once(audiences: Audiences, desk: Desk) -> None:
    """One by one, one that another window deletes meanwhile would fail the reading of all."""
    for number in range(5):
        audiences.save(f"浙江{number}", ZHEJIANG, actor="test")
    asked: list[object] = []
    sa.event.listen(desk.shop.workspace.database.engine, "before_cursor_execute", lambda *what: asked.append(what))
    assert list(audiences.saved()) == [f"浙江{number}" for number in range(5)]
    assert len(asked) == 1


def test_every_change_is_in_the_audit_and_names_no_number(audiences: Audiences, desk: Desk) -> None:
    audiences.save("打给13800001111的", ZHEJIANG, actor="test")
    audiences.rename("打给13800001111的", "江浙", actor="test")
    for _ in range(2):  # somebody else was faster: nothing is there to be noted
        audiences.remove("江浙", actor="test")
    with pytest.raises(NotFound):
        audiences.rename("江浙", "别的", actor="test")
    entries = [each for each in reversed(desk.shop.workspace.audit.entries()) if each.action.startswith("segment.")]
    assert [each.action for each in entries] == ["segment.saved", "segment.renamed", "segment.removed"]
    assert {each.actor for each in entries} == {"test"}
    saved, renamed, removed = (each.facts for each in entries)
    assert (saved["segment"], len(str(saved["filter"]))) == ("打给138****1111的", 64)
    assert renamed == {"segment": "江浙", "former": "打给138****1111的"}
    assert removed == {"segment": "江浙"}
