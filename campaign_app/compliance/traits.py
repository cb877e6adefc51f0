"""What can be told of a message at a glance, so that most checks need not be asked about most messages."""

from __future__ import annotations

import re
from typing import Final

from campaign_app.compliance.normalize import SEPARATOR
from campaign_app.compliance.opt_outs import STANDARD
from campaign_app.compliance.subject import Subject

ANY: Final = 1
SIGNATURE_BRACKET: Final = 2
OTHER_BRACKET_FIRST: Final = 4
LINKS: Final = 8
HOTLINES: Final = 16
ODD_CHARACTER: Final = 32
PUNCTUATION_RUN: Final = 64
PLACEHOLDER: Final = 128
VALUES: Final = 256
ODD_OPT_OUT: Final = 512
SEVERAL_PARTS: Final = 1024
MARKED: Final = 2048
NUMBERS: Final = 4096

_BRACKETS: Final = frozenset("[［(（〖〔「『《<〈{")
_STOPS: Final = frozenset("，,。；;！!？?")
_PLACEHOLDER: Final = re.compile(r"[{#%&\[<]")
_RUN: Final = re.compile(r"[!！~～。?？…^_><T*(]{3}")


def traits_of(subject: Subject) -> int:
    text, body = subject.text, subject.body
    return (
        ANY
        | (SIGNATURE_BRACKET if "【" in text or "】" in text else 0)
        | (OTHER_BRACKET_FIRST if text.lstrip()[:1] in _BRACKETS else 0)
        | (LINKS if subject.links else 0)
        | (HOTLINES if subject.hotlines else 0)
        | (NUMBERS if subject.numbers else 0)
        | (ODD_CHARACTER if body.flagged & ~SEPARATOR else 0)
        | (PUNCTUATION_RUN if _RUN.search(text) else 0)
        | (PLACEHOLDER if _PLACEHOLDER.search(text) else 0)
        | (VALUES if subject.value_spans else 0)
        | (0 if _plain_end(subject) else ODD_OPT_OUT)
        | (SEVERAL_PARTS if subject.segments.segments > 1 else 0)
    )


def _plain_end(subject: Subject) -> bool:
    """One opt-out in the common form, right behind a full stop or comma, and one that the provider knows."""
    opt_outs = subject.opt_outs
    at = len(subject.text) - len(STANDARD)
    alone = len(opt_outs) == 1 and at > 0 and subject.text.endswith(STANDARD) and subject.text[at - 1] in _STOPS
    return alone and STANDARD in (subject.provider.opt_out_forms or (STANDARD,))
