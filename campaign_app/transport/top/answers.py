"""TOP's answers, JSON or XML, as one shape: the object inside of `<method>_response`, or the error in place of it.

XML is read by expat without any entity or document type: what is no plain tree of elements breaks the contract.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from campaign_app.transport.errors import ContractBroken

ERROR: Final = "error_response"
_DEEPEST: Final = 30


@dataclass(frozen=True, slots=True)
class Said:
    """`fields` is what the answer holds, `error` what stands in its place, one of them is empty."""

    fields: Mapping[str, Any]
    error: Mapping[str, Any] = field(default_factory=dict)


def read(body: bytes, method: str) -> Said:
    """Raises ContractBroken for what is no answer to `method`."""
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    outer = _xml(body) if start == b"<" else _json(body)
    if isinstance(outer.get(ERROR), dict):
        return Said({}, outer[ERROR])
    inner = outer.get(response_name(method))
    if not isinstance(inner, dict):
        raise ContractBroken
    return Said(inner)


def response_name(method: str) -> str:
    """`taobao.crm.members.get.privy` → `crm_members_get_privy_response`."""
    return method.removeprefix("taobao.").replace(".", "_") + "_response"


def rows_of(found: object, name: str) -> list[Any]:
    """A list as TOP wraps it (`{"members": {"basic_member": […]}}`), or plain where `simplify` was asked for.

    Raises ContractBroken for anything else; an absent list is an empty one.
    """
    inner = found.get(name, []) if isinstance(found, dict) else found
    if found in (None, ""):
        return []
    if isinstance(inner, list):
        return inner
    raise ContractBroken


def whole(value: object) -> int | None:
    """A whole number; XML has it as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None
    return value if isinstance(value, int) else None


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ContractBroken from None
    if not isinstance(found, dict):
        raise ContractBroken
    return found


class _Tree:
    """Builds nested dicts out of elements; an element that is there twice, or says `list`, becomes a list."""

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


def _xml(body: bytes) -> Mapping[str, Any]:
    tree, parser = _Tree(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = tree.open, tree.close
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - the library's signature
    except (expat.ExpatError, UnicodeError, LookupError):
        raise ContractBroken from None
    return tree.root


def _refuse(*_: object) -> None:
    raise ContractBroken
