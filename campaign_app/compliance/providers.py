"""What an SMS provider accepts, as data (`resources/rules/profiles/<name>.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from campaign_app.compliance.patterns import Pattern
from campaign_app.compliance.template import MOST

Fact = Literal["window", "caps", "forbidden_sectors", "per_second", "total_length", "signature_pattern"]
# simplified Chinese, Latin letters and digits
USUAL: Final = "[\\u4e00-\\u9fffA-Za-z0-9]+"


class Window(BaseModel):
    """Beijing time in which marketing is taken, `until` itself outside; some products close at `sometimes_until`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: time
    until: time
    sometimes_until: time | None = None


class Cap(BaseModel):
    """At most `most` messages to one number within `minutes`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most: int = Field(ge=1)
    minutes: int = Field(ge=1)
    what: str

    @property
    def span(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class Provider(BaseModel):
    """`signature_pattern` is what a whole signature matches; nobody's may be digits alone, traditional or a test.

    `in_words` is what a message calls it, if not its title; `in_english` what it calls it in that language.
    `opt_out_forms` empty means that no list is known. Limits that no source states are None.

    `per_second`: messages of one account that are taken in a second, 0 where no source says.
    `verified` names the facts that somebody compared with the provider's own pages (`sources`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    in_words: str = ""
    in_english: str = ""
    signature_min: int = Field(2, ge=1)
    signature_max: int = Field(12, ge=1)
    signature_length_known: bool = False
    signature_pattern: str = USUAL
    opt_out_forms: tuple[str, ...] = ()
    opt_out_doubtful: tuple[str, ...] = ()
    total_length: int = Field(500, ge=1, le=MOST)
    variables_allowed: bool = True
    accepted_sources: frozenset[str] = frozenset()
    variable_syntax: str = ""
    window: Window | None = None
    caps: tuple[Cap, ...] = ()
    forbidden_sectors: frozenset[str] = frozenset()
    per_second: int = Field(0, ge=0)
    verified: frozenset[Fact] = frozenset()
    sources: tuple[str, ...] = ()

    def called(self, language: str) -> str:
        return (language == "en" and self.in_english) or self.in_words or self.title

    @field_validator("signature_pattern")
    @classmethod
    def _linear(cls, pattern: str) -> str:
        Pattern(pattern)
        return pattern


def parse_provider(name: str, data: Mapping[str, Any]) -> Provider:
    """Raises pydantic's ValidationError."""
    return Provider.model_validate({"name": name, **data})
