"""A pill is as wide as what it says, whatever it said before and however large letters are by now."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.pill import Pill, pill_width


def test_a_pill_is_as_wide_as_its_words_in_its_font(qapp: QApplication) -> None:
    pill = Pill(Theme(qapp), "草稿", "muted")
    widths = [pill.sizeHint().width()]
    for text, level in (("已暂停：平台不可用", "warn"), ("草稿", "muted")):
        pill.show_state(text, level)
        widths.append(pill.sizeHint().width())
        assert widths[-1] == pill_width(pill.font(), text, level)
    assert widths[1] > widths[0] == widths[2]
    font = pill.font()
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 9)
    pill.setFont(font)
    assert pill.sizeHint().width() == pill_width(pill.font(), "草稿", "muted") > widths[0]
    pill.deleteLater()
