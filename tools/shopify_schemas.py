"""Fetches Shopify's published Admin schemas, which its npm package @shopify/dev-mcp carries, into a folder outside git.

    python tools/shopify_schemas.py FOLDER

They are Shopify's and are not kept here. The simulator validates every query against them where the environment
variable CAMPAIGN_APP_SHOPIFY_SCHEMAS names the folder. Needs npm; nothing is fetched again once it is there.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@shopify/dev-mcp@1.16.0"
VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
INSIDE = "package/dist/data/"


def fetch(folder: Path) -> None:
    wanted = {f"admin_{version}.json.gz" for version in VERSIONS}
    if all((folder / name).is_file() for name in wanted):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(scratch).glob("*.tgz")
        with tarfile.open(archive) as packed:
            for name in sorted(wanted):
                file = packed.extractfile(INSIDE + name)
                if file is None:
                    raise SystemExit(f"{PACKAGE} has no {name}")
                (folder / name).write_bytes(file.read())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    fetch(Path(sys.argv[1]))
    print(sys.argv[1])
