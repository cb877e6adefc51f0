"""An SMS centre that is not ours, and a workspace with an account at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.smpp_centre import Centre
from tests.helpers.smpp_desk import SmppDesk


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as started:
        yield started


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[SmppDesk]:
    with SmppDesk(tmp_path / "workspace", centre.url) as opened:
        yield opened
