"""Signatures over all parameters, sorted by name and written one after the other as they are (no URL encoding).

TOP, JD, Pinduoduo and Meituan share this much; what is put around the text, which digest and which parameters count
differs. `docs/platforms.md` says which of it is published and which is somebody else's restatement.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import md5


def concatenated(params: Mapping[str, str]) -> str:
    """Name and value of each, in the order of the names' characters; "3" comes before "a"."""
    return "".join(f"{name}{params[name]}" for name in sorted(params))


def md5_between(secret: str, params: Mapping[str, str]) -> str:
    """UPPER(MD5(secret + text + secret)), as TOP, JD and Pinduoduo publish it."""
    text = f"{secret}{concatenated(params)}{secret}"
    return md5(text.encode(), usedforsecurity=False).hexdigest().upper()
