"""What cannot be opened is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.services.tables import ReadOptions


def test_a_file_that_leads_to_itself_cannot_be_read(tmp_path: Path) -> None:
    loop = tmp_path / "名单.csv"
    loop.symlink_to(loop)
    with pytest.raises(SettingsError) as caught:
        open_table(loop, ReadOptions())
    assert caught.value.code == "file_unreadable"
