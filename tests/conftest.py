"""What every test lives in: no display, no home folder, no keychain, no network, and nothing left behind.

A test that means to cause a warning in the logs asks for `caplog` and looks at it, or is marked
`expects_logs("logger", …)`. A fixture that keeps a thread for longer than a test marks its tests `keeps_threads`.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings
from platformdirs import user_state_path

from tests.helpers import lengths
from tests.helpers.compiling import compile_once
from tests.helpers.nursery import use_nursery
from tests.helpers.run import begin_run, end_run

_HOME = Path(tempfile.mkdtemp(prefix="campaign-app-tests-"))
_GRACE_SECONDS = 5.0
# coverage is of the core, by its own tests and by those of services that alone reach a part of it
_MEASURED = ("domain", "consent", "compliance", "jobs")
_MEASURED_TOO = (
    "test_services_accounts", "test_services_composing", "test_services_connecting", "test_services_filings",
    "test_services_import_files", "test_services_noted", "test_services_peak_checks", "test_services_peaks",
    "test_services_people", "test_services_preflight", "test_services_test_messages", "test_services_wordings",
)  # fmt: skip
_started: WeakKeyDictionary[threading.Thread, str] = WeakKeyDictionary()


def _isolate() -> None:
    """Before anything is imported that looks at the environment; child processes inherit it."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        os.environ[name] = str(_folder(name.lower()))
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        os.environ[name] = str(_folder("home"))
    for name in ("APPDATA", "LOCAL_APPDATA"):  # what platformdirs believes more than Windows itself
        os.environ[f"WIN_PD_OVERRIDE_{name}"] = str(_folder(name.lower()))
    for name in [each for each in os.environ if each.startswith(("LANG", "LC_"))]:
        del os.environ[name]
    os.environ.pop("PYTHONUNBUFFERED", None)  # as a user has it: what is not flushed comes late
    os.environ["LC_ALL"] = "C.UTF-8"  # how dates are written follows it
    if sys.platform == "win32":  # off screen Qt knows of no fonts there
        os.environ["QT_QPA_FONTDIR"] = str(Path(os.environ["WINDIR"], "Fonts"))
    # the X server on which the window is driven, where a test run asks for one
    screen = os.environ.get("CAMPAIGN_APP_TEST_SCREEN")
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    os.environ["QT_QPA_PLATFORM"] = "xcb" if screen else "offscreen"
    if screen:
        os.environ["DISPLAY"] = screen
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost,::1"


def _folder(name: str) -> Path:
    folder = _HOME / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


_isolate()
# a red run must be red again for whoever repeats it, so examples follow from the test alone; `search` looks for new
# ones: HYPOTHESIS_PROFILE=search. No deadline: a busy machine is not a bug.
_quiet = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, suppress_health_check=_quiet)
settings.register_profile("search", deadline=None, max_examples=1_000, print_blob=True, suppress_health_check=_quiet)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


use_nursery()
compile_once()
# the one server of a run, where a test wants one: every process has to know whose it is (`tests/helpers/pg.py`)
begin_run()


def pytest_unconfigure() -> None:
    end_run()
    shutil.rmtree(_HOME, ignore_errors=True)


# --- network ---------------------------------------------------------------------------------------------------------


class NetworkRefused(AssertionError):
    """A test tried to leave this machine."""


def _is_loopback(host: object) -> bool:
    if host in ("localhost", "", None):
        return True
    try:
        return ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(name: str) -> None:
    real = getattr(socket.socket, name)

    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(args[-1][0]):
            raise NetworkRefused(f"{name} to {args[-1][0]}: tests stay on this machine")
        return real(self, *args)

    setattr(socket.socket, name, guarded)


def _guard_names() -> None:
    real = socket.getaddrinfo

    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not _is_loopback(name) and name != socket.gethostname():
            raise NetworkRefused(f"look-up of {name}: tests stay on this machine")
        return real(host, *args, **kwargs)

    socket.getaddrinfo = guarded


for _name in ("connect", "connect_ex", "sendto"):
    _guard(_name)
_guard_names()


# --- order -----------------------------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test come first: at the end, one of them would keep a process busy and the others idle."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if lengths.ALL:  # whatever it is given for its sample
            item.add_marker(pytest.mark.timeout(3_600), append=False)
        elif item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason=lengths.NOT_ASKED_FOR))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All modules and their ten thousand tests stay until the end: no search for cycles ever looks through them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


_FILE = pytest.StashKey[Path]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What is there when a file of tests begins stays as well, so that the many searches after its tests are short.

    Whoever is not measured pays nothing for coverage, which would slow all of Python down.
    """
    if item.session.stash.get(_FILE, None) != item.path:
        item.session.stash[_FILE] = item.path
        gc.collect()
        gc.freeze()
    measuring = Coverage.current()
    if measuring is None or item.path.parent.name in _MEASURED or item.path.stem in _MEASURED_TOO:
        return (yield)
    # a process of several has one more below it, which pytest-cov begins for the process alone and nobody ever reads
    while (running := Coverage.current()) is not None:
        running.stop()
    try:
        return (yield)
    finally:
        measuring.start()


# --- nothing left behind ---------------------------------------------------------------------------------------------


def _remember_starts() -> None:
    real = threading.Thread.start

    def start(self: threading.Thread) -> None:
        _started[self] = "".join(traceback.format_stack(limit=5)[:-1])
        real(self)

    threading.Thread.start = start


_remember_starts()


# DBOS gives a logger without handlers its own way out, past everybody else's; with this one its records reach the root
logging.getLogger("dbos").addHandler(logging.NullHandler())


def _leaked(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]


@pytest.fixture(autouse=True)
def _no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a non-daemon thread running, and says where it was started."""
    before = set(threading.enumerate())
    yield
    if request.node.get_closest_marker("keeps_threads"):
        return
    until = time.monotonic() + _GRACE_SECONDS
    for thread in _leaked(before):
        thread.join(max(0.0, until - time.monotonic()))
    leaked = [f"{thread.name}, started at\n{_started.get(thread, '?')}" for thread in _leaked(before)]
    if leaked:
        pytest.fail("threads left running: " + "\n".join(leaked), pytrace=False)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _is_expected(record: logging.LogRecord, expected: tuple[str, ...]) -> bool:
    return any(record.name == name or record.name.startswith(f"{name}.") for name in expected)


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test during which anything was logged at WARNING or above that it did not announce."""
    root, kept = logging.getLogger(), _Kept()
    root.addHandler(kept)
    yield
    root.removeHandler(kept)
    marker = request.node.get_closest_marker("expects_logs")
    expected = marker.args if marker else ()
    if "caplog" in request.fixturenames:
        return
    odd = [f"{r.name} {r.levelname}: {r.getMessage()}" for r in kept.records if not _is_expected(r, expected)]
    if odd:
        pytest.fail("unexpected log records:\n" + "\n".join(odd), pytrace=False)


def _loggers() -> list[logging.Logger]:
    known = logging.Logger.manager.loggerDict.values()
    return [logging.getLogger(), *(logger for logger in known if isinstance(logger, logging.Logger))]


@pytest.fixture(autouse=True)
def _nothing_seen_before() -> Iterator[None]:
    """Many tests have copies of one workspace: what their machine has seen of it ends with each of them."""
    yield
    shutil.rmtree(user_state_path("campaign_app-seen", appauthor=False, roaming=True), ignore_errors=True)


@pytest.fixture(autouse=True)
def _process_state_restored() -> Iterator[None]:
    """What `logs.configure` and `keyring.set_keyring` change for the whole process is changed back."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    levels = {logger: logger.level for logger in _loggers()}
    hooks = sys.excepthook, threading.excepthook
    yield
    for handler in [known for known in root.handlers if known not in handlers]:
        root.removeHandler(handler)
        handler.close()
    for logger, known_level in levels.items():
        if logger.level != known_level:  # setting it forgets what every logger knows of itself
            logger.setLevel(known_level)
    sys.excepthook, threading.excepthook = hooks
    if (keyring := sys.modules.get("keyring.core")) is not None:
        keyring._keyring_backend = None
