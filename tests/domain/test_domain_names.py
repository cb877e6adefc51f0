"""What the package offers, loaded when it is asked for."""

from __future__ import annotations

import pytest

from campaign_app import domain


@pytest.mark.parametrize("name", domain.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(domain, name).__name__ == name


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="Nobody"):
        _ = domain.Nobody  # type: ignore[attr-defined]
