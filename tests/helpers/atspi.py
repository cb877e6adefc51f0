"""Reads the window as a screen reader does: from outside, over the accessibility bus.

`dbus-run-session -- xvfb-run -a python -m tests.helpers.atspi FOLDER NAME…` prints what the page of customers has
by name with their roles, and the page that is shown after the button 活动 was pressed over the bus.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from tests.helpers.driving import pause
from tests.helpers.windowed import windowed

SECONDS: Final = 60
MOST: Final = 250  # nodes
_CHILD: Final = re.compile(r"\('([^']+)', (?:objectpath )?'([^']+)'\)")
_TEXT: Final = re.compile(r"'([^']*)'")
_ACCESSIBLE: Final = "org.a11y.atspi.Accessible"


@dataclass(frozen=True, slots=True)
class Node:
    bus: str
    path: str


class Reader:
    def __init__(self, address: str) -> None:
        self._address = address

    def children(self, node: Node) -> list[Node]:
        return [Node(*found) for found in _CHILD.findall(self._call(node, f"{_ACCESSIBLE}.GetChildren"))]

    def name(self, node: Node) -> str:
        found = _TEXT.search(self._call(node, "org.freedesktop.DBus.Properties.Get", _ACCESSIBLE, "Name"))
        return found[1] if found else ""

    def role(self, node: Node) -> str:
        found = _TEXT.search(self._call(node, f"{_ACCESSIBLE}.GetRoleName"))
        return found[1] if found else ""

    def press(self, node: Node) -> None:
        self._call(node, "org.a11y.atspi.Action.DoAction", "0")

    def _call(self, node: Node, method: str, *arguments: str) -> str:
        command = ["gdbus", "call", "--address", self._address, "--dest", node.bus, "--object-path", node.path]
        return subprocess.run(
            [*command, "--method", method, *arguments], capture_output=True, text=True, check=False
        ).stdout


def address() -> str:
    command = "gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus --method org.a11y.Bus.GetAddress"
    said = subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout
    return said.split("'")[1]


def read(wanted: frozenset[str]) -> dict[str, str]:
    """Names and roles until all that are wanted were heard; then 活动 is pressed."""
    reader, heard, pressed = Reader(address()), dict[str, str](), Node("", "")
    registry = Node("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    end = time.monotonic() + SECONDS
    while not (waiting := reader.children(registry)) and time.monotonic() < end:
        time.sleep(0.2)
    for _ in range(MOST):
        if not waiting or wanted <= heard.keys():
            break
        node = waiting.pop(0)
        name = reader.name(node)
        if name and name not in heard:
            heard[name] = reader.role(node)
            pressed = node if name == "活动" else pressed
        waiting += reader.children(node)
    if pressed.bus:
        reader.press(pressed)
    return heard


def main(folder: Path, wanted: frozenset[str]) -> int:
    qt = QApplication(["campaign_app"])
    with windowed(qt, folder) as window, ThreadPoolExecutor(1) as thread:
        window.desk.way.to("customers")
        heard = thread.submit(read, wanted)
        while not heard.done():
            pause(20)
        for _ in range(100):
            if window.shell.current == "campaigns":
                break
            pause(20)
        print(json.dumps({"heard": heard.result(), "shown": window.shell.current}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), frozenset(sys.argv[2:])))
