"""Tries the frozen program as a stranger's computer would, on Linux: `python packaging/try_frozen.py [--log FILE]`.

    apt-get install --no-install-recommends xvfb openbox xdotool wmctrl x11-apps dbus-x11 gnome-keyring fonts-noto-cjk

Every step is a line with its seconds; the first that fails ends the run with status 1. docs/packaging.md has the last
log. The program runs as a fresh user (as root), with an empty environment, without a Python on its path, and from
files that it cannot change.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from stand import Failed, Stand, missing_tools, on_screen, picture, screen, session_bus, stand, until

ROOT: Final = Path(__file__).resolve().parent.parent
CUSTOMERS: Final = 3_000
BODY: Final = "{name}您好，双十一会员专享：全场满300减50，11月11日0点开抢，详情见店铺首页，退订回T"
BEIJING: Final = timezone(timedelta(hours=8))
OPEN_HOURS: Final = range(9, 21)  # the program sends from eight to ten in the evening, to the last message


class Log:
    """Lines on the terminal, and in a file where one is wanted."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        if file is not None:
            file.write_text("", "utf-8")

    def say(self, line: str) -> None:
        print(line, flush=True)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as out:
                out.write(f"{line}\n")

    def step(self, name: str, work: Callable[[], str]) -> None:
        began = time.monotonic()
        try:
            told = work()
        except Failed as failure:
            self.say(f"FAILED {name}: {failure}")
            raise SystemExit(1) from None
        self.say(f"ok {time.monotonic() - began:6.1f} s  {name}: {told}")


def clean(place: Stand) -> str:
    """That the place is as empty as it is meant to be, or nothing below proves anything."""
    tools = sorted(each.name for each in (place.folder / "tools").iterdir())
    if any("python" in each for each in tools):
        raise Failed(f"there is a Python: {tools}")
    probe = place.start_tool("bash", "-c", "command -v python python3; touch ../program/x; id -un; env | cut -d= -f1")
    said = probe.communicate(timeout=30)[0]
    if place.user and (place.folder / "program" / "x").exists():
        raise Failed("the program's files can be changed by its user")
    if "python" in said or "PYTHON" in said:
        raise Failed(f"there is a Python: {said}")
    return f"user {place.user or 'of this terminal'}, path {tools}, variables {sorted(place.environment())}"


def demo(place: Stand) -> str:
    result = json.loads(place.run("demo", "--headless", "--json"))
    if sum(result["funnel"].values()) != result["audience"] or not result["submitted"]:
        raise Failed(f"the demo's numbers do not add up: {result}")
    if result["doubled"] or result["unconfirmed"]:
        raise Failed(f"somebody was reached who may not be: {result}")
    shown = ("customers", "audience", "submitted", "delivered", "doubled", "unconfirmed")
    return ", ".join(f"{name} {result[name]}" for name in shown)


def texts(place: Stand) -> str:
    """The rule packs were found, and its answers are those of the sources."""
    case = {"id": "1", "body": "全国最佳，国家级品质", "signature": {"text": "某店"}, "purpose": "retail"}
    file = place.home / "texts.jsonl"
    file.write_text(json.dumps(case, ensure_ascii=False) + "\n", "utf-8")
    found = json.loads(place.run("check", str(file), "--json"))["findings"]
    rules = sorted({each["rule"] for each in found})
    if not rules:
        raise Failed("no findings in a text full of claims")
    return f"findings {rules}"


def no_keychain(place: Stand) -> str:
    """Without one no workspace is made behind anybody's back, and it says so."""
    process = place.start("create", "--workspace", str(place.home / "none"))
    said, told = process.communicate(timeout=60)
    if process.returncode != 2 or (place.home / "none").exists() or not told.strip():
        raise Failed(f"status {process.returncode}: {said}{told}")
    return told.strip()


def keychain(place: Stand) -> str:
    folder = place.home / "workspace"
    place.run("create", "--workspace", str(folder))
    checks = {
        each["check"]: each
        for each in json.loads(place.run("doctor", "--workspace", str(folder), "--json", status=None))["checks"]
    }
    for name in ("keychain", "workspace", "fonts", "database"):
        if checks[name]["state"] != "ok":
            raise Failed(f"doctor: {checks[name]}")
    if not checks["program"]["facts"]["frozen"]:
        raise Failed("this is no frozen program")
    kept = checks["keychain"]["facts"]["kept_by"]
    return f"kept by {kept}, doctor finds keychain, workspace, fonts and database in order"


def ask(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}{path}", timeout=30) as answer:
        return json.load(answer)


def killed(place: Stand) -> str:
    """kill -9 in the midst of sending, then the worker again: everybody once, nobody twice, nobody lost."""
    hour = datetime.now(UTC).astimezone(BEIJING).hour
    if hour not in OPEN_HOURS:
        raise Failed("nothing may be sent at this hour in China: try again between 9 and 21 o'clock there")
    sandbox = place.start("sandbox", "--customers", str(CUSTOMERS), "--parent-watch", stdin=subprocess.PIPE)
    try:
        assert sandbox.stdout is not None
        return _killed(place, json.loads(sandbox.stdout.readline()))
    finally:
        sandbox.communicate(timeout=60)


def _killed(place: Stand, ready: Any) -> str:
    of = ("--workspace", str(place.home / "workspace"))
    shop, url = ready["shops"][0], ready["url"]
    key, definition = place.home / "key", place.home / "campaign.json"
    key.write_text(shop["private_key"], "ascii")
    audience = {"every": True, "parts": [{"field": "order_count", "op": "at_least", "value": 1}]}
    fields = {"name": "试发", "entity_uscc": shop["entity"]["uscc"], "purpose": "retail", "signature": "安宁百货"}
    definition.write_text(json.dumps(fields | {"body": BODY, "audience": audience}, ensure_ascii=False), "utf-8")
    place.run("connect", url, "--key-id", shop["key_id"], "--key-file", str(key), *of, "--json")
    screened = json.loads(place.run("screen", str(definition), *of, "--json"))
    people, warned = screened["funnel"]["ok"], [*screened["to_confirm"], "TIM-002"]
    confirmed = [word for rule in warned for word in ("--confirm", rule)]
    sending = place.start("send", str(screened["id"]), "--recipients", str(people), *confirmed, *of, "--json")
    try:
        until("the first batch", lambda: ask(url, "/ledger")["accepted"] or sending.poll() is not None)
        at = ask(url, "/ledger")["accepted"]
        for each in place.processes():
            if b"sandbox" not in Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0"):
                os.kill(each, signal.SIGKILL)
    finally:
        sending.communicate(timeout=60)
    if not 0 < at < people:
        raise Failed(f"killed at {at} of {people}: that is not in the midst")
    worker = place.start("worker", *of)
    try:
        done = until("the campaign done", lambda: _done(place, screened["id"], of), seconds=240, step=1.0)
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    return (
        f"kill -9 after {at} of {people} messages; then {_everybody_once(people, done['counts'], ask(url, '/ledger'))}"
    )


def _done(place: Stand, campaign: int, of: tuple[str, ...]) -> Any:
    told = json.loads(place.run("status", str(campaign), *of, "--json"))
    return told if told["state"] == "done" else None


def _everybody_once(people: int, counts: Any, ledger: Any) -> str:
    """Each has one outcome, and the platform's ledger says the same. It refuses a few messages, as platforms do."""
    told = {name: counts[name] for name in ("accepted", "rejected", "withheld", "unknown")}
    if sum(told.values()) != people or told["unknown"] or ledger["accepted"] != told["accepted"]:
        raise Failed(f"{people} were to be reached: {told}, ledger {ledger}")
    if ledger["doubled"] or ledger["unconfirmed"]:
        raise Failed(f"somebody was reached who may not be: {ledger}")
    return ", ".join(f"{name} {count}" for name, count in told.items()) + ", doubled 0, unconfirmed 0"


def shown(place: Stand, title: str, program: subprocess.Popen[str]) -> str:
    """The id of the window with these words in its title, once it is there. Raises Failed if `program` ends first."""
    search = ("xdotool", "search", "--onlyvisible", "--name", title)

    def asked() -> list[str]:
        found = on_screen(place, *search).split()
        if not found and (status := program.poll()) is not None:
            raise Failed(f"status {status} before a window 「{title}」: {''.join(program.communicate())}")
        return found

    found: list[str] = until(f"a window 「{title}」", asked)
    return found[0]


def window(place: Stand) -> str:
    """The window comes, its pages answer to keys, and it ends in order when it is told to."""
    began = time.monotonic()
    program = place.start("demo", "--customers", "2000")
    try:
        window_id = shown(place, "允发", program)
        seen = time.monotonic() - began
        time.sleep(15)  # the demo connects its shops; nobody outside can see when it has
        pages: set[str] = set()
        for key in ("ctrl+1", "ctrl+2", "ctrl+3", "ctrl+k"):
            on_screen(place, "xdotool", "windowactivate", "--sync", window_id, "key", key)
            time.sleep(2)
            pages.add(hashlib.sha256(picture(place)).hexdigest())
        on_screen(place, "xdotool", "key", "Escape")
        if len(pages) < 4:
            raise Failed(f"four keys showed {len(pages)} different pictures")
        on_screen(place, "wmctrl", "-i", "-c", window_id)
        if status := program.wait(timeout=60):
            raise Failed(f"status {status} at its end")
    finally:
        program.kill()
        told = program.communicate()[1]
    if "Traceback" in told:
        raise Failed(told)
    until("no process left", lambda: not place.processes(), seconds=20)
    return f"there after {seen:.2f} s, 4 keys showed 4 different pictures, closed with status 0, nothing left running"


def evidence(place: Stand) -> str:
    """A file that is no evidence, opened as a double click does it: a window says so, and needs no workspace."""
    file = place.home / "x.yunfa"
    file.write_bytes(b"no evidence")
    program = place.start("evidence", "show", str(file))
    try:
        window_id = shown(place, "证据", program)
        time.sleep(1)
        on_screen(place, "wmctrl", "-i", "-c", window_id)
        if status := program.wait(timeout=30):
            raise Failed(f"status {status}")
    finally:
        program.kill()
        program.communicate()
    return "a window of its own tells the verdict"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, default=ROOT / "dist" / "campaign-app")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--quick", action="store_true", help="for every change: without the demos and the sending")
    chosen = parser.parse_args()
    if missing := missing_tools("Xvfb", "openbox", "xdotool", "wmctrl", *([] if chosen.quick else ["xwd"])):
        sys.exit(f"needs {', '.join(missing)}: see the head of this file")
    log = Log(chosen.log)
    log.say(f"{chosen.program.name} on {platform.platform()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    with ExitStack() as stack:
        place = stack.enter_context(stand(chosen.program))
        log.step("a clean place", lambda: clean(place))
        log.step("rules", lambda: texts(place))
        if not chosen.quick:
            log.step("demo without a display", lambda: demo(place))
        log.step("no keychain, no workspace", lambda: no_keychain(place))
        stack.enter_context(session_bus(place))
        log.step("a Secret Service", lambda: keychain(place))
        if not chosen.quick:
            log.step("kill and resume", lambda: killed(place))
        stack.enter_context(screen(place))
        if not chosen.quick:
            log.step("window", lambda: window(place))
        log.step("a file of evidence", lambda: evidence(place))
    log.say("what was tried works" if chosen.quick else "all of it works")


if __name__ == "__main__":
    main()
