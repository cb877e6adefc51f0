"""One release, by one command: `python tools/release.py X.Y.Z --key FILE`, on Debian 12 in a clean clone of `main`.

Everything happens in a clone of its own: the version (pyproject.toml, the one place), the changelog's section,
`.ci/run`, the frozen program, the packages, the wheel, the bill of materials, the sums, the signed manifest, and a
commit with its tag. The repository is touched last, and only by fetching that commit; nothing is pushed or uploaded.

`--dry-run` does the same with a key that is thrown away, and leaves the repository as it is; changes that are not
committed come along. With it `--skip-ci` leaves out the checks. docs/release.md has all of it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import release_notes as notes  # noqa: E402  once the root is on the path
from tools import release_signing as signing  # noqa: E402

CALLED: Final = "campaign-app"


@dataclass
class Making:
    """One release on its way: `tree` is the clone, `out` where the files go, `seconds` what each step took."""

    version: str
    tree: Path
    out: Path
    dry: bool
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, name: str, work: Callable[[], object]) -> None:
        print(f"\n=== {name}", flush=True)
        began = time.monotonic()
        work()
        self.seconds[name] = time.monotonic() - began
        print(f"=== {name}: {self.seconds[name]:.0f} s", flush=True)

    def run(self, *command: str | Path, where: Path | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        subprocess.run([str(part) for part in command], check=True, cwd=where or self.tree, env=environment)

    @property
    def python(self) -> Path:
        """Of an environment beside the tree: within it, it would be packed."""
        return self.tree.parent / "environment" / "bin" / "python"


# the maintainer's key is nobody's business but the last step's; the source tree of this script is none of the build's
HIDDEN: Final = frozenset({signing.VARIABLE, "PYTHONPATH", "VIRTUAL_ENV"})


def git(*arguments: str, where: Path = ROOT) -> str:
    done = subprocess.run(["git", *arguments], cwd=where, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def check_before(version: str, *, dry: bool) -> None:
    """Whatever would stop it later is found now."""
    known = notes.version_of(ROOT)
    if not notes.is_newer(version, known):
        sys.exit(f"{version} is not above {known}, or no X.Y.Z")
    if not notes.unreleased(ROOT).strip():
        sys.exit("CHANGELOG.md has nothing under [Unreleased]: what would be released?")
    if dry:
        return
    if git("status", "--porcelain"):
        sys.exit("the working tree has changes: a release is made of what is committed")
    if git("tag", "--list", f"v{version}"):
        sys.exit(f"there is a tag v{version} already")


def clone(making: Making) -> None:
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(making.tree)], check=True)
    if making.dry:  # to try out what is still being written
        for name in git("ls-files", "--modified", "--others", "--exclude-standard").splitlines():
            if (ROOT / name).is_file():
                (making.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, making.tree / name)
    for name in ("user.name", "user.email"):
        found = subprocess.run(["git", "config", name], cwd=ROOT, capture_output=True, text=True, check=False).stdout
        git("config", name, found.strip() or "release", where=making.tree)


def write_version(making: Making, public: str) -> None:
    """The version, the changelog's section, and the key that this release's program believes."""
    notes.set_version(making.tree, making.version)
    notes.cut(making.tree, making.version, datetime.now(UTC).date())
    signing.put_key(making.tree, public)
    git("commit", "--quiet", "--all", "--message", f"Release {making.version}", where=making.tree)


def environment(making: Making) -> None:
    """Of files whose hashes are known, and this very tree."""
    making.run(sys.executable, "-m", "venv", making.python.parents[1])
    pip = (making.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
    making.run(*pip, "--require-hashes", "-r", "constraints-hashed.txt")
    making.run(*pip, "--no-deps", "--no-build-isolation", ".")
    making.run(making.python, "-m", "pip", "check")


def build_wheel(making: Making) -> None:
    """The wheel is made of the sdist, so that the sdist is known to be whole."""
    making.run(making.python, "-m", "build", "--no-isolation", "--outdir", making.out, making.tree, where=making.out)


def linux_packages(making: Making) -> None:
    making.run(making.python, "packaging/portable.py", "--out", making.out)
    making.run(making.python, "packaging/deb.py", "--out", making.out)


def bill(making: Making) -> None:
    report = making.out / f"{CALLED}-{making.version}-licences.md"
    sbom = making.out / f"{CALLED}-{making.version}.cdx.json"
    making.run(making.python, "packaging/sbom.py", "--out", sbom, "--report", report)


def believed(making: Making, manifest: Path) -> None:
    """The program that was just made takes the manifest that was just signed."""
    program = making.tree / "dist" / CALLED / CALLED
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": "/nonexistent", "LANG": "C.UTF-8"}
        asked = [str(program), "update", "check", "--file", str(manifest), "--json"]
        done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout or done.stderr)
    if done.returncode:
        sys.exit("the program does not believe its own release")


def tell(making: Making) -> None:
    print("\n| file | MB |\n| --- | ---: |")
    for file in sorted(making.out.iterdir()):
        print(f"| {file.name} | {file.stat().st_size / 1e6:.2f} |")
    print("\n| step | seconds |\n| --- | ---: |")
    for name, seconds in (*making.seconds.items(), ("**all**", sum(making.seconds.values()))):
        print(f"| {name} | {seconds:.0f} |")


def changes(making: Making, chinese: Path | None) -> dict[str, str]:
    """By language. The changelog is in English; a dry run may do without the Chinese, and says so in Chinese."""
    english = notes.section(making.tree, making.version)
    told = f"更新内容（英文原文）：\n{english}" if chinese is None else chinese.read_text("utf-8").strip()
    return {"zh_CN": told, "en": english}


def make(making: Making, key: signing.Key, *, skip_ci: bool, chinese: Path | None) -> None:
    making.step("clone", lambda: clone(making))
    making.step("version, changelog, key", lambda: write_version(making, key.public))
    if not skip_ci:
        making.step("checks (.ci/run)", lambda: making.run("env", "CAMPAIGN_APP_SOAK=1", making.tree / ".ci" / "run"))
    making.step("environment by hashes", lambda: environment(making))
    making.step("sdist and wheel", lambda: build_wheel(making))
    making.step("frozen program", lambda: making.run(making.python, "packaging/build.py"))
    making.step("bill of materials, licences", lambda: bill(making))
    making.step("deb and tar.gz", lambda: linux_packages(making))
    texts = changes(making, chinese)
    manifest = making.out / f"{CALLED}-{making.version}.release.json"
    making.step("sums, signed manifest", lambda: signing.sign(making.out, manifest, making.version, texts, key))
    making.step("the program believes it", lambda: believed(making, manifest))


def publish(making: Making) -> None:
    """The commit and its tag come into the repository; whoever looked at them pushes."""
    git("tag", "--annotate", f"v{making.version}", "--message", f"Release {making.version}", where=making.tree)
    git("fetch", "--quiet", str(making.tree), f"refs/tags/v{making.version}:refs/tags/v{making.version}")
    print(f"\ntag v{making.version} is in the repository: git merge --ff-only v{making.version}, look, and push both")
    print("what the workflow then builds of it elsewhere: tools/release_signing.py add (docs/release.md)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version")
    parser.add_argument("--key", type=Path, help=f"Ed25519 private key (PEM); or in the variable {signing.VARIABLE}")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "release")
    parser.add_argument("--notes-zh", type=Path, metavar="FILE", help="what has changed, in Chinese")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--skip-ci", action="store_true")
    chosen = parser.parse_args()
    if chosen.skip_ci and not chosen.dry_run:
        sys.exit("a release is checked: --skip-ci is for --dry-run only")
    if chosen.notes_zh is None and not chosen.dry_run:
        sys.exit("needs --notes-zh: whoever uses the program reads Chinese")
    check_before(chosen.version, dry=chosen.dry_run)
    key = signing.throw_away() if chosen.dry_run else signing.given(chosen.key)
    shutil.rmtree(chosen.out, ignore_errors=True)
    chosen.out.mkdir(parents=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="release-")))
        making = Making(chosen.version, folder / "tree", chosen.out.resolve(), chosen.dry_run)
        make(making, key, skip_ci=chosen.skip_ci, chinese=chosen.notes_zh)
        if not chosen.dry_run:
            publish(making)
    tell(making)


if __name__ == "__main__":
    main()
