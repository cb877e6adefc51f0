"""Answers as models, with U+FFFD for half a character, which JSON can hold and no text: it costs no other row of them.

A carrier that cuts a reply in the middle of an emoji, or a merchant's software that cuts a name there, writes such.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
# a backslash of its own and a whole pair are passed over, so that what is left is a half
_HALF: Final = re.compile(
    rb"\\(?:\\|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)


def parsed(model: type[M], body: bytes, *, strict: bool = True) -> M:
    """Raises ValidationError."""
    try:
        return model.model_validate_json(body, strict=strict)
    except ValidationError as error:
        if not _is_of_a_half(error):
            raise
    return model.model_validate_json(without_halves(body), strict=strict)


def without_halves(body: bytes) -> bytes:
    """JSON as it is but for them: what is broken besides stays broken."""
    return _HALF.sub(lambda found: rb"\ufffd" if found[1] else found[0], body)


def _is_of_a_half(error: ValidationError) -> bool:
    first = error.errors(include_url=False, include_input=False)[0]
    return first["type"] == "json_invalid" and "hex escape" in first["msg"]
