"""A real Kannel (Debian's): bearerbox, smsbox and fakesmsc on free ports of this machine, in a folder of the test's."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import unquote_to_bytes

import pytest
import requests

from tests.helpers.smpp_desk import until

_PATH: Final = "/usr/sbin:/usr/bin:/usr/lib/kannel/test"
_TOOLS: Final = {name: shutil.which(name, path=_PATH) or "" for name in ("bearerbox", "smsbox", "fakesmsc")}
needs_kannel = pytest.mark.skipif(
    not all(_TOOLS.values()), reason="bearerbox, smsbox and fakesmsc (kannel, kannel-extras) are not installed"
)
PUSH_KEY: Final = "a-key-of-the-test"
_GOT: Final = re.compile(r"Got message \d+: <(\S+) (\S+) (?:udh (\S*) )?(?:data|text|ucs-2) ?(.*)>$", re.MULTILINE)
_CONFIGURATION: Final = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-level = 1

{smsc}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 100
http-queue-delay = 1

group = sendsms-user
username = user
password = secret

group = sms-service
keyword = default
catch-all = true
max-messages = 0
send-sender = true
post-url = "http://127.0.0.1:{push}/reply/{key}"
"""
_FAKE: Final = """group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
our-host = 127.0.0.1
port = {centre}
connect-allow-ip = 127.0.0.1"""
_SMPP: Final = """group = smsc
smsc = smpp
smsc-id = smpp
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = user
smsc-password = secret
system-type = VMA
address-range = "" """


class Shown(NamedTuple):
    """One part that a phone was shown: number, concatenation header, text."""

    to: str
    udh: bytes
    text: str


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


class KannelBox:
    """`with KannelBox(folder) as kannel:` — it ends whatever happens. Nothing is stored over the end of bearerbox.

    Its centre is fakesmsc, or one that listens on a port for SMPP.
    """

    def __init__(self, folder: Path, smpp: int = 0) -> None:
        self._folder = folder
        self._smpp = smpp
        names = ("admin", "boxes", "centre", "sendsms", "push")
        self._ports = dict(zip(names, free_ports(len(names)), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs = 0
        self.push_port = self._ports["push"]
        self.url = f"http://127.0.0.1:{self._ports['sendsms']}"

    def __enter__(self) -> Self:
        self._folder.mkdir(exist_ok=True)
        smsc = _SMPP.format(smpp=self._smpp) if self._smpp else _FAKE.format(**self._ports)
        text = _CONFIGURATION.format(**self._ports, key=PUSH_KEY, smsc=smsc)
        (self._folder / "kannel.conf").write_text(text)
        try:
            self.start()
            if self._smpp:
                until(lambda: "online" in self._centre(), "a centre is connected")
            else:
                self.connect_centre()
        except BaseException:
            self._end_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_all()

    def start(self) -> None:
        """bearerbox, then smsbox, which ends with it."""
        for name, port in (("bearerbox", "boxes"), ("smsbox", "sendsms")):
            self._run(name, "-v", "1", str(self._folder / "kannel.conf"))
            until(lambda port=port: self._listens(self._ports[port]), f"{name} listens")

    def connect_centre(self, *replies: str) -> None:
        """A centre of its own: with `replies`, lines of fakesmsc's (`number number type text`), it brings these."""
        self.end("fakesmsc")
        until(lambda: "online" not in self._centre(), "the former centre is gone")
        lines = replies or ("8613000000000 0 text",)
        count = str(len(replies))
        arguments = ("-H", "127.0.0.1", "-r", str(self._ports["centre"]), "-i", "0.05", "-m", count)
        self._run("fakesmsc", *arguments, *lines)
        until(lambda: "online" in self._centre(), "a centre is connected")

    def kill(self) -> None:
        """kill -9 of bearerbox; smsbox then ends by itself."""
        self._processes["bearerbox"].send_signal(signal.SIGKILL)
        self.end("bearerbox")
        self._processes.pop("smsbox").wait(timeout=30)

    def end(self, name: str) -> None:
        process = self._processes.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)

    def shown(self) -> list[Shown]:
        """Every part that any centre of this box was handed, in order."""
        logs = sorted(self._folder.glob("*-fakesmsc.log"))
        found = [row for log in logs for row in _GOT.findall(log.read_text("latin-1"))]
        return [
            Shown(to, unquote_to_bytes(udh), unquote_to_bytes(text.replace("+", " ")).decode("utf-16-be"))
            for _, to, udh, text in found
        ]

    def _run(self, name: str, *arguments: str) -> None:
        self._logs += 1
        with (self._folder / f"{self._logs:03}-{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [_TOOLS[name], *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder
            )

    def _listens(self, port: int) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
        return False

    def _centre(self) -> str:
        answer = requests.get(
            f"http://127.0.0.1:{self._ports['admin']}/status.txt", params={"password": "admin"}, timeout=10
        )
        return next(line for line in answer.text.splitlines() if "FAKE:" in line or "SMPP:" in line)

    def _end_all(self) -> None:
        for name in ("fakesmsc", "smsbox", "bearerbox"):
            self.end(name)
