"""给自己发一条测试短信: to a registered number, as somebody of the audience would read it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QFrame

from campaign_app.domain.errors import AppError
from campaign_app.domain.staff import Trial, TrialState
from campaign_app.services.test_messages import Trying
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.trying import TryingState, trying_of
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.pill import Pill

LEVELS = {
    TrialState.QUEUED: "info",
    TrialState.SENDING: "info",
    TrialState.ACCEPTED: "ok",
    TrialState.REJECTED: "block",
    TrialState.UNKNOWN: "warn",
    TrialState.REFUSED: "block",
}


class TrialCard(QFrame):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("trial")
        self._desk, self._model = desk, model
        self.trying = trying_of(desk.app, desk.kit.tasks, model)
        self.number = _combo("trial_number", self.tr("测试号码"))
        self.reader = _combo("trial_reader", self.tr("按谁的资料填写"))
        self.number.activated.connect(lambda _: self.trying.choose(self.number.currentData()))
        self.reader.activated.connect(lambda _: self.trying.choose_reader(self.reader.currentData()))
        self.send = button(self.tr("发测试短信"), name="trial_send", click=self.trying.send)
        self.register = button(self.tr("去登记测试号码"), name="trial_register", click=self._register)
        self.pill = Pill(desk.kit.theme)
        self.result = label("", wrap=True, name="trial_result", select=True)
        self.hint = label("", "small", wrap=True, name="trial_hint")
        title = label(self.tr("给自己发一条测试短信"), "heading")
        said = column(row(self.pill, None), self.result, space=1)
        choices = (self.number, self.reader, row(self.send, self.register, None))
        self.setLayout(column(title, *choices, said, self.hint, space=2, margin=4))
        self.trying.changed.connect(self.show_state)
        self.show_state(self.trying.state)

    def show_state(self, state: TryingState) -> None:
        known = state.known
        numbers = () if known is None else known.numbers
        for part in (self.number, self.reader, self.send):
            part.setVisible(bool(numbers))
        self.register.setVisible(known is not None and not numbers)
        _fill(self.number, [(f"{n.label}  {n.masked}", n.id) for n in numbers], state.to)
        longest = (self.tr("最长的一条"), None)
        readers = [(self.tr("按 {} 的资料").format(r.name), r.customer_id) for r in state.readers if r.customer_id]
        _fill(self.reader, [longest, *readers], state.reader)
        self.send.setEnabled(state.ready)
        self._show_result(state)
        self.hint.setText(self._hint(known))
        self.hint.setVisible(bool(self.hint.text()))

    def _show_result(self, state: TryingState) -> None:
        last, problem = state.last, state.problem
        shown = problem is not None or state.asking or last is not None
        self.pill.setVisible(shown)
        self.result.setVisible(shown)
        if problem is not None:
            self._say(TrialState.REFUSED, self._desk.kit.words.error(problem))
        elif state.asking:
            self._say(TrialState.QUEUED, "")
        elif last is not None:
            self._say(last.state, self._told(last))

    def _say(self, state: TrialState, told: str) -> None:
        self.pill.show_state(self._desk.kit.words.term("trial", state.value), LEVELS[state])
        self.result.setText(told)
        self.result.setVisible(bool(told))

    def _told(self, last: Trial) -> str:
        """To whom and when; then why it was not taken, where that is known."""
        when = show.moment(last.asked_at)
        head = self.tr("{} {}，{}").format(last.label, last.masked, when)
        why = self._why(last.code) if last.state is not TrialState.ACCEPTED else ""
        return f"{head}\n{why}" if why else head

    def _why(self, code: str) -> str:
        if not code:
            return ""
        words = self._desk.kit.words
        label = words.term("outcome_code", code)
        if label != code:
            return label
        said = words.error(AppError(code, code))
        return said if said != code else words.note(code)

    def _hint(self, known: Trying | None) -> str:
        if known is None:
            return ""
        if not known.numbers:
            return self.tr("先登记自己人的号码，最多 5 个。测试短信只发给登记过的号码。")
        if not known.left:
            return self.tr("今天的 {} 条测试短信已经发满。").format(show.count(known.cap))
        return self.tr("不计入活动结果。今天还能发 {} 条。").format(show.count(known.left))

    def _register(self) -> None:
        self._desk.way.to("settings", ("field", "staff", (self._model.view.campaign.entity_uscc,)))


def _combo(name: str, title: str) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(title)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def _fill(combo: QComboBox, choices: Sequence[tuple[str, int | None]], chosen: int | None) -> None:
    """Anew only where it is different: a list that is open would close."""
    if [(combo.itemText(at), combo.itemData(at)) for at in range(combo.count())] != list(choices):
        combo.clear()
        for text, data in choices:
            combo.addItem(text, data)
    combo.setCurrentIndex(max(0, next((at for at, (_, data) in enumerate(choices) if data == chosen), 0)))
