"""Logging in which no phone number, token or key can be read, wherever it came from.

The text is masked after it was put together, so that messages, arguments, tracebacks and whatever other libraries
log are treated alike. `configure` is called once, by the process's entry point.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from campaign_app.domain.errors import SettingsError

_GAP: Final = r"[ \t\u00a0\u3000\-\u2010-\u2015\uff0d\u200b-\u200d\u2060\ufeff]{0,2}"
# eleven digits in any grouping, alone or behind a country or trunk prefix, but not inside a longer run of digits
_PHONE: Final = re.compile(
    rf"(?=(?<!\d)((?:(?:\+|00)?86{_GAP}|0)?(?:1{_GAP}[3-9](?:{_GAP}\d){{9}}|1[3-9]\d\.\d{{4}}\.\d{{4}}))(?!\d))",
    re.ASCII,
)
_SECRETS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\b(bearer\s+|authorization\\?[\"']?\s*[:=]\s*\\?[\"']?\w+\s+)[\w.~+/=-]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"\bx(\\?['\"])[0-9a-f]{8,}\\?['\"]", re.IGNORECASE), r"x\1***\1"),
    (re.compile(r"(://[^:/\s@]*:)[^@/\s]+@"), r"\1***@"),
    (
        re.compile(
            r"((?:pass(?:phrase|word)|secret|private_key|api_key|token|(?<![a-z])session(?:_?key)?)\\?[\"']?\s*[=:]\s*)"
            r"(?:\\?\"[^\"]*\"|\\?'[^']*'|[^\s,;&)}\]]+)",
            re.IGNORECASE,
        ),
        r"\1***",
    ),
    # identifiers of the program's own are lower case; a key of 40 characters never is
    (re.compile(r"(?<![\w-])(?=[a-z_-]*[A-Z0-9])[\w-]{40,}={0,2}", re.ASCII), "***"),
    (re.compile(r"(?<![\w+/-])[\w+/-]{40,}={1,2}", re.ASCII), "***"),
)
# what a library says below this level is of no use to anybody who reads our logs
_LIBRARIES: Final = ("dbos", "alembic", "sqlalchemy", "uvicorn", "asyncio", "keyring", "tenacity")
# a warning of the first names addresses, and a sender's has the values of a text in it; one of the second is what it
# passes over in throwing away a connection that broke, of which whoever used it was told
_ERRORS_ONLY: Final = ("urllib3", "psycopg")
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s [%(process)d] %(message)s"
_FILE_BYTES: Final = 2_000_000
_FILES: Final = 5
# what a warning of DBOS has in it where a server or a platform is away, and what its traceback begins and ends with
_AWAY: Final = (
    "psycopg.",
    "domain.errors.WorkspaceError: ",
    "domain.errors.RemoteUnavailable: ",
    "domain.errors.OutcomeUnknown: ",
)
_TRACE: Final = "Traceback (most recent call last):"
_LAST_OF_TRACE: Final = re.compile(r"[\w.]+: ")
_FILE_ONLY: Final = "file_only"
# of the warnings that come from one place of DBOS: so many in so many seconds are logged
MOST_WARNINGS: Final = 10
WARNED_SECONDS: Final = 60.0


def mask(text: str) -> str:
    """`text` with everything that looks like a mainland mobile number, a token or a key made unreadable."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return _mask_phones(text)


def configure(level: int | str, file: Path | None = None) -> None:
    """Masked logs to standard error and, if `file` is given, to it; standard error then has warnings only.

    Several processes may share the file. Raises SettingsError if it cannot be written. Calling it again replaces what
    the earlier call set up.
    """
    handlers = (_Console(),) if file is None else (_Console(logging.WARNING), _open(file))
    root = logging.getLogger()
    for handler in [known for known in root.handlers if isinstance(known, _Masked)]:
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        handler.setFormatter(_Formatter())
        root.addHandler(handler)
    root.setLevel(level)
    _tame_libraries()
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _open(file: Path) -> _File:
    try:
        return _File(file, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    except OSError as error:
        raise SettingsError("log_file", f"the log file {file} cannot be written: {error.strerror}") from error


def _tame_libraries() -> None:
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = True
        # DBOS adds a console handler of its own, unmasked, to a logger that has none
        logger.handlers[:] = [logging.NullHandler()]
    # a new one for each set-up, as the handlers are
    logging.getLogger("dbos").filters[:] = [_briefly, _Seldom()]
    for name in _ERRORS_ONLY:
        logging.getLogger(name).setLevel(logging.ERROR)


def _briefly(record: logging.LogRecord) -> bool:
    """A warning of DBOS about a server or a platform that is away: one line for the file, without how it came to know.

    A person is told by the worker of the one and by the workspace's state of the other: standard error passes over it.
    """
    text = logging.Formatter("%(message)s").format(record)
    if record.levelno == logging.WARNING and any(each in text for each in _AWAY):
        first, *more = text.splitlines()
        error = next((line for line in reversed(more) if _LAST_OF_TRACE.match(line)), "")
        record.msg, record.args = f"{first.removesuffix(_TRACE).rstrip(': ')}: {error}" if error else first, ()
        record.exc_info = record.exc_text = record.stack_info = None
        setattr(record, _FILE_ONLY, True)
    return True


class _Seldom(logging.Filter):
    """While a server is away each of DBOS's threads says so twice a second: within minutes nothing else would be left

    in the files. What is left out is counted by the next warning from the same place; errors are all logged.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno > logging.WARNING:
            return True
        place = record.pathname, record.lineno
        since, count = self._said.get(place, (record.created, 0))
        # a clock that was set back silences nobody
        if not 0 <= record.created - since < WARNED_SECONDS:
            if (left := count - MOST_WARNINGS) > 0:
                record.msg, record.args = f"{record.getMessage()} ({left} more like it are left out)", ()
            since, count = record.created, 0
        self._said[place] = since, count + 1
        return count < MOST_WARNINGS


class _Formatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class _Masked(logging.Handler):
    """A record that cannot be written is named without its arguments, which logging itself would print in the clear."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        error = sys.exc_info()[0]
        if sys.stderr is not None:
            where = f"{record.name}, {Path(record.pathname).name} line {record.lineno}"
            sys.stderr.write(f"a log record was lost ({where}): {error.__name__ if error else ''}\n")


class _Console(_Masked, logging.StreamHandler[TextIO]):
    """Standard error as it is when the record comes; a windowed program on Windows has none."""

    def __init__(self, level: int = logging.NOTSET) -> None:
        logging.Handler.__init__(self, level)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        if sys.stderr is not None and not hasattr(record, _FILE_ONLY):
            super().emit(record)


class _File(_Masked, logging.handlers.RotatingFileHandler):
    """Of the workers of one folder whoever finds it full turns it over, and the others go on in the new one.

    Where a file that others have open cannot be renamed (Windows) it grows until it can.
    """

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802
        if self.stream and not self._holds(self.stream):
            self.stream.close()
            self.stream = None
        return bool(super().shouldRollover(record))

    def _holds(self, stream: TextIOWrapper) -> bool:
        try:
            return os.path.samestat(Path(self.baseFilename).stat(), os.fstat(stream.fileno()))
        except FileNotFoundError:
            return False

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, opener=_private)

    def close(self) -> None:
        with suppress(OSError):  # a full disk: what could not be written is lost, the program goes on
            super().close()


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("campaign_app").critical("uncaught exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _mask_phones(text: str) -> str:
    plain = text if text.isascii() else "".join(map(_ascii_digit, text))
    shown, done = [], 0
    for start, end in _merged(match.span(1) for match in _PHONE.finditer(plain)):
        digits = "".join(filter(str.isdecimal, plain[start:end]))[-11:]
        shown += [text[done:start], digits[:3], "****", digits[-4:]]
        done = end
    return "".join([*shown, text[done:]])


def _ascii_digit(character: str) -> str:
    """A digit of any script or style as 0 to 9, so that offsets stay those of the text."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return "+" if character == "\uff0b" else character


def _merged(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Overlapping spans joined: a number is never half shown because another one might begin before it."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last is not None and start < last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
