"""The way to the first campaign on 概览: six steps that tick themselves, the next one with a sentence and a button."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.guide_words import GuideWords, guide_of, hide
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.guide import WAYMARKS, GuideState, Lead
from campaign_app.ui.widgets.basics import button, column, divider, label, row

_ICON = 20


class GuideCard(QFrame):
    """Draws itself; whether it is seen at all is its page's to say."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("guide_card")
        self.setProperty("role", "card")
        self._desk, self._theme = desk, desk.kit.theme
        self._words = GuideWords(desk, self)
        self.guide = guide_of(desk)
        self._lead = Lead()
        self.lines = {key: _Line(key, title) for key, title in self._words.titles().items()}
        self.tally = label("", "muted", name="guide_tally")
        self.hide_button = button(
            self.tr("隐藏"), "quiet", name="guide_hide", click=lambda: hide(desk, self.guide), small=True
        )
        self.hide_button.setAccessibleName(self.tr("隐藏“第一次活动”指引"))
        head = row(label(self.tr("第一次活动"), "heading"), self.tally, None, self.hide_button, space=3)
        layout = column(head, space=2, margin=4)
        layout.addWidget(
            label(self.tr("只有平台确认同意过的客户会收到短信，没有确认的一个也不发。"), "muted", wrap=True)
        )
        layout.addWidget(divider())
        for line in self.lines.values():
            line.act.clicked.connect(lambda _=False: self._go())
            layout.addWidget(line)
        self.setLayout(layout)
        self._theme.changed.connect(self._draw)
        self.guide.changed.connect(self.render_state)
        self.render_state(self.guide.state)

    @property
    def next_act(self) -> QPushButton | None:
        """The button of the step that is next, None where there is none."""
        line = self.lines.get(self._lead.step)
        return None if line is None or line.act.isHidden() else line.act

    def render_state(self, state: GuideState) -> None:
        self._lead = lead = state.lead
        self.setProperty("step", lead.step)
        self.tally.setText(self.tr("已完成 {} / {}").format(len(lead.done), len(WAYMARKS)))
        for key, line in self.lines.items():
            now = key == lead.step
            set_property(line.title, "role", "strong" if now else "" if key in lead.done else "muted")
            line.state.setText(self.tr("已完成") if key in lead.done else self.tr("下一步") if now else "")
            said = self._words.said(lead) if now else None
            line.show_said(said.text if said else "", said.action if said else "", own=said is not None and said.own)
        self._draw()

    def _go(self) -> None:
        found = self.guide.state.found
        campaign = None if found is None else found.campaign
        self._words.go(self._lead, None if campaign is None else campaign.id)

    def _draw(self) -> None:
        tokens = self._theme.tokens
        for key, line in self.lines.items():
            if key in self._lead.done:
                name, colour = "ok", tokens.ok
            else:
                name, colour = ("right", tokens.accent) if key == self._lead.step else ("dots", tokens.faint)
            line.image.setPixmap(icons.pixmap(name, colour, _ICON, self.devicePixelRatioF()))


class _Line(QWidget):
    """One step; its sentence and its button are there while it is the next one."""

    def __init__(self, key: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"guide_line_{key}")
        self._title = title
        self.title = label(title, name=f"guide_title_{key}")
        self.image = QLabel()
        self.image.setFixedSize(_ICON + 6, _ICON)
        self.state = label("", "small", name=f"guide_state_{key}")
        self.text = label("", "muted", wrap=True, name=f"guide_text_{key}")
        self.act: QPushButton = button("", "primary", name=f"guide_go_{key}")
        words = column(row(self.title, self.state, None, space=2), self.text, space=1)
        layout = row(self.image, words, self.act, space=3, stretch=1)
        layout.setContentsMargins(0, 3, 0, 3)
        self.setLayout(layout)

    def show_said(self, text: str, action: str, *, own: bool) -> None:
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.act.setText(action)
        self.act.setVisible(bool(action))
        self.act.setAccessibleName(self.tr("{}：{}").format(self._title, action))
        self.act.setAccessibleDescription(text)
        set_property(self.act, "kind", "primary" if own else "")
