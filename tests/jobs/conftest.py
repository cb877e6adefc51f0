"""Fixtures of the jobs' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.carrier import Carrier
from tests.helpers.shop import Shop, open_shop


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On files, unless a module names its `DIALECTS`."""
    if "dialect" in metafunc.fixturenames:
        metafunc.parametrize("dialect", getattr(metafunc.module, "DIALECTS", ("sqlite",)))


@pytest.fixture
def shop(dialect: str, tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws", dialect)


@pytest.fixture
def carrier(shop: Shop) -> Iterator[Carrier]:
    account = shop.add_account(5)
    made = shop.gateways[account] = Carrier(account)
    yield made
    assert shop.reached() == sorted(set(shop.reached())), "somebody was sent to twice"
