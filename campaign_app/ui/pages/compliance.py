"""合规: what the regulator asks for, one section beside another; the rules themselves are in the settings."""

from __future__ import annotations

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.consent_wordings import WordingsSection
from campaign_app.ui.pages.lookback import LookBackSection
from campaign_app.ui.pages.peaks import PeaksSection
from campaign_app.ui.pages.section import Section
from campaign_app.ui.pages.self_check import SelfCheckSection
from campaign_app.ui.widgets.basics import show_if
from campaign_app.ui.widgets.flow import Flow
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.tabs import tab_bar

NAME = "compliance_section"


class CompliancePage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("", " ")
        self.title.setText(self.tr("合规"))
        self._desk = desk
        self.sections: dict[str, Section] = {
            "lookback": LookBackSection(desk),
            "wordings": WordingsSection(desk),
            "report": SelfCheckSection(desk),
            "peaks": PeaksSection(desk),
        }
        titles = {
            "lookback": self.tr("回头看"),
            "wordings": self.tr("同意文案"),
            "report": self.tr("自查报告"),
            "peaks": self.tr("大促预案"),
        }
        titles_shown = [titles[key] for key in self.sections]
        self.tabs = tab_bar("compliance_tabs", self.tr("合规的各部分"), titles_shown)
        self.tabs.setUsesScrollButtons(False)  # a handful of them, and all are to be seen
        self.panels = Panels()
        for section in self.sections.values():
            self.panels.addWidget(section)
            section.said.connect(self._say)
        beside = Flow(last_at_end=True)  # in the next line where a longer language leaves no room
        for part in (self.tabs, *(each.tools for each in self.sections.values())):
            beside.addWidget(part)
        self.content.addLayout(beside)
        self.content.addWidget(self.panels, 1)
        chosen = desk.session.property(NAME)  # it outlives the page, which is built anew for another language
        self.tabs.setCurrentIndex(chosen if isinstance(chosen, int) and chosen < len(self.sections) else 0)
        self.tabs.currentChanged.connect(self._show)
        self._show(self.tabs.currentIndex())

    @property
    def section(self) -> Section:
        return list(self.sections.values())[self.tabs.currentIndex()]

    def shown(self) -> None:
        self.section.shown()

    def renew(self, kinds: frozenset[str]) -> None:
        if kinds & self.section.about:
            self.section.shown()

    def place(self) -> str:
        return f"compliance.{list(self.sections)[self.tabs.currentIndex()]}"

    def open(self, what: object) -> None:
        """The key of a section."""
        if what in self.sections:
            self.tabs.setCurrentIndex(list(self.sections).index(str(what)))

    def _show(self, number: int) -> None:
        self._desk.session.setProperty(NAME, number)
        self.panels.setCurrentIndex(number)
        self.tabs.updateGeometry()  # the chosen one is written in bold, and may need more room
        for section in self.sections.values():
            show_if(section.tools, section is self.section)
        self._say()
        if self.isVisible():
            self.section.shown()

    def _say(self) -> None:
        self.subtitle.setText(self.section.told())
