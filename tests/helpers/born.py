"""`python -m tests.helpers.born DEED`: says what it was given, and ends as told."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    name, deed = sys.argv
    fds = [int(each.name) for each in Path("/proc/self/fd").iterdir()]  # the last is the one that lists them
    said = {
        "name": os.path.relpath(name), "main": __name__, "read": sys.stdin.read(), "told": os.environ.get("TOLD"),
        "parent": os.getppid(), "path": sys.path[0], "open": sorted(fds)[:-1],
        "signals": [str(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE)],
    }  # fmt: skip
    print(json.dumps(said), flush=True)
    sys.stderr.write("a line that nobody flushes\n")
    print("what is not flushed either")
    if deed == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if deed == "wrong":
        raise ValueError(deed)
    sys.exit(int(deed))


if __name__ == "__main__":
    main()
