"""The next step of the first campaign in one line, under the steps of its editor."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QWidget

from campaign_app.domain.campaign import CampaignState
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.guide_words import GuideWords, guide_of, hide
from campaign_app.ui.theme import icons
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.guide import WAYMARKS, GuideState, Lead
from campaign_app.ui.widgets.basics import button, label, row, show_if
from campaign_app.ui.widgets.elided import Elided

_ICON = 16
_ENDED = frozenset({CampaignState.DONE, CampaignState.CANCELLED, CampaignState.CANCELLING})


class GuideStrip(QFrame):
    """Follows the campaign that is open; away while there is nothing to lead to, or while nobody wants it."""

    def __init__(self, desk: Desk, model: CampaignModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide_strip")
        self._desk, self._model, self._theme = desk, model, desk.kit.theme
        self._words = GuideWords(desk, self)
        self._titles = self._words.titles()
        self.guide = guide_of(desk)
        self._lead = Lead()
        self._spared = ""
        self._crowded = False
        self._image = QLabel()
        self._image.setFixedWidth(_ICON)
        self.title = label("", "strong", name="guide_title")
        self.text = Elided("", "muted", "guide_text")  # a second line would take it from the editor
        self.act = button("", name="guide_go", click=self._go, small=True)
        self.act.setAccessibleName(self._titles[WAYMARKS[0]])  # until it is known what comes next
        self.hide_button = button(
            self.tr("隐藏"), "quiet", name="guide_strip_hide", click=lambda: hide(desk, self.guide), small=True
        )
        self.hide_button.setAccessibleName(self.tr("隐藏“第一次活动”指引"))
        layout = row(self._image, self.title, self.text, self.act, self.hide_button, space=2, stretch=2)
        layout.setContentsMargins(12, 4, 8, 0)
        self.setLayout(layout)
        self.hide()
        self._theme.changed.connect(self._draw)
        self.guide.changed.connect(self.render_state)
        model.changed.connect(self.render_view)
        self._draw()
        if self.guide.state.found is None:
            self.guide.load()
        self.render_state(self.guide.state)

    def spare(self, step: str) -> None:
        """There is no room for it where it leads to `step`; "" is room for all."""
        if step != self._spared:
            self._spared = step
            self.render_state(self.guide.state)

    def give_way(self, *, on: bool) -> None:
        """What is below it needs its height."""
        if on is not self._crowded:
            self._crowded = on
            self.render_state(self.guide.state)

    def render_view(self, _: CampaignView) -> None:
        self.render_state(self.guide.state)

    def render_state(self, state: GuideState) -> None:
        view = self._model.view
        if not state.shown:
            show_if(self, False)
            return
        lead = state.lead_in(view)
        if "sending" in lead.done:
            self.guide.look()  # it is over
        leads = bool(lead.step) and view.campaign.state not in _ENDED
        show_if(self, leads and lead.step != self._spared and not self._crowded)
        if leads and not (lead.code == "judging" and self._lead.step):
            self._say(lead)  # while somebody types, what was said last stays

    def _say(self, lead: Lead) -> None:
        self._lead = lead
        self.setProperty("step", lead.step)
        said = self._words.said(lead)
        title = self._titles[lead.step]
        self.title.setText(self.tr("{}/{} {}").format(WAYMARKS.index(lead.step) + 1, len(WAYMARKS), title))
        self.text.setText(said.text)
        self.act.setText(said.action)
        self.act.setVisible(bool(said.action))
        self.act.setAccessibleName(self.tr("{}：{}").format(title, said.action))
        self.act.setAccessibleDescription(said.text)

    def _go(self) -> None:
        self._words.go(self._lead, self._model.id)

    def _draw(self) -> None:
        self._image.setPixmap(icons.pixmap("right", self._theme.tokens.accent, _ICON, self.devicePixelRatioF()))
