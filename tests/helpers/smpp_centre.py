"""An SMS centre that is not ours: npm's `smpp`, driven by node. It is looked for in CAMPAIGN_APP_NODE_MODULES."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

MODULES = Path(os.environ.get("CAMPAIGN_APP_NODE_MODULES", "node_modules")).resolve()
SCRIPT = Path(__file__).with_name("smpp_server.mjs")
PACKAGE = "smpp"
needs_centre = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (MODULES / PACKAGE / "package.json").is_file(), reason=f"{PACKAGE} is not in CAMPAIGN_APP_NODE_MODULES"
    ),
]


class Centre:
    """`with Centre() as centre:` — a free port on this machine; it ends whatever happens."""

    def __init__(self, certificate: Path | None = None) -> None:
        tls = {} if certificate is None else {"tls": {"key": str(certificate), "cert": str(certificate)}}
        self._args = ["node", str(SCRIPT), str(MODULES), json.dumps(tls)]
        self._scheme = "smpp" if certificate is None else "smpps"
        self.port = 0

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._args, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = self._read()["port"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def order(self, order: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": order, **given}).encode() + b"\n")
        self._process.stdin.flush()
        return self._read()["done"]

    def set(self, **values: Any) -> None:
        self.order("set", values=values)

    def ledger(self) -> list[dict[str, Any]]:
        """Every submit_sm that it read, in order."""
        found: list[dict[str, Any]] = self.order("ledger")
        return found

    def reached(self) -> list[str]:
        return [row["to"] for row in self.ledger() if row["id"]]

    def reply(self, source: str, text: str, *, coding: int = 8, udh: str = "") -> None:
        data = text.encode("utf-16-be" if coding == 8 else "latin-1").hex()
        self.order("reply", **{"from": source}, to="1069000", coding=coding, data=data, udh=udh)

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the SMS centre ended"
        return json.loads(line)
