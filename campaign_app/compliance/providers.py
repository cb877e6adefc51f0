"""What an SMS provider accepts, as data (`resources/rules/profiles/<name>.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Provider(BaseModel):
    """`opt_out_forms` empty means that no list is known. Limits that no source states are None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    signature_min: int = Field(2, ge=1)
    signature_max: int = Field(12, ge=1)
    signature_length_known: bool = False
    opt_out_forms: tuple[str, ...] = ()
    opt_out_doubtful: tuple[str, ...] = ()
    total_length: int = Field(500, ge=1)
    variables_allowed: bool = True
    accepted_sources: frozenset[str] = frozenset()
    variable_syntax: str = ""
    window: str = ""
    caps: tuple[str, ...] = ()
    forbidden_sectors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def parse_provider(name: str, data: Mapping[str, Any]) -> Provider:
    """Raises pydantic's ValidationError."""
    return Provider.model_validate({"name": name, **data})
