"""A process beside the worker that reads a large file and makes its rows ready, while the worker stores those before.

Half of an import's time goes into reading, hashing and sealing, which needs no database; a thread for it gains nothing,
since both sides hold Python's lock for most of their time. The process gets the plan and two keys by its standard
input: with these it can hash and seal numbers, and read no other word of the workspace. It answers the number of a part
with its rows, and is asked for the next part before the last one is stored. It ends with its standard input, so with
the worker. Whatever happens to it, whatever it says instead, and if it says nothing for too long, the worker then reads
the file itself.
"""

from __future__ import annotations

import json
import logging
import marshal
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter
from threading import Lock, Timer
from typing import IO, Any, Final

from campaign_app.domain.customer import ReadyRows
from campaign_app.processes import READ_ROWS, open_child, own_command
from campaign_app.services.import_parts import Beside, Parts, ReaderEnded, ReadyPart, parts_of
from campaign_app.services.import_plan import ImportPlan
from campaign_app.storage.keys import RowKeys

# of a file with fewer, starting a process takes longer than it saves
FEWEST: Final = 100_000
_LENGTH: Final = struct.Struct(">I")
# for a part that lies at the end of a very large file on a slow disk; one that was stopped would never answer
PATIENCE_SECONDS: Final = 120
# bytes of an answer: rows so wide that a part has more are held by one process only
_MOST: Final = 1 << 26
_NAMES: Final = tuple(each.name for each in fields(ReadyRows))
_columns: Final = attrgetter(*_NAMES)
_log = logging.getLogger(__name__)


class ReaderBeside:
    """The worker's side, for one thread after the other."""

    def __init__(self, process: subprocess.Popen[bytes], plan: ImportPlan, keys: RowKeys) -> None:
        """Waits until the file was read once. Raises ReaderEnded, also where it is not the file that was tried, or

        the program was updated since this process began.
        """
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._orders, self._answers = process, process.stdin, process.stdout
        self._asked: int | None = None
        self._lock = Lock()
        with self._patient():
            self._order(json.dumps({"plan": plan.to_json(), "keys": [key.hex() for key in keys.words]}))
            *said, self._parts = self._answer()
        if said != [_form(), plan.sha256]:
            raise ReaderEnded

    def chunk(self, chunk: int) -> Iterator[ReadyPart]:
        for part in parts_of(chunk, self._parts):
            refusals, *columns = self._take(part)
            yield ReadyPart(ReadyRows(*columns), refusals)

    def close(self) -> None:
        """At once: it keeps nothing that anybody would miss. Whoever waits for a part is told ReaderEnded."""
        self._process.kill()
        with self._lock:
            self._process.communicate()

    def _take(self, part: int) -> tuple[Any, ...]:
        with self._lock, self._patient():
            if self._asked != part:
                if self._asked is not None:
                    self._answer()
                self._order(str(part))
            self._asked = None
            answer = self._answer()
            if part + 1 < self._parts:
                self._order(str(part + 1))
                self._asked = part + 1
            return answer

    @contextmanager
    def _patient(self) -> Iterator[None]:
        """Ends the process where this takes too long, and so the wait for its answer."""
        end = Timer(PATIENCE_SECONDS, self._process.kill)
        end.daemon = True
        end.start()
        try:
            yield
        finally:
            end.cancel()

    def _order(self, line: str) -> None:
        try:
            self._orders.write(f"{line}\n".encode())
            self._orders.flush()
        except (OSError, ValueError) as error:
            raise ReaderEnded from error

    def _answer(self) -> tuple[Any, ...]:
        (size,) = _LENGTH.unpack(self._read(_LENGTH.size))
        if size > _MOST:
            raise ReaderEnded
        try:
            found = marshal.loads(self._read(size))  # noqa: S302 our own child wrote it
        except (EOFError, TypeError, ValueError) as error:
            raise ReaderEnded from error
        if not isinstance(found, tuple) or not found:
            raise ReaderEnded
        return found

    def _read(self, size: int) -> bytes:
        try:
            data = self._answers.read(size)
        except (OSError, ValueError) as error:
            raise ReaderEnded from error
        if len(data) < size:
            raise ReaderEnded
        return data


def beside(keys: RowKeys) -> Beside:
    """By whose help a worker reads the file of a plan; None for one that is small, and where there is no such help."""

    def start(plan: ImportPlan) -> Parts | None:
        if plan.rows < FEWEST:
            return None
        process = None
        try:
            process = open_child(own_command(READ_ROWS))
            return ReaderBeside(process, plan, keys)
        except (OSError, ReaderEnded):
            if process is not None:
                process.kill()
                process.communicate()
            _log.info("the file is read without a process of its own")
            return None

    return start


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """The process's side, until nobody asks any more. Raises SettingsError and WorkspaceError as an import does."""
    from campaign_app.jobs.tabular import open_table
    from campaign_app.services.import_session import session_of
    from campaign_app.storage.importready import make_ready

    told = json.loads(orders.readline())
    plan, keys = ImportPlan.from_json(told["plan"]), RowKeys.of(*map(bytes.fromhex, told["keys"]))
    session = session_of(plan, open_table)
    _put(answers, (_form(), session.sha256, session.parts))
    for line in orders:
        checked = session.check(int(line))
        _put(answers, (checked.refusals, *_columns(make_ready(keys, checked.rows))))


def _form() -> tuple[int | str, ...]:
    """Of both sides: what rows are read by, and what is said of them."""
    # only whoever reads a file needs numpy
    from campaign_app.services.import_scan import READING

    return READING, *_NAMES


def _put(answers: IO[bytes], what: tuple[Any, ...]) -> None:
    data = marshal.dumps(what)
    answers.write(_LENGTH.pack(len(data)))
    answers.write(data)
    answers.flush()
