"""The style sheet and palette that tokens stand for, on Qt's Fusion style.

A button's `kind` property is primary, plain (the default), quiet or danger; a label's `role` is title, heading, muted,
small or mono; a frame's `role` is card, panel, bar or well. `set_property` changes one of them on a living widget.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from campaign_app import assets
from campaign_app.ui.theme.tokens import BODY, CONTROL, HEADING, RADIUS, SMALL, TITLE, Tokens

_ROLES: Final = {
    QPalette.ColorRole.Window: "ground",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "block",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "edge",
    QPalette.ColorRole.Shadow: "shadow",
}
_OFF: Final = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(tokens: Tokens) -> QPalette:
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, QColor(getattr(tokens, name)))
    for role in _OFF:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.faint))
    return made


def sheet(tokens: Tokens) -> str:
    images = assets.path("icons", tokens.name).as_posix()
    names = {name: getattr(tokens, name) for name in Tokens.__slots__}
    sizes = {"body": BODY, "small": SMALL, "heading": HEADING, "title": TITLE, "radius": RADIUS, "control": CONTROL}
    files = ("window.qss", "high.qss") if tokens.high else ("window.qss",)
    written = "".join(assets.path("theme", file).read_text(encoding="utf-8") for file in files)
    return written % {**names, **sizes, "images": images, "inner": CONTROL - 2}


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that the style sheet looks at, and has the widget drawn anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
