"""设置 → 界面: language, appearance and the guide of the first campaign; all of it takes effect at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QRadioButton

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.guide_words import guide_of
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.prefs import LANGUAGES
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.guide import GuideModel, GuideState
from campaign_app.ui.widgets.basics import card, label, show_if
from campaign_app.ui.widgets.flow import Flow


class WindowSection(Section):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        kit = desk.kit
        self.title.setText(self.tr("界面"))
        self.subtitle.setText(self.tr("只影响这台电脑上的窗口，立即生效。"))
        self._kit = kit
        self._groups: list[QButtonGroup] = []
        looks = {
            "system": self.tr("跟随系统"),
            "light": self.tr("浅色"),
            "dark": self.tr("深色"),
            "high_light": self.tr("高对比度（浅色）"),
            "high_dark": self.tr("高对比度（深色）"),
        }
        tongues = {str(code): words for code, words in LANGUAGES.items()}
        self.content.addWidget(self._choice("language", self.tr("语言"), tongues, kit.prefs.language, self._speak))
        self.content.addWidget(self._choice("theme", self.tr("外观"), looks, kit.prefs.theme, self._look))
        self.content.addWidget(self._guide(guide_of(desk)))

    def _choice(
        self, name: str, title: str, choices: Mapping[str, str], now: str, choose: Callable[[str], object]
    ) -> QFrame:
        group = QButtonGroup(self)
        self._groups.append(group)
        made = []
        for code, words in choices.items():
            choice = QRadioButton(words)
            choice.setObjectName(f"{name}_{code}")
            choice.setAccessibleDescription(title)
            choice.setChecked(code == now)
            # a screen reader toggles, which is no click
            choice.toggled.connect(lambda on, code=code: choose(code) if on else None)
            group.addButton(choice)
            made.append(choice)
        side_by_side = Flow(SPACE[5])
        for each in made:
            side_by_side.addWidget(each)
        return card(label(title, "strong"), side_by_side)

    def _guide(self, guide: GuideModel) -> QFrame:
        self.guided = QCheckBox(self.tr("在概览和活动里显示下一步"))
        self.guided.setObjectName("guide_shown")
        self.guided.setAccessibleDescription(self.tr("第一次活动"))
        self.guided.toggled.connect(lambda on: guide.hide(hidden=not on))
        self.ended = label(self.tr("第一个活动已经发出，指引不再出现。"), "small", name="guide_ended")
        guide.changed.connect(self._show_guide)
        self._show_guide(guide.state)
        if guide.state.found is None:
            guide.load()
        return card(label(self.tr("第一次活动"), "strong"), self.guided, self.ended)

    def _show_guide(self, state: GuideState) -> None:
        with QSignalBlocker(self.guided):
            self.guided.setChecked(not state.hidden and not state.over)
        self.guided.setEnabled(not state.over)
        show_if(self.ended, state.over)

    def _look(self, name: str) -> None:
        self._kit.prefs.theme = name
        self._kit.theme.use(name)

    def _speak(self, name: str) -> None:
        for code in LANGUAGES:
            if code == name:
                self._kit.prefs.language = code
