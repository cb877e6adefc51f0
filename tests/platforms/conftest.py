"""One sandbox for the tests of native platforms; who changes its clock or its people puts them back."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.helpers.sandbox import SandboxProcess


@pytest.fixture(scope="session")
def vendors() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=400) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _none_collected_at_the_bottom(request: pytest.FixtureRequest) -> Iterator[None]:
    """A collection in the midst of an answer that is too deep runs finalizers without any stack left to them."""
    if "deep" not in request.node.name:
        yield
        return
    gc.collect()
    gc.disable()
    yield
    gc.enable()
