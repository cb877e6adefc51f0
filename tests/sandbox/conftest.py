"""One sandbox for all tests that only look; tests that change the world start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpers.sandbox import SandboxClient, SandboxProcess


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=3_000) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    """Of its own, so that truth, ledger, faults and clock may be changed."""
    with SandboxProcess(customers=2_000) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: SandboxProcess) -> SandboxClient:
    return sandbox.client()


@pytest.fixture
def reader(shared_sandbox: SandboxProcess) -> SandboxClient:
    return shared_sandbox.client()


@pytest.fixture
def refs(client: SandboxClient) -> list[str]:
    """Every reference of the first shop."""
    return [row["ref"] for row in client.pages("/v1/customers", "customers")]
