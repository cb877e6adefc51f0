"""What stands on what in the window, and how well it can be read there."""

from __future__ import annotations

from typing import Final

GROUNDS: Final = ("ground", "surface", "raised", "sunken", "nav", "selected", "accent_soft")
TEXTS: Final = ("text", "muted", "faint", "accent", "accent_strong", "ok", "warn", "block", "info")
# (front, ground) of text and of what has to be seen beside it
PAIRS: Final = (
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((text, f"{text}_soft") for text in ("ok", "warn", "block", "info")),
    *((text, f"{level}_soft") for text in ("text", "muted") for level in ("ok", "warn", "block", "info")),
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
    ("on_accent", "warn"),
)
EDGES: Final = tuple(("edge", ground) for ground in GROUNDS)


def contrast(front: str, ground: str) -> float:
    """WCAG 2.1's ratio of relative luminances, 1 to 21."""
    high, low = sorted((_luminance(front), _luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
