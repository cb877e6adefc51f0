"""A merchant whose platform does not sign its answers, by day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.fresh import fresh_folder
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    for app in open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "ws"):
        made = stage(app)
        made.shop.platforms[made.account].signs = False
        yield made
