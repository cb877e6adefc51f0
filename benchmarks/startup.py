"""Start to a visible main window, beside picard, git-cola and vorta in the same run; one JSON line per figure.

    apt-get install --no-install-recommends xvfb openbox xdotool picard git-cola vorta
    python benchmarks/startup.py [--rounds 9]
    python benchmarks/startup.py --frozen      what packaging/build.py made beside the sources, without the others

Each start has a home folder of its own, on a virtual screen with a window manager; the window is looked for every few
milliseconds. Programs take turns, so that a busy moment of the machine meets all of them. The memory is the resident
set of the program's own process, three seconds after its window was seen.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = str(Path(sys.executable).parent / "campaign-app")
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "campaign-app": (OURS,),
    "campaign-app demo": (OURS, "demo", "--customers", "2000"),
    "picard": ("picard",),
    "git-cola": ("git-cola", "--repo", str(ROOT)),
    "vorta": ("vorta",),
}
FROZEN = str(ROOT / "dist" / "campaign-app" / "campaign-app")
OF_THE_FROZEN: Mapping[str, tuple[str, ...]] = {
    "campaign-app": (OURS,),
    "campaign-app, frozen": (FROZEN,),
    "campaign-app demo": (OURS, "demo", "--customers", "2000"),
    "campaign-app demo, frozen": (FROZEN, "demo", "--customers", "2000"),
}
PEERS = ("picard", "git-cola", "vorta")
WAIT_SECONDS = 60
STEP_SECONDS = 0.005


@contextmanager
def screen() -> Iterator[str]:
    """A virtual screen with a window manager; yields its display."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writer], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as told:
        display = f":{told.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL)
    try:
        yield display
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def windows(display: str, process: int) -> bool:
    """Whether a window of the process is visible; by process, since titles and classes differ."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--all", "--pid", str(process), "--name", ""],
        env={**os.environ, "DISPLAY": display}, capture_output=True, check=False,
    )  # fmt: skip
    return bool(found.stdout.strip())


def once(command: tuple[str, ...], display: str) -> tuple[float, float]:
    """Milliseconds until the window is seen, and MiB of memory three seconds later."""
    home = tempfile.mkdtemp(prefix="startup-")
    environment = {
        "PATH": os.environ["PATH"], "HOME": home, "DISPLAY": display, "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": home, "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip
    Path(home, ".gitconfig").write_text("[user]\n\tname = a\n\temail = a@b.c\n[safe]\n\tdirectory = *\n")
    began = time.perf_counter()
    program = subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not windows(display, program.pid):
            if time.perf_counter() - began > WAIT_SECONDS or program.poll() is not None:
                sys.exit(f"{command[0]} showed no window")
            time.sleep(STEP_SECONDS)
        taken = (time.perf_counter() - began) * 1000
        time.sleep(3)
        return taken, resident(program.pid)
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        try:
            program.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        shutil.rmtree(home, ignore_errors=True)


def resident(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--frozen", action="store_true")
    chosen = parser.parse_args()
    rounds, programs = chosen.rounds, OF_THE_FROZEN if chosen.frozen else PROGRAMS
    missing = [name for name, command in programs.items() if shutil.which(command[0]) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    with screen() as display:
        for number in range(rounds + 1):
            for name, command in programs.items():
                seen = once(command, display)
                if number:  # the first round warms the disk's cache
                    taken[name].append(seen)
    medians = {name: statistics.median(ms for ms, _ in seen) for name, seen in taken.items()}
    for name, seen in taken.items():
        times = [ms for ms, _ in seen]
        print(json.dumps({
            "what": "start to visible window", "program": name, "median_ms": round(medians[name]),
            "min_ms": round(min(times)), "max_ms": round(max(times)),
            "memory_mib": round(statistics.median(mib for _, mib in seen)), "rounds": rounds,
        }))  # fmt: skip
    if chosen.frozen:
        return
    peers = statistics.median(medians[name] for name in PEERS)
    print(json.dumps({
        "what": "start, ours against the peers' median", "peers_median_ms": round(peers),
        "ratio": round(medians["campaign-app"] / peers, 2),
        "ratio_demo": round(medians["campaign-app demo"] / peers, 2),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
