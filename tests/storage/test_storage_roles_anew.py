"""A campaign that waits and has not begun, at the database of a team: who may void what was approved, and how."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from storage_roles import OPERATOR, REVIEWER, Stage, refused, staged
from storage_samples import KEY

from tests.helpers.crowd import crowd

DIALECTS = ("postgresql",)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with crowd(tmp_path_factory.mktemp("crowd") / "ws", KEY) as here, closing(here.open(here.maker)) as workspace:
        yield staged(here, workspace)


def test_what_waits_and_has_not_begun_is_changed_or_screened_anew_without_its_approval(stage: Stage) -> None:
    void = "approved_hash = '', approved_by = '', approved_at = NULL, send_at = NULL, window_end = NULL"
    with stage.here.sql(stage.here.maker) as maker, stage.sql(OPERATOR) as sql, stage.sql(REVIEWER) as reviewer:
        maker.execute("UPDATE campaign SET state = 'waiting' WHERE id IN (%s, %s)", [stage.sending, stage.approved])
        maker.commit()
        rename = "UPDATE campaign SET name = 'neu' WHERE id = %(id)s"
        assert not refused(sql, rename, id=stage.approved)
        assert refused(sql, rename, id=stage.sending)
        for state in ("draft", "screening"):
            asked = f"UPDATE campaign SET state = '{state}', {void} WHERE id = %(id)s"
            assert not refused(sql, asked, id=stage.approved)
            assert refused(sql, asked, id=stage.sending), "its messages were handed over"
            assert refused(sql, f"UPDATE campaign SET state = '{state}' WHERE id = %(id)s", id=stage.approved)
            assert refused(reviewer, asked, id=stage.approved)
        text = f"UPDATE campaign SET state = 'screening', body = 'neu', edited_by = session_user, {void}"
        assert refused(sql, f"{text} WHERE id = %(id)s", id=stage.approved), (
            "a changed text is nobody's to screen unseen"
        )
