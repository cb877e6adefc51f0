"""What is imported is declared: by the program for the program, by its extras for tests and tools."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OURS = (
    {"campaign_app", "benchmarks", "tools"}
    | {path.stem for path in (ROOT / "tests").rglob("*") if path.is_dir() or path.suffix == ".py"}
    | {"tests"}
)


def declared(*extras: str) -> set[str]:
    written = PROJECT["dependencies"] + [one for extra in extras for one in PROJECT["optional-dependencies"][extra]]
    return {canonicalize_name(Requirement(one).name) for one in written}


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Of every depth; nothing is imported inside an expression, and most of a tree is expressions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from statements(child)


def imported(folder: str) -> dict[str, str]:
    """Top-level module → one file that imports it, whatever the indentation."""
    found: dict[str, str] = {}
    for file in (ROOT / folder).rglob("*.py"):
        for node in statements(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found |= {name.partition(".")[0]: file.relative_to(ROOT).as_posix() for name in names}
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names | OURS}


def undeclared(folder: str, *extras: str) -> dict[str, str]:
    brought_by = metadata.packages_distributions()
    allowed = declared(*extras)
    return {
        name: file
        for name, file in imported(folder).items()
        if not allowed & {canonicalize_name(each) for each in brought_by.get(name, [name])}
    }


def test_the_program_declares_what_it_imports() -> None:
    assert undeclared("campaign_app", "sandbox", "team") == {}


def test_its_tests_declare_what_they_import() -> None:
    assert undeclared("tests", "test") == {}


def test_the_constraints_pin_every_declared_library() -> None:
    pinned = {canonicalize_name(line.partition("==")[0]) for line in (ROOT / "constraints.txt").read_text().split()}
    wanted = declared("test", "lint", "build")
    assert {name for name in wanted if not re.fullmatch("tzdata", name)} <= pinned
