"""The sheet that documents are printed on: A4, its margins, type and inks, in dots of the PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintDevice

    from campaign_app.printing.fonts import Families

DOTS: Final = 1200  # an inch; type is laid out in whole dots
WIDTH: Final = 9921  # 210 mm
HEIGHT: Final = 14031  # 297 mm


def pt(points: float) -> float:
    return points * DOTS / 72


def mm(millimetres: float) -> float:
    return millimetres * DOTS / 25.4


LEFT: Final = mm(26)
RIGHT: Final = WIDTH - mm(26)
TOP: Final = mm(30)
BOTTOM: Final = HEIGHT - mm(27)
MEASURE: Final = RIGHT - LEFT

# names of colours that stay apart when they are copied in black and white
INK: Final = "#1b1f24"
SOFT: Final = "#5a636d"
RULE: Final = "#9aa3ad"
HAIR: Final = "#d3d8de"
SHADE: Final = "#eef2f6"
ACCENT: Final = "#1f4e79"
ALERT: Final = "#a4471b"
ALERT_SHADE: Final = "#fbf1ea"
INKS: Final = ("#1f4e79", "#c98a2b", "#5b8c6e", "#8d6a9f", "#9aa3ad", "#b5533c")


@dataclass(frozen=True, slots=True)
class Type:
    """A size and weight of type. `leading` is the distance of two lines, `size` that of the type, in points."""

    size: float
    leading: float
    heads: bool = False
    bold: bool = False

    def font(self, families: Families) -> QFont:
        from PySide6.QtGui import QFont

        font = QFont()
        font.setFamilies([families.heads if self.heads else families.text, families.text])
        font.setPixelSize(round(pt(self.size)))
        font.setBold(self.bold)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        # Noto's other digits beside Latin letters look the same, and no reader of the PDF can tell which they are
        font.setFeature(QFont.Tag("locl"), 0)
        return font


BODY: Final = Type(10.5, 19)
NOTE: Final = Type(9, 14.5)
CELL: Final = Type(8.5, 13, heads=True)
CELL_HEAD: Final = Type(8.5, 13, heads=True, bold=True)
CAPTION: Final = Type(9, 14, heads=True, bold=True)
RUNNING: Final = Type(8, 11, heads=True)
HEADS: Final = (
    Type(15, 24, heads=True, bold=True),
    Type(12, 20, heads=True, bold=True),
    Type(10.5, 18, heads=True, bold=True),
)
FIGURE: Final = Type(19, 26, heads=True, bold=True)
TITLE: Final = Type(28, 42, heads=True, bold=True)
SUBTITLE: Final = Type(14, 24, heads=True)
COVER: Final = Type(11, 22)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What everything is measured with."""

    families: Families
    device: QPaintDevice
    none: str  # what a table without rows says
