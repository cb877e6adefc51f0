"""Builds the frozen program of `build.spec` for this system into dist/campaign-app, tells its size and tries it.

The trial runs with an empty environment in an empty folder: what it finds, it found inside the build.
packaging/try_frozen.py is the whole one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sizes

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist" / "campaign-app"
PROGRAM = DIST / ("campaign-app.exe" if os.name == "nt" else "campaign-app")
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "TEMP", "TMP")
DEMO_SECONDS = 120
# what is of no use here, and what is under the GPL alone: the rest of the program must not be bound by it
UNWANTED = (
    "pyarrow",
    "libqgtk3",
    "libgtk-",
    "libreadline",
    "libgdbm",
    "Qt6Qml",
    "Qt6Quick",
    "Qt6WebEngine",
    "Qt6Charts",
)


class Failed(Exception):
    """The build does not do what the program does."""


def build() -> None:
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build"), str(ROOT / "build.spec")]
    # the same sources make the same files: no hash and no time of this run is written into them
    steady = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or committed()}
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **steady})


def committed() -> str:
    """When the sources were committed, in seconds since 1970; a fixed day outside of a repository."""
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "1700000000"


def check_files() -> None:
    """No resource is missing, no link dangles, nothing of an excluded library came along."""
    inside = DIST / "_internal"
    shipped = {file.relative_to(ROOT).as_posix() for file in (ROOT / "resources").rglob("*") if file.is_file()}
    missing = [name for name in sorted(shipped) if not (inside / name).is_file()]
    dangling = [str(link) for link in DIST.rglob("*") if link.is_symlink() and not link.exists()]
    unwanted = [str(found) for name in UNWANTED for found in DIST.rglob(f"*{name}*")]
    if missing or dangling or unwanted:
        raise Failed(f"missing: {missing}, dangling: {dangling}, unwanted: {unwanted}")


def run(folder: Path, *arguments: str) -> str:
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment |= {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    done = subprocess.run(
        [str(PROGRAM), *arguments],
        check=False, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8",
        timeout=DEMO_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"{' '.join(arguments)}: status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def check_demo(result: dict[str, Any]) -> None:
    problems = [name for name in ("doubled", "unconfirmed") if result[name] != 0]
    if sum(result["funnel"].values()) != result["audience"]:
        problems.append("the funnel does not add up")
    if problems or not result["submitted"]:
        raise Failed(f"demo: {problems or 'nothing submitted'}: {result}")


def check_findings(folder: Path) -> None:
    """The rule packs were found: a text full of claims is not clean."""
    case = {"id": "1", "body": "全国最佳，国家级品质", "signature": {"text": "某店"}, "purpose": "retail"}
    (folder / "texts.jsonl").write_text(json.dumps(case, ensure_ascii=False) + "\n", "utf-8")
    answer = json.loads(run(folder, "check", "texts.jsonl", "--json"))
    if not answer.get("findings"):
        raise Failed(f"check: no findings: {answer}")


def main() -> None:
    began = time.monotonic()
    build()
    check_files()
    size = sizes.tell(DIST, compressed=False)
    print(f"built {DIST} in {time.monotonic() - began:.0f} s, {size:.0f} MB")
    if size > sizes.UNPACKED_LIMIT:
        raise Failed(
            f"{size:.0f} MB, more than {sizes.UNPACKED_LIMIT:.0f}: docs/packaging.md says what may be left out"
        )
    with tempfile.TemporaryDirectory() as folder:
        check_findings(Path(folder))
        check_demo(json.loads(run(Path(folder), "demo", "--headless", "--json")))
    print(f"the frozen program found its resources and ran the demo; {time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
