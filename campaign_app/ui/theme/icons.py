"""Icons: SVG files of `resources/icons`, drawn in a colour of the theme at the screen's own resolution."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from campaign_app import assets

_SCALES: Final = (1, 2)


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int, scale: float = 1.0) -> QPixmap:
    """`size` is in device-independent pixels. Raises AppError("asset_missing")."""
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("#000", colour).encode()))
    made = QPixmap(QSize(size, size) * scale)
    made.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(made)
    renderer.render(painter)
    painter.end()
    made.setDevicePixelRatio(scale)  # before, the drawing would be as many times too large, and cut off
    return made


@lru_cache(maxsize=512)
def icon(name: str, colour: str, faded: str | None = None, size: int = 18) -> QIcon:
    """`faded` is the colour of the icon on a control that is off."""
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(pixmap(name, colour, size, scale))
        made.addPixmap(pixmap(name, faded or colour, size, scale), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return assets.path("icons", f"{name}.svg").read_text(encoding="utf-8")
