"""Every date that the window shows is formatted by `ui/show.py`, which knows its language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "campaign_app" / "ui"
FILES = sorted(file for file in UI.rglob("*.py") if file.name != "show.py")
DATED = re.compile(r"%-?[YymdbBjxcDF]|(?:yyyy|(?<![HhmM])MM(?!M)[-/. ]?dd)")  # of strftime, and of Qt
ISO = "isoformat"


def found(source: str) -> Iterator[tuple[int, str]]:
    """Where a module makes a text of a date by itself: (line, what)."""
    tree = ast.parse(source)
    told = {id(body[0].value) for body in map(_body, ast.walk(tree)) if body and isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == ISO:
            yield node.lineno, ISO
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            text = node.value.replace("%Ln", "")
            if match := DATED.search(text):
                yield node.lineno, match[0]


def _body(node: ast.AST) -> list[ast.stmt]:
    return node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("at.isoformat()", ISO),
        ('at.strftime("%Y-%m-%d")', "%Y"),
        ('f"{at:%m-%d}"', "%m"),
        ('self.tr("{:%d %b}").format(at)', "%d"),
        ('field.setDisplayFormat("yyyy-MM-dd")', "yyyy"),
        ('field.setDisplayFormat("MM-dd")', "MM-dd"),
        ('at.strftime("%H:%M")', ""),
        ('self.tr("还有 %Ln 天")', ""),
        ('"""By %Y."""', ""),
        ('stylesheet = "margin: 2px"', ""),
    ],
)
def test_a_date_that_is_made_by_itself_is_found(source: str, what: str) -> None:
    assert [each for _, each in found(source)] == ([what] if what else [])


def test_no_module_formats_a_date_but_show() -> None:
    assert len(FILES) > 200
    assert {file: made for file in FILES if (made := list(found(file.read_text("utf-8"))))} == {}
