"""Two windows on one workspace whose people press at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier, Thread

from campaign_app import bootstrap, clocks, wiring
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import AppError
from campaign_app.storage.workspace import open_workspace
from tests.helpers.fresh import fresh_folder
from tests.helpers.shop import NOW
from tests.helpers.staged import KEY

Press = Callable[[], object]
DONE = "done"


@contextmanager
def two_windows(folder: Path, dialect: str) -> Iterator[tuple[bootstrap.App, bootstrap.App]]:
    """It is ten on a Tuesday in both."""
    with ExitStack() as stack:
        if dialect == "postgresql":
            from tests.helpers.pg import team_folder

            stack.enter_context(team_folder(folder, KEY))
        else:
            fresh_folder(folder, KEY)
        keeper, offset = MemoryKeeper(KEY), NOW - clocks.system_clock()
        first, second = (stack.enter_context(wiring.wire(open_workspace(folder, keeper), keeper, offset)) for _ in "12")
        yield first, second


def told(press: Press) -> str:
    """The code of the error that whoever pressed is told, or that it was done. Anything else is a bug, and raised."""
    try:
        press()
    except AppError as error:
        return error.code
    return DONE


def at_once(*presses: Press) -> list[str]:
    """What each is told. A bug leaves its place empty, and its traceback on the thread."""
    ready, answers = Barrier(len(presses)), [""] * len(presses)

    def go(at: int, press: Press) -> None:
        ready.wait()
        answers[at] = told(press)

    threads = [Thread(target=go, args=each) for each in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
