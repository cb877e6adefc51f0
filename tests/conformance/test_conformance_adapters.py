"""The suite that adapters are held to catches wrong ones: the documented example with one thing spoilt in it."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import campaign_app.platforms.adapter as adapters
from campaign_app.conformance.adapters import Broken, PlatformCase, Running, checks, hold
from campaign_app.conformance.adapters.behind import LONGEST, standing_behind
from campaign_app.platforms.jd.client import JdPlatform
from campaign_app.platforms.shopline.client import ShoplinePlatform
from tests.helpers import platform_case_jd, platform_case_shopline
from tests.helpers.connected import clock
from tests.helpers.lenient import silent_in_trouble

pytestmark = pytest.mark.keeps_threads
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "csv_registry"
NAME = "csv_registry"
Registry = Callable[[str, str], PlatformCase]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The example's case, with a client in whose source one thing is another."""

    def made(right: str, wrong: str) -> PlatformCase:
        shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__"))
        source = tmp_path / "example" / NAME / "client.py"
        text = source.read_text("utf-8")
        assert right in text
        source.write_text(text.replace(right, wrong), "utf-8")
        point = EntryPoint(NAME, f"{NAME}:ADAPTER", adapters.GROUP)
        monkeypatch.setattr(adapters, "_offered", lambda: {NAME: point})
        monkeypatch.syspath_prepend(tmp_path / "example")
        return _case(tmp_path / "example" / "test_csv_registry.py")

    yield made
    for module in [name for name in sys.modules if name.partition(".")[0] in (NAME, "test_csv_registry")]:
        del sys.modules[module]


def _case(file: Path) -> PlatformCase:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    found: PlatformCase = module.CASE
    return found


def rate_limited(case: PlatformCase, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], object]:
    """Its simulator refuses who asks again within a second, of a clock that moves by waiting only; how to wait."""
    handler = sys.modules[case.start.__module__].Handler
    answer, now, until = handler.do_POST, [0.0], [0.0]

    def limited(self: Any) -> None:
        if now[0] >= until[0]:
            until[0] = now[0] + 1.0
            answer(self)
            return
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(429)
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def wait(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(handler, "do_POST", limited)
    return wait


def broken(
    case: PlatformCase, running: Running, *names: str, wait: Callable[[float], object] | None = None
) -> dict[str, str]:
    """What is wrong by each check whose name begins like this; by all of them where none is named."""
    found = {}
    for check in checks(case):
        if not names or check.name.startswith(names):
            try:
                hold(case, running, check, clock=clock, wait=wait)
            except Broken as error:
                found[check.name] = str(error)
    return found


# what is right in the example's client → what is wrong, and the check that says so
WRONG: dict[str, tuple[str, str, str]] = {
    "looks at the version of its check only": (
        'if answer.headers.get("X-Registry-Version") != VERSION:',
        'if not refs and answer.headers.get("X-Registry-Version") != VERSION:',
        "an answer of another version is refused",
    ),
    "dates a grant when it asks for it": (
        "obtained_at=obtained_at,",
        "obtained_at=said.observed_at,",
        "a grant keeps the time at which it was given",
    ),
    "says everything of one person": ("ref=ref,", "ref=CustomerRef(self._account.id, 'c0'),", "those who agreed pass"),
}
EMPTIED = ('request_id=""', 'receipt_id=""', 'receipt_id="sha256:0"', 'api_version=""', 'api_method=""', 'leaf="{}"')
SOURCE = "evidence=said.evidence(row),"
UNSOURCED = {
    f"evidence with {each}": (
        SOURCE,
        f"evidence=__import__('dataclasses').replace(said.evidence(row), {each}),",
        "a fact says where it comes from",
    )
    for each in EMPTIED
}


@pytest.mark.parametrize(("right", "wrong", "check"), (WRONG | UNSOURCED).values(), ids=WRONG | UNSOURCED)
def test_a_wrong_adapter_is_caught(right: str, wrong: str, check: str, registry: Registry) -> None:
    case = registry(right, wrong)
    with case.start() as running:
        assert set(broken(case, running, check)) == {check}


def test_the_example_is_not_caught(registry: Registry) -> None:
    case = registry("VERSION", "VERSION")
    with case.start() as running:
        assert broken(case, running, *(check for _, _, check in (WRONG | UNSOURCED).values())) == {}


def test_an_adapter_that_only_vetoes_is_caught_where_trouble_silences_it(monkeypatch: pytest.MonkeyPatch) -> None:
    case = platform_case_jd.case()
    asked = ("trouble: 500", "spoilt: unknown status")
    with case.start() as running:
        assert broken(case, running, *asked) == {}
        monkeypatch.setattr(JdPlatform, "consents", silent_in_trouble(JdPlatform.consents))
        assert set(broken(case, running, *asked)) == set(asked)


def test_an_opt_out_that_nobody_is_told_of_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    case, asked = platform_case_shopline.case(), "an opt-out is written back"
    with case.start() as running:
        assert broken(case, running, asked) == {}
        monkeypatch.setattr(ShoplinePlatform, "write_opt_out", lambda client, *_: client.check_connection())
        assert set(broken(case, running, asked)) == {asked}


def test_a_simulator_that_asks_for_time_gets_it(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    case = registry("VERSION", "VERSION")
    wait = rate_limited(case, monkeypatch)
    asked = ("a grant keeps the time", "those who agreed pass", "more than one answer holds", "an answer of another")
    with case.start() as running:
        assert broken(case, running, *asked, wait=wait) == {}


def test_trouble_of_its_own_is_not_waited_for_and_nothing_for_long(registry: Registry) -> None:
    case, waited = registry("VERSION", "VERSION"), list[float]()
    with case.start() as running:
        for check in checks(case):
            if check.name == "trouble: 429":
                hold(case, running, check, clock=clock, wait=waited.append)
        assert waited == []
        with standing_behind(case, running, clock, waited.append) as behind:
            behind.proxy.spoil = lambda seen: seen.instead("", status=429, Retry_After="8")
            for _ in range(3):
                behind.asks_in_vain(behind.refs())
    assert waited == [8.0, LONGEST - 8.0]
