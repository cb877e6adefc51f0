"""Mainland mobile numbers: one normal form, never shown whole.

Pattern: libphonenumber's metadata for CN mobile numbers, as measured in `docs/facts.md` (text engine, phones).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MAINLAND_MOBILE: Final = re.compile(
    r"1(?:610\d|740[0-5])\d{6}|1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8}", re.ASCII
)
# how a platform writes one is its own affair; a number that can be read is none, whatever stands around it
_SEALED: Final = re.compile(r"(?=[!-~]*[A-Za-z])[!-~]{16,500}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{11}", re.ASCII)
_READABLE: Final = re.compile(rf"(?:^|\D)(?:(?:00)?86)?(?:{MAINLAND_MOBILE.pattern})(?:\D|$)", re.ASCII)
_SEPARATORS: Final = str.maketrans("", "", " -\u00a0\u3000\t")


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid mainland mobile number, 11 digits, no country code. `str` and `repr` are masked."""

    digits: str

    def __post_init__(self) -> None:
        if not MAINLAND_MOBILE.fullmatch(self.digits):
            raise ValueError("not a mainland mobile number")

    @property
    def e164(self) -> str:
        """For a wire or a cipher only; never for a log, an error or a screen."""
        return f"+86{self.digits}"

    @property
    def masked(self) -> str:
        return f"{self.digits[:3]}****{self.digits[-4:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Phone({self.masked})"


@dataclass(frozen=True, slots=True)
class PlatformPhone:
    """A number as one platform sealed it: only that platform can reach the person by it, and nobody else can read it.

    `str` and `repr` show nothing of it: within its platform it stands for the number.
    """

    sealed: str

    def __post_init__(self) -> None:
        # the digits are looked for first: among a million few have as many, and the pattern of numbers is slow
        if not _SEALED.fullmatch(self.sealed) or (_DIGITS.search(self.sealed) and _READABLE.search(self.sealed)):
            raise ValueError("not a sealed number")

    def __str__(self) -> str:
        return "sealed"

    def __repr__(self) -> str:
        return "PlatformPhone(sealed)"


def parse_phone(written: str | None) -> Phone | None:
    """The number as written (NFKC; spaces, hyphens and +86 taken away), or None if it is no mainland mobile number."""
    if not written:
        return None
    digits = unicodedata.normalize("NFKC", written).translate(_SEPARATORS)
    if digits.startswith("+86"):
        digits = digits[3:]
    return Phone(digits) if MAINLAND_MOBILE.fullmatch(digits) else None


def parse_platform_phone(written: str | None) -> PlatformPhone | None:
    """None for what cannot be a sealed number; one that can be read, however it is written, never passes for one."""
    try:
        return PlatformPhone(written or "")
    except ValueError:
        return None
