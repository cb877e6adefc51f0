"""Where an account's messages come from: one port has one signature, however it is written."""

from __future__ import annotations

import pytest

from campaign_app.domain.filing import port_of


@pytest.mark.parametrize(
    ("source", "port"),
    [("+1069000", "1069000"), ("1069 0001", "10690001"), (" AnNing ", "anning"), ("A1", "a1"), ("", "")],
)
def test_a_port_is_digits_or_a_name_as_written(source: str, port: str) -> None:
    assert port_of({"source": source}) == port
    assert port_of({}) == ""
