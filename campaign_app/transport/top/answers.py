"""TOP's answers, JSON or XML, as one shape: the object inside of `<method>_response`, or the error in place of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.xml_tree import read_xml

ERROR: Final = "error_response"


@dataclass(frozen=True, slots=True)
class Said:
    """`fields` is what the answer holds, `error` what stands in its place, one of them is empty."""

    fields: Mapping[str, Any]
    error: Mapping[str, Any] = field(default_factory=dict)


def read(body: bytes, method: str) -> Said:
    """Raises ContractBroken for what is no answer to `method`."""
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    outer = read_xml(body) if start == b"<" else _json(body)
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
