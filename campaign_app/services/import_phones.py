"""Phone numbers as people write them: read at once, repaired and shown as such, or refused with a reason."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from campaign_app.domain.phone import Phone, parse_phone

_LABEL: Final = re.compile(r"^(?:tel|mobile|phone|手机号码?|手机|电话)\s*:?\s*", re.IGNORECASE)
_ROUNDED: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_FLOAT: Final = re.compile(r"(\d{11,13})\.0+")
# +86, 0086, a trunk 0 and the carriers' prefixes for cheap calls; anything else in front is another number
_BEFORE: Final = frozenset({"", "0", "86", "0086", "860", "17951", "17911", "12593", "17909", "10193"})
# what people write where there is no number
_NO_NUMBER: Final = frozenset(
    {"", "-", "--", "/", "无", "空", "暂无", "未填写", "null", "none", "nil", "n/a", "na", "nan"}
)
_EDGE: Final = " \t'\"`´‘’“”,;.，；。、*#"


def read_phone(written: str) -> tuple[Phone | None, str]:
    """The number and `repaired` where it was not plainly written; or None and why: a stable code, "" for no number.

    Codes: phone_letters, phone_rounded (a spreadsheet cut its digits), phone_invalid.
    """
    phone = parse_phone(written)
    if phone:
        return phone, "" if written.isascii() else "repaired"
    return (None, "") if written.strip().casefold() in _NO_NUMBER else _repair(written)


def _repair(written: str) -> tuple[Phone | None, str]:
    text = unicodedata.normalize("NFKC", written)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cc"}).strip(_EDGE)
    text = _LABEL.sub("", text).strip(_EDGE)
    if _ROUNDED.fullmatch(text):
        return None, "phone_rounded"
    whole = _FLOAT.fullmatch(text)
    if whole:
        text = whole[1]
    if any(char.isalpha() for char in text):
        return None, "phone_letters"
    phone = _by_library(text)
    return (phone, "repaired") if phone else (None, "phone_invalid")


def _by_library(text: str) -> Phone | None:
    import phonenumbers

    if len(text) > 40:
        return None
    try:
        parsed = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    national = str(parsed.national_number)
    digits = "".join(char for char in text if char.isdigit())
    if parsed.country_code != 86 or not digits.endswith(national) or digits[: -len(national)] not in _BEFORE:
        return None
    return parse_phone(national)
