"""Every error code that the program can raise has its sentence, in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import campaign_app
from campaign_app.cli.words import WORDS, say
from campaign_app.domain import errors
from campaign_app.domain.errors import AppError, NotAllowed

KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, AppError)}


def raised() -> Iterator[tuple[str, str]]:
    """(code, file) of every error that is made with a literal code."""
    for path in Path(campaign_app.__file__).parent.rglob("*.py"):
        if "sandbox" in path.parts:
            continue  # the sandbox speaks problem+json
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value), path.name


def test_every_code_has_a_chinese_sentence() -> None:
    assert sorted({(code, file) for code, file in raised() if code not in WORDS}) == []
    assert all(any("一" <= char <= "鿿" for char in sentence) for sentence in WORDS.values())


def test_the_sentence_holds_the_facts_and_never_fails() -> None:
    assert "120" in say(NotAllowed("recipient_count", "differs", screened=120))
    assert "…" in say(NotAllowed("recipient_count", "differs"))
    assert say(AppError("something_new", "It speaks for itself")) == "It speaks for itself"
