"""A computer without memory for scrypt is told so: its workspace is not damaged, and needs no backup."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from campaign_app.credentials import PassphraseKeeper
from campaign_app.storage.workspace import create_workspace

PHRASE = "ein langer Satz 甲乙"
SHORT = """
import resource, sys
from pathlib import Path
from campaign_app.credentials import PassphraseKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.workspace import open_workspace

held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 2**26, held + 2**26))
try:
    open_workspace(Path(sys.argv[1]), PassphraseKeeper(sys.argv[2]))
except WorkspaceError as error:
    print(error.code)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as of Linux")
def test_too_little_memory_for_the_passphrase_is_no_damage(tmp_path: Path) -> None:
    create_workspace(tmp_path / "w", PassphraseKeeper(PHRASE)).close()
    before = {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()}
    command = [sys.executable, "-c", SHORT, str(tmp_path / "w"), PHRASE]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert (done.stdout.strip(), done.stderr) == ("no_memory", "")
    assert {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()} == before
