"""A fresh workspace for every test, copied from one that is made once: on files, and on a server as well."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from storage_samples import KEY, Fresh

from campaign_app.credentials import MemoryKeeper
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, create_workspace, open_workspace

BOTH = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module whose tests are about files, or about a server, names its `DIALECTS`."""
    if "dialect" in metafunc.fixturenames:
        metafunc.parametrize("dialect", getattr(metafunc.module, "DIALECTS", BOTH))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "workspace"
    create_workspace(folder, MemoryKeeper(KEY)).close()
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """The folder of a closed workspace, for tests that spoil it."""
    return Path(shutil.copytree(template, tmp_path / "workspace"))


@pytest.fixture
def workspace(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    if dialect == "postgresql":
        from tests.helpers.pg import team_workspace

        with team_workspace(tmp_path / "workspace", KEY) as opened:
            yield opened
        return
    opened = open_workspace(request.getfixturevalue("folder"), MemoryKeeper(KEY))
    yield opened
    opened.close()


@pytest.fixture
def empty() -> Iterator[Server]:
    """A database without anything in it."""
    from tests.helpers.pg import bare_database, cluster

    with bare_database() as name:
        yield cluster().server(name)


@pytest.fixture(scope="session")
def fresh(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """For property tests: a new workspace for each example."""

    @contextmanager
    def make() -> Iterator[Workspace]:
        base = tmp_path_factory.mktemp("example")
        opened = open_workspace(Path(shutil.copytree(template, base / "workspace")), MemoryKeeper(KEY))
        try:
            yield opened
        finally:
            opened.close()
            shutil.rmtree(base)

    return make
