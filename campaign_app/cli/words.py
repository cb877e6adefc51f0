"""What the command line says; its words are in `resources/words`."""

from __future__ import annotations

import sys
from typing import Final, NoReturn

from campaign_app.domain.errors import AppError
from campaign_app.words import Words, load

BAD_USAGE: Final = 2
INTERRUPTED: Final = 130  # what shells say of Ctrl-C, and typer as well
WORDS: Final[Words] = load("zh_CN", cli=True)


def say(error: AppError) -> str:
    """The sentence for a person; an error without one speaks for itself."""
    try:
        return WORDS.error(error)
    except AppError:  # the words themselves are missing
        return str(error)


def fail(sentence: str, status: int = BAD_USAGE) -> NoReturn:
    """One sentence on stderr, and the end."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(status)
