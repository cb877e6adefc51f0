"""Every error code that the program can raise has its sentence, in both languages."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import campaign_app
from campaign_app import assets, words
from campaign_app.cli.words import WORDS, say
from campaign_app.domain import errors
from campaign_app.domain.errors import AppError, NotAllowed
from campaign_app.transport.errors import _CODE

PACKAGE = Path(campaign_app.__file__).parent
ERRORS = tomllib.loads(assets.path("words", "errors.toml").read_text("utf-8"))
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, AppError)}
# where an error takes its code from a variable: the calls that name it, and at which place
NAMED = {"_Trouble": 1, "_failed": 0, "SignatureRefused": 0, "end": 2, "release": 2}
TABLES = {"storage/engine.py", "storage/postgres.py", "gateways/checks.py", "platforms/connection.py"}


@cache
def raised() -> frozenset[tuple[str, str]]:
    return frozenset(found())


def found() -> Iterator[tuple[str, str]]:
    """(code, file) of every error that is made with a literal code, or with one of a table."""
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith("sandbox/"):
            yield from ((code, name) for code in refusals_of_the_sandbox(path))
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield from ((code, name) for code in codes_of(node, in_table=name in TABLES))


def codes_of(node: ast.AST, *, in_table: bool) -> Iterator[str]:
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        at = 0 if called in KINDS else NAMED.get(called, len(node.args))
        yield from literals(node.args[at : at + 1])
    elif in_table and isinstance(node, ast.Tuple) and len(node.elts) == 2:
        # a code beside its words or beside the condition under which it holds
        yield from (code for code in literals(node.elts[:1]) if _CODE.fullmatch(code))


def literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def refusals_of_the_sandbox(path: Path) -> Iterator[str]:
    """A platform's own codes of 4xx answers become codes of RemoteRefused; the test's own endpoints are never asked.

    Vendors have words of their own for what they refuse; what is `Refused` there are orders of a test.
    """
    if path.name == "admin.py" or "vendors" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refused", "problem"}:
            status, *code = node.args[:2]
            if isinstance(status, ast.Constant) and int(str(status.value)) < 500:
                yield from literals(code)


def test_every_code_has_a_sentence_in_both_languages() -> None:
    assert sorted((code, file) for code, file in raised() if not {"zh_CN", "en"} <= ERRORS.get(code, {}).keys()) == []


def test_the_codes_that_no_literal_raises_are_found_as_well() -> None:
    assert {code for code, _ in raised()} >= {
        *("disk_full", "busy", "timeout", "answer_cut", "bug", "platform_unavailable", "no_lookup", "keys_changed"),
        *("schema_drift", "simulated_fact", "batch_size", "idempotency_mismatch", "unknown_key", "wrong_key"),
    }


def test_the_sentence_holds_the_facts_and_never_fails() -> None:
    assert "120" in say(NotAllowed("recipient_count", "differs", screened=120))
    assert "…" in say(NotAllowed("recipient_count", "differs"))
    assert say(AppError("something_new", "It speaks for itself")) == "It speaks for itself"


def test_only_the_command_line_speaks_of_its_options() -> None:
    error = AppError("no_worker", "gone")
    assert "campaign-app worker" in say(error)
    assert "campaign-app" not in words.load("zh_CN").error(error)
    assert words.load("zh_CN", cli=True) == WORDS
    window = [entry["zh_CN"] + entry["en"] for entry in ERRORS.values()]
    assert [said for said in window if "--" in said or "campaign-app " in said] == []


def test_an_error_is_told_even_if_the_words_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    words._read.cache_clear()
    try:
        assert say(AppError("busy", "The workspace is busy")) == "The workspace is busy"
    finally:
        words._read.cache_clear()
