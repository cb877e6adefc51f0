"""A system that can start something at login: a `systemctl` that records what it is asked, and a keychain in a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend

_FILE = "CAMPAIGN_APP_TEST_RING"
_SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> '{log}'
if [ "$2" = "$(cat '{refused}' 2>/dev/null)" ]; then echo "Access denied" >&2; exit 1; fi
if [ "$2" = enable ]; then
  cd '{config}/systemd/user' && mkdir -p default.target.wants && ln -sf "../$3" "default.target.wants/$3"
fi
"""


class FileRing(KeyringBackend):
    """Where a child process finds the key that its parent kept: a test's only."""

    priority = 1

    def get_password(self, _service: str, username: str) -> str | None:
        return self._kept().get(username)

    def set_password(self, _service: str, username: str, password: str) -> None:
        Path(os.environ[_FILE]).write_text(json.dumps({**self._kept(), username: password}), "utf-8")

    def delete_password(self, _service: str, username: str) -> None:
        Path(os.environ[_FILE]).write_text("{}", "utf-8")

    def _kept(self) -> Any:
        file = Path(os.environ[_FILE])
        return json.loads(file.read_text("utf-8")) if file.exists() else {}


class System:
    """The configuration folder and the programs of this test's own user."""

    def __init__(self, tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
        self.config, self._log, self._bin = tmp_path / "config", tmp_path / "asked", tmp_path / "bin"
        self._refused = tmp_path / "refused"
        self._bin.mkdir()
        patch.setenv("XDG_CONFIG_HOME", str(self.config))
        patch.setenv("PATH", str(self._bin))
        patch.setenv(_FILE, str(tmp_path / "ring.json"))
        patch.setenv("PYTHON_KEYRING_BACKEND", "tests.helpers.at_login.FileRing")

    def with_systemd(self, *, path: str = "/usr/bin:/bin") -> System:
        program = self._bin / "systemctl"
        script = _SYSTEMCTL.format(log=self._log, refused=self._refused, config=self.config)
        program.write_text(script.replace("#!/bin/sh\n", f"#!/bin/sh\nPATH={path}\n"), "utf-8")
        program.chmod(0o755)
        return self

    def refuse(self, verb: str) -> None:
        self._refused.write_text(verb, "utf-8")

    @property
    def asked(self) -> list[str]:
        """Without the question whether there is a manager at all."""
        lines = self._log.read_text("utf-8").splitlines() if self._log.exists() else []
        return [line for line in lines if line != "--user show-environment"]

    @property
    def files(self) -> list[str]:
        return sorted(str(each.relative_to(self.config)) for each in self.config.rglob("*") if not each.is_dir())
