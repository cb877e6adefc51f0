"""What the program says and hears through pipes and files is UTF-8, whatever encoding the system has for them.

A Chinese Windows has GBK, in which many a name cannot be said; and whoever reads JSON, this program's own parts among
them, expects UTF-8. A terminal keeps its encoding.
"""

from __future__ import annotations

import io
import sys


def use_utf8() -> None:
    """To be called before anything is said; a program of Windows without a console has no streams."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            terminal = stream.isatty()
            # nothing that cannot be said or heard ends what is being done; of JSON the escapes are its own
            errors = "replace" if terminal or stream is sys.stdin else "backslashreplace"
            stream.reconfigure(encoding=stream.encoding if terminal else "utf-8", errors=errors)


def hears_a_person() -> bool:
    """Whether a question is answered at a terminal. Windows calls its null device one, where it would wait for ever."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    return sys.platform != "win32" or type(sys.stdin.buffer.raw).__name__ == "_WindowsConsoleIO"
