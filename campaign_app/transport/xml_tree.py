"""XML as nested dicts, read by expat without any entity or document type: what is no plain tree of elements is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.parsers import expat

from campaign_app.transport.errors import ContractBroken

_DEEPEST: Final = 30


def read_xml(body: bytes) -> Mapping[str, Any]:
    """The root by its name. An element that is there twice, or says `list`, becomes a list. Raises ContractBroken."""
    tree, parser = _Tree(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = tree.open, tree.close
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - the library's signature
    except (expat.ExpatError, UnicodeError, LookupError):
        raise ContractBroken from None
    return tree.root


class _Tree:
    def __init__(self) -> None:
        self._stack: list[tuple[str, bool, list[tuple[str, Any]], list[str]]] = []
        self.root: dict[str, Any] = {}

    def open(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._stack) >= _DEEPEST:
            raise ContractBroken
        self._stack.append((name, attributes.get("list") == "true", [], []))

    def text(self, piece: str) -> None:
        self._stack[-1][3].append(piece)

    def close(self, _name: str) -> None:
        name, is_list, children, pieces = self._stack.pop()
        value = _grouped(children, is_list=is_list) if children or is_list else "".join(pieces)
        if self._stack:
            self._stack[-1][2].append((name, value))
        else:
            self.root = {name: value}


def _grouped(children: Sequence[tuple[str, Any]], *, is_list: bool) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for name, value in children:
        found.setdefault(name, []).append(value)
    return {name: values if is_list or len(values) > 1 else values[0] for name, values in found.items()}


def _refuse(*_: object) -> None:
    raise ContractBroken
