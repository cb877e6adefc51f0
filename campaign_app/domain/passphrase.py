"""How hard a passphrase must be to guess, for whoever protects a workspace with one."""

from __future__ import annotations

from typing import Final

LEAST: Final = 8
LEAST_DIGITS: Final = 14  # where it has no other characters
LEAST_DIFFERENT: Final = 5


def passphrase_problem(passphrase: str) -> str:
    """`passphrase_short`, `passphrase_weak` or ""."""
    if len(passphrase) < LEAST:
        return "passphrase_short"
    digits_only = passphrase.isdecimal() and len(passphrase) < LEAST_DIGITS
    return "passphrase_weak" if digits_only or len(set(passphrase)) < LEAST_DIFFERENT else ""
