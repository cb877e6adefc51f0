"""Answers as models, with U+FFFD for half a character, which JSON can hold and no text: it costs no other row of them.

A carrier that cuts a reply in the middle of an emoji, or a merchant's software that cuts a name there, writes such.
"""

from __future__ import annotations

import json
import re
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
_HALF: Final = re.compile("[\ud800-\udfff]")


def parsed(model: type[M], body: bytes, *, strict: bool = True) -> M:
    """Raises ValidationError."""
    try:
        return model.model_validate_json(body, strict=strict)
    except ValidationError as error:
        if not _is_of_a_half(error):
            raise
        whole = _without_halves(body)
        if whole is None:
            raise
    return model.model_validate_json(whole, strict=strict)


def _is_of_a_half(error: ValidationError) -> bool:
    first = error.errors(include_url=False, include_input=False)[0]
    return first["type"] == "json_invalid" and "hex escape" in first["msg"]


def _without_halves(body: bytes) -> bytes | None:
    """None for what is no JSON even so."""
    try:
        return _HALF.sub("\ufffd", json.dumps(json.loads(body), ensure_ascii=False)).encode()
    except (ValueError, RecursionError):
        return None
