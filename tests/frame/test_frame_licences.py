"""Every library that is shipped may be used in a program under Apache-2.0: permissive, MPL or LGPL, nothing else."""

from __future__ import annotations

from importlib import metadata

import pytest

from tools.licences import closure, is_allowed, licence_of

CLOSURE = sorted(closure().items())


@pytest.mark.parametrize(("name", "found"), CLOSURE, ids=[name for name, _ in CLOSURE])
def test_its_licence_lets_us_ship_it(name: str, found: metadata.Distribution) -> None:
    licence = licence_of(name, found)
    assert is_allowed(licence), f"{name} is under {licence or 'no licence that its metadata names'}"


@pytest.mark.parametrize(
    "refused", ["GPL-3.0-only", "MIT AND GPL-2.0-only", "AGPL-3.0", "", "(MIT OR GPL-2.0) AND MIT"]
)
def test_other_licences_are_refused(refused: str) -> None:
    assert not is_allowed(refused)


def test_the_walk_reaches_what_our_dependencies_need() -> None:
    assert {"pyside6-essentials", "shiboken6", "psycopg", "urllib3", "pydantic-core"} <= dict(CLOSURE).keys()
