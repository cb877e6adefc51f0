"""The import as it looks: where the keyboard is, and pictures that follow the theme while the wizard is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from ui_imports import ROWS, Open, look, open_wizards, write
from ui_people import add_people, add_shop

from campaign_app.ui.desk import Desk

THEMES = ("light", "dark", "high_dark")


@pytest.fixture
def shop(desk: Desk) -> int:
    made = add_shop(desk.app)
    add_people(desk.app, made, 3)
    return made


@pytest.fixture
def wizard(desk: Desk, shop: int, qtbot: QtBot) -> Iterator[Open]:
    yield from open_wizards(desk, qtbot)


def test_the_keyboard_begins_where_a_file_is_chosen(wizard: Open) -> None:
    shown = wizard()
    assert shown.focusWidget() is shown.file.choose


def test_the_arrows_of_a_files_columns_follow_the_theme(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    shown = wizard()
    look(shown, write(tmp_path / "会员.csv", ROWS), desk, qtbot)

    def lock() -> QImage:
        pictures = [each for each in shown.preview.findChildren(QLabel) if not each.pixmap().isNull()]
        return pictures[3].pixmap().toImage()

    for theme in THEMES:
        desk.kit.theme.use(theme)
        image = lock()
        colours = {image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())}
        assert QColor(desk.kit.theme.tokens.block).rgb() in colours, theme
