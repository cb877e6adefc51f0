"""The wheel that is made of the sdist runs in an environment of its own, away from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASE = {"id": "1", "body": "全国最佳，国家级品质", "signature": {"text": "某店"}, "purpose": "retail"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed with its extras; what it needs of others is that of the tests, and no network is asked."""
    out, home = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("venv")
    # without a word of what to build: the sdist, and the wheel of it
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    (wheel,) = out.glob("*.whl")
    assert len([*out.glob("*.tar.gz")]) == 1
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    (packages,) = (path for path in home.rglob("site-packages") if path.is_dir())
    # as a line of a .pth file it comes last, and the editable sources that it names are not followed
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "-q", "--no-deps"]
    extras = "team,aliyun,tencent,smpp"
    subprocess.run([*install, "--no-index", f"{wheel}[{extras}]"], check=True, capture_output=True, text=True)
    return scripts / "campaign-app"


def run(program: Path, folder: Path, *arguments: str) -> str:
    environment = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "PYTHONUTF8": "1",
        "SYSTEMROOT": os.environ.get("SYSTEMROOT", ""),
    }
    done = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_finds_its_rules_and_not_the_sources(program: Path, tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text(json.dumps(CASE, ensure_ascii=False) + "\n", "utf-8")
    assert json.loads(run(program, tmp_path, "check", "texts.jsonl", "--json"))["findings"]
    asked = (
        "import campaign_app as p, campaign_app.assets as a; print(p.__file__, a.path('notices', 'third-party.txt'))"
    )
    where = subprocess.run(
        [str(program.with_name("python")), "-I", "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert str(ROOT / "campaign_app") not in where
    assert where.count("site-packages") == 2
