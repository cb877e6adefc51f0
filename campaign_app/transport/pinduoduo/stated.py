"""Signatures and templates of an account at Pinduoduo, which shows neither: as a person typed them in.

What is typed is what Pinduoduo's console shows as approved. Variables stand there as ${name}: that its interface wants
them with these very signs is known from its SDK, that its console writes them so is unverified.
"""

from __future__ import annotations

import re
from typing import Final

from campaign_app.compliance.syntaxes import import_template
from campaign_app.domain.customer import Account
from campaign_app.transport.typed import names_in
from campaign_app.transport.typed_fields import bad_field

NOTATION: Final = "${name}"
# `12345=text`, the next one behind a bar or a line's end; a template's code is a number (SDK)
_BEGIN: Final = re.compile(r"(?:^|[|｜\n])\s*([0-9]{1,18})\s*[=＝]")


def signatures(account: Account) -> frozenset[str]:
    return frozenset(names_in(account, "signatures"))


def templates(account: Account) -> tuple[tuple[str, str], ...]:
    """Code and text of each. Raises SettingsError for what cannot be read as templates."""
    typed = account.options.get("templates", "").strip()
    if not typed:
        return ()
    _before, *pieces = _BEGIN.split(typed)
    found = [(code, text.strip()) for code, text in zip(pieces[::2], pieces[1::2], strict=True)]
    codes = {code for code, _ in found}
    if _before or not found or len(codes) != len(found) or any(not t or t.startswith("【") for _, t in found):
        raise bad_field("templates")
    for _, text in found:
        import_template(text, NOTATION)
    return tuple(found)
