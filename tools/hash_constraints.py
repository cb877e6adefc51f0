"""Writes constraints-hashed.txt: what a release is made of and with, for every system, each file by its hash.

    pip install uv && python tools/hash_constraints.py

Run it after a change of constraints.txt, whose versions it keeps. `pip install --require-hashes -r
constraints-hashed.txt` then takes no other file than these, whatever an index says (tools/release.py does so).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FILE: Final = ROOT / "constraints-hashed.txt"
EXTRAS: Final = ("team", "sandbox", "build")


def main() -> None:
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("needs uv: pip install uv")
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    how = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
    command = [uv, "pip", "compile", "--quiet", "pyproject.toml", *extras, "-c", "constraints.txt", *how]
    # where uv looks by itself, whatever pip is told on this machine: the hashes are those of the public files
    subprocess.run([*command, "--output-file", FILE.name], check=True, cwd=ROOT)
    print(f"{FILE.name}: {sum('==' in line for line in FILE.read_text('utf-8').splitlines())} packages")


if __name__ == "__main__":
    main()
