"""Runs a command, and whatever it starts, as at another time: for tests that must hold on every day.

    python tools/another_time.py 2027-02-06T08:05+08:00 .venv/bin/python -m pytest -n 2

Linux with a C compiler. Only what the clock says is shifted, and it goes on; waits and times of files are as they are.
A test that preloads a library of its own (`tests/e2e/test_e2e_nth.py`) has two times at once, and fails.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

SOURCE: Final = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift;

__attribute__((constructor)) static void begin(void) {
    const char *told = getenv("SHIFTED_BY");
    shift = told ? atol(told) : 0;
}

int clock_gettime(clockid_t which, struct timespec *at) {
    long status = syscall(SYS_clock_gettime, which, at);
    if (!status && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) at->tv_sec += shift;
    return status;
}

int gettimeofday(struct timeval *at, void *zone) {
    long status = syscall(SYS_gettimeofday, at, zone);
    if (!status) at->tv_sec += shift;
    return status;
}

time_t time(time_t *where) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (where) *where = at.tv_sec;
    return at.tv_sec;
}
"""


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("time", type=datetime.fromisoformat, help="with its offset: 2027-02-06T08:05+08:00")
    words.add_argument("command", nargs=argparse.REMAINDER)
    asked = words.parse_args()
    if asked.time.tzinfo is None or not asked.command:
        words.error("a time with its offset and a command are needed")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "shifted.so")
        compile_it = ["cc", "-O2", "-Wall", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library)]
        subprocess.run(compile_it, input=SOURCE, text=True, check=True)
        by = round(asked.time.timestamp() - datetime.now().astimezone().timestamp())
        preloaded = {"LD_PRELOAD": str(library), "SHIFTED_BY": str(by)}
        return subprocess.run(asked.command, env={**os.environ, **preloaded}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
