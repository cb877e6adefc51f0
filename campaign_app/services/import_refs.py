"""The hashes of a file's refs, in a temporary file while its numbers are sorted: both fill 120 MB for ten million."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import FileIO
from tempfile import TemporaryFile, gettempdir
from typing import Final

import numpy as np

from campaign_app.domain.errors import WorkspaceError
from campaign_app.services.import_keys import Rows, Values

_ENTRY: Final = np.dtype([("row", "<u4"), ("ref", "<u8")])
_PART: Final = 100_000


class RefFile:
    """Rising row numbers and the hash of each row's ref, in the order in which they were put.

    Both methods raise WorkspaceError `temp_full` or `temp_error`, with the folder.
    """

    def __init__(self, raw: FileIO) -> None:
        self._raw = raw

    def put(self, numbers: Sequence[int], values: Values) -> None:
        entries = np.empty(len(values), _ENTRY)
        entries["row"], entries["ref"] = numbers, values
        left = memoryview(entries.tobytes())
        with _told():
            while left:
                left = left[self._raw.write(left) :]

    def parts(self) -> Iterator[tuple[Rows, Values]]:
        """All that was put, from its beginning; one walk after the other."""
        with _told():
            self._raw.seek(0)
        while data := self._read():
            entries = np.frombuffer(data, _ENTRY)
            yield np.ascontiguousarray(entries["row"]), np.ascontiguousarray(entries["ref"])

    def _read(self) -> bytes:
        with _told():
            return self._raw.read(_PART * _ENTRY.itemsize)


@contextmanager
def ref_file() -> Iterator[RefFile]:
    """A file without a name where the system has such, gone at the end or with the process; WorkspaceError as above.

    Hashes are keyed anew in every process: what stays behind on the disk says nothing about anybody.
    """
    with ExitStack() as stack:
        with _told():
            # without a buffer, which on a full disk would be written once more when the file is closed
            raw = stack.enter_context(TemporaryFile(buffering=0))
        yield RefFile(raw)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = "temp_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "temp_error"
        raise WorkspaceError(code, "The folder for temporary files fails", folder=gettempdir()) from error
