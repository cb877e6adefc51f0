"""The design's tokens: every colour, size and space that the window draws with, for all appearances.

A test computes the contrast of each text on each ground that it can stand on (WCAG 2.1: 4.5 for text, 3 for the edges
of controls; 7 and 4.5 where the contrast is high).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as #rrggbb. `*_soft` is the ground for text in the colour beside it. Images of `name` go with them."""

    name: str
    dark: bool
    high: bool  # contrast
    ground: str  # behind everything
    surface: str  # cards, tables, fields
    raised: str  # headers of tables, hovered rows
    sunken: str  # the phone's screen, code
    nav: str
    line: str  # between things
    edge: str  # around what can be operated
    text: str
    muted: str
    faint: str  # hints in empty fields
    off: str  # pages that cannot be gone to now; WCAG asks nothing of what cannot be operated
    accent: str
    accent_strong: str  # hovered and pressed
    on_accent: str
    accent_soft: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    block: str
    block_soft: str
    info: str
    info_soft: str
    selected: str  # ground of a selected row
    shadow: str
    bezel: str  # the telephone's frame


LIGHT: Final = Tokens(
    name="light",
    dark=False,
    high=False,
    ground="#f4f6f9",
    surface="#ffffff",
    raised="#f0f3f7",
    sunken="#e9edf2",
    nav="#fbfcfd",
    line="#dfe4ea",
    edge="#7d8796",
    text="#18212c",
    muted="#55606e",
    faint="#5d6876",
    off="#99a3b0",
    accent="#1b5fd0",
    accent_strong="#144aa6",
    on_accent="#ffffff",
    accent_soft="#e3edfd",
    ok="#12703a",
    ok_soft="#e1f4e8",
    warn="#855300",
    warn_soft="#fdf0d5",
    block="#b3261e",
    block_soft="#fde7e5",
    info="#2a5b86",
    info_soft="#e4eff8",
    selected="#e3edfd",
    shadow="#c9d1db",
    bezel="#1d242e",
)
DARK: Final = Tokens(
    name="dark",
    dark=True,
    high=False,
    ground="#11151b",
    surface="#1a2028",
    raised="#232b35",
    sunken="#0d1116",
    nav="#151a21",
    line="#2c3540",
    edge="#6f7d93",
    text="#e6ebf1",
    muted="#a3afbd",
    faint="#8d9aaa",
    off="#566171",
    accent="#7db0ff",
    accent_strong="#a6c8ff",
    on_accent="#0a1730",
    accent_soft="#1d3152",
    ok="#6fd39a",
    ok_soft="#17331f",
    warn="#f2bd62",
    warn_soft="#3a2c10",
    block="#ff9188",
    block_soft="#43201e",
    info="#8ec3ee",
    info_soft="#1b2f40",
    selected="#1d3152",
    shadow="#05080b",
    bezel="#000000",
)
HIGH_LIGHT: Final = Tokens(
    name="high_light",
    dark=False,
    high=True,
    ground="#ffffff",
    surface="#ffffff",
    raised="#f0f0f0",
    sunken="#e8e8e8",
    nav="#ffffff",
    line="#5c5c5c",
    edge="#000000",
    text="#000000",
    muted="#1c1c1c",
    faint="#363636",
    off="#767676",
    accent="#001f85",
    accent_strong="#00104d",
    on_accent="#ffffff",
    accent_soft="#cfe0ff",
    ok="#003d18",
    ok_soft="#dcf5e4",
    warn="#472a00",
    warn_soft="#ffedc2",
    block="#6b0007",
    block_soft="#ffe0dd",
    info="#082c4d",
    info_soft="#dcecfb",
    selected="#b8d2ff",
    shadow="#000000",
    bezel="#000000",
)
HIGH_DARK: Final = Tokens(
    name="high_dark",
    dark=True,
    high=True,
    ground="#000000",
    surface="#000000",
    raised="#1c1c1c",
    sunken="#121212",
    nav="#000000",
    line="#8c8c8c",
    edge="#ffffff",
    text="#ffffff",
    muted="#ebebeb",
    faint="#d2d2d2",
    off="#8c8c8c",
    accent="#ffe14d",
    accent_strong="#fff0a3",
    on_accent="#000000",
    accent_soft="#332c00",
    ok="#7dffad",
    ok_soft="#00300f",
    warn="#ffc266",
    warn_soft="#3a2400",
    block="#ffbdb8",
    block_soft="#4a0a08",
    info="#a8dcff",
    info_soft="#00294a",
    selected="#00306e",
    shadow="#ffffff",
    bezel="#3a3a3a",
)
APPEARANCES: Final = {each.name: each for each in (LIGHT, DARK, HIGH_LIGHT, HIGH_DARK)}

SPACE: Final = (0, 4, 8, 12, 16, 24, 32)
RADIUS: Final = 8
BODY: Final = 14  # device-independent pixels
SMALL: Final = 12
HEADING: Final = 16
TITLE: Final = 22
CONTROL: Final = 34  # height of fields and buttons
ROW: Final = 38  # height of a table's row
FAMILIES: Final = (
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "Segoe UI",
)
