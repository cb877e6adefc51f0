"""Numbers as senders write them in what comes back."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from campaign_app.domain.phone import MAINLAND_MOBILE, Phone, parse_phone

_SEPARATORS: Final = str.maketrans("", "", " -\t")
_DIGITS: Final = re.compile(r"\+?[0-9]{3,20}", re.ASCII)
_LIKE_A_MOBILE: Final = re.compile(r"1[3-9]", re.ASCII)


def phone_of(written: str) -> Phone | None:
    """With or without a country code: +86, 0086, 86 and 01 alike; None if it is no mainland mobile number."""
    return parse_phone(_national(written))


def is_nobodys(written: str) -> bool:
    """Whether it is a whole number that no customer has: a service's, a landline's or one abroad.

    Not what might be a mobile number cut off, masked, or with something before it.
    """
    if not _DIGITS.fullmatch(_plain(written)):
        return False
    digits = _national(written)
    return not _LIKE_A_MOBILE.match(digits) and (digits.startswith("106") or not MAINLAND_MOBILE.search(digits))


def _plain(written: str) -> str:
    return unicodedata.normalize("NFKC", written).translate(_SEPARATORS)


def _national(written: str) -> str:
    return _plain(written).removeprefix("+").removeprefix("00").removeprefix("86").removeprefix("0")
