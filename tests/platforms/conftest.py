"""One sandbox for the tests of native platforms; who changes its clock or its people puts them back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.sandbox import SandboxProcess


@pytest.fixture(scope="session")
def vendors() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=400) as sandbox:
        yield sandbox
