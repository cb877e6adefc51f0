"""The rules of the code base that no linter knows, and those a linter knows, run as tests."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import campaign_app

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".git", ".venv", "dist", "build", "__pycache__"}
PACKAGES = ["campaign_app"] + [
    module.name for module in pkgutil.walk_packages(campaign_app.__path__, "campaign_app.") if module.ispkg
]
PATHS_OF_A_MACHINE = re.compile(r"/(?:home|Users)/[a-z]\w+|[A-Z]:\\{1,2}Users\\|(?<![\w./$}])/(?:work|opt/cav|root)/")
REGISTRY_HOSTS = re.compile(
    r"(?:extra-)?index-url|find-links|pythonhosted\.org|pypi\.org/simple|mirrors?\.[\w-]+\.\w+/pypi"
)


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return [f for f in ROOT.rglob("*") if f.is_file() and not SKIPPED & set(f.relative_to(ROOT).parts)]
    listed = subprocess.run([git, "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def own_names(module: ModuleType) -> set[str]:
    """What a package defines itself or takes from its own modules, as far as Python can tell."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and str(getattr(value, "__module__", "")).startswith(module.__name__)
    }


def test_imports_point_inwards_only() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_exports_is_declared_to_the_name(package: str) -> None:
    module = importlib.import_module(package)
    declared = getattr(module, "__all__", None)
    if declared is not None:
        assert own_names(module) <= set(declared), "add it to __all__, or begin its name with _"
        assert [name for name in declared if not hasattr(module, name)] == []


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        file.relative_to(ROOT).as_posix(): count
        for file in tracked_files()
        if file.suffix == ".py" and (count := len(file.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


@pytest.mark.parametrize("forbidden", [PATHS_OF_A_MACHINE, REGISTRY_HOSTS], ids=["machine paths", "registry hosts"])
def test_nothing_of_one_machine_is_in_the_repository(forbidden: re.Pattern[str]) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in tracked_files()
        if file != Path(__file__) and file.suffix not in {".png", ".ico", ".icns", ".xlsx", ".qm"}
        for match in forbidden.finditer(file.read_text("utf-8", errors="replace"))
    ]
    assert found == []
