"""`assets.path` finds the resources in a source tree, in an installed wheel and in a frozen build."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app import assets
from campaign_app.domain.errors import AppError

ROOT = Path(__file__).resolve().parents[2]
ASK = "import sys; sys.path.insert(0, sys.argv[1]); from campaign_app import assets; print(assets.path(*sys.argv[2:]))"


def shipped(folder: Path) -> Iterator[str]:
    return (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_in_a_source_tree() -> None:
    assert assets.path() == ROOT / "resources"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(AppError, match="nowhere") as caught:
        assets.path("nowhere", "x.toml")
    assert (caught.value.code, caught.value.facts) == ("asset_missing", {"asset": "nowhere/x.toml"})


def test_a_frozen_build_looks_beside_itself_first_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(AppError, match="install the program again"):
        assets.path()
    (tmp_path / "resources" / "rules").mkdir(parents=True)
    assert assets.path("rules") == tmp_path / "resources" / "rules"


@pytest.fixture(scope="module")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, target = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site-packages")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    (wheel,) = out.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


def test_in_an_installed_wheel(unpacked_wheel: Path, tmp_path: Path) -> None:
    ask = [sys.executable, "-I", "-c", ASK, str(unpacked_wheel)]
    answer = subprocess.run(ask, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert Path(answer.stdout.strip()) == unpacked_wheel / "campaign_app" / "resources"


def test_the_wheel_holds_every_resource_and_every_module(unpacked_wheel: Path) -> None:
    package = unpacked_wheel / "campaign_app"
    assert set(shipped(ROOT / "resources")) <= set(shipped(package / "resources"))
    sources = {name for name in shipped(ROOT / "campaign_app") if "__pycache__" not in name}
    assert sources <= set(shipped(package))
    assert "py.typed" in sources


def test_the_wheel_holds_the_manual_in_both_languages(unpacked_wheel: Path) -> None:
    for language in ("zh", "en"):
        chapters = set(shipped(ROOT / "docs" / "manual" / language))
        assert chapters == set(shipped(unpacked_wheel / "campaign_app" / "resources" / "manual" / language))
        assert {"first-campaign.md", "images/architecture.svg"} <= chapters
