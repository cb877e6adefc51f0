"""设置 → 测试号码: whose numbers may get test messages, five for each entity, and registering one more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from campaign_app.domain.customer import Entity
from campaign_app.domain.staff import STAFF_MAX, StaffNumber
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.viewmodels.staff import StaffModel, StaffState
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, clear, column, divider, label, row
from campaign_app.ui.widgets.empty import Empty

_LABEL, _NUMBER, _NAME = 150, 160, 140


class StaffSection(Section):
    def __init__(self, desk: Desk, model: StaffModel) -> None:
        super().__init__()
        self.title.setText(self.tr("测试号码"))
        self.subtitle.setText(
            self.tr("测试短信只发给在这里登记的号码，每个主体最多 {} 个。登记和删除都会留痕。").format(STAFF_MAX)
        )
        self._desk, self._model = desk, model
        self.cards: dict[str, StaffCard] = {}
        self.empty = Empty(
            desk.kit.theme,
            "phone",
            self.tr("还没有主体"),
            self.tr("连接平台账户后，可以为它的主体登记测试号码。"),
            action=self.tr("去连接账户"),
            click=lambda: desk.way.to("settings", "accounts"),
        )
        self._landing = ""
        self._list = QVBoxLayout()
        self.content.addWidget(self.empty)
        self.content.addLayout(self._list)
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: StaffState) -> None:
        """The same entities stay where they are, with the focus that they have."""
        self.empty.setVisible(state.numbers is not None and not state.entities)
        if [entity.uscc for entity in state.entities] != list(self.cards):
            clear(self._list)
            self.cards = {e.uscc: StaffCard(self._desk, self._model, e) for e in state.entities}
            for card in self.cards.values():
                self._list.addWidget(card)
        for card in self.cards.values():
            card.show_state(state)
        self._come()

    def land(self, usccs: Sequence[str]) -> None:
        """Where a number of this entity is registered, as soon as it is known."""
        self._landing = next(iter(usccs), "")
        self._come()

    def _come(self) -> None:
        card = self.cards.get(self._landing)
        if card is not None and self._model.state.numbers is not None:
            self._landing = ""
            QTimer.singleShot(0, card.label, card.label.setFocus)  # the section is shown by then


class StaffCard(QFrame):
    """The numbers of one entity."""

    def __init__(self, desk: Desk, model: StaffModel, entity: Entity) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk, self._model, self._entity = desk, model, entity
        self._shown: tuple[StaffNumber, ...] | None = None
        self.count = label("", "muted", name="staff_count")
        self.none = label(self.tr("还没有测试号码。登记后，就能在活动的发送步骤给自己发一条看看。"), "muted", wrap=True)
        self._rows = QVBoxLayout()
        self.label = self._field("staff_label", self.tr("谁的号码"), self.tr("例如 店长小李"), _LABEL)
        self.number = self._field("staff_number", self.tr("手机号"), self.tr("11 位手机号"), _NUMBER)
        self.label.textEdited.connect(lambda text: model.type(entity.uscc, label=text))
        self.number.textEdited.connect(lambda text: model.type(entity.uscc, number=text))
        self.vouched = QCheckBox(self.tr("这是本单位人员的号码，本人同意接收测试短信"))
        self.vouched.setObjectName("staff_vouched")
        self.vouched.toggled.connect(lambda on: model.type(entity.uscc, vouched=on))
        self.add = button(self.tr("登记"), name="staff_add", click=lambda: model.register(entity.uscc))
        desk.allow(Permission.STAFF, self.label, self.number, self.vouched, self.add)
        self.problem = label("", "block", wrap=True, name="staff_problem")
        self.full = label(self.tr("已登满。要换号码，请先删除一个。"), "small", wrap=True, name="staff_full")
        self.form = QWidget()
        fields = row(self.label, self.number, self.add, None)
        self.form.setLayout(column(divider(), fields, self.vouched, self.problem, space=2))
        head = row(label(entity.name, "strong", wrap=True, select=True), self.count, stretch=0)
        self.setLayout(column(head, self.none, self._rows, self.form, self.full, space=2, margin=4))

    def show_state(self, state: StaffState) -> None:
        numbers, draft, full = (
            state.of(self._entity.uscc),
            state.draft(self._entity.uscc),
            state.full(self._entity.uscc),
        )
        self.count.setText(self.tr("{} / {} 个").format(len(numbers), STAFF_MAX))
        self.none.setVisible(state.numbers is not None and not numbers)
        self._list(numbers)
        self.form.setVisible(not full)
        self.full.setVisible(full)
        for field, text in ((self.label, draft.label), (self.number, draft.number)):
            if field.text() != text:
                field.setText(text)
        with QSignalBlocker(self.vouched):
            self.vouched.setChecked(draft.vouched)
        self.add.setEnabled(draft.whole and not state.saving)
        refused = draft.problem is not None and self.problem.isHidden()
        self.problem.setText("" if draft.problem is None else self._desk.kit.words.error(draft.problem))
        self.problem.setVisible(draft.problem is not None)
        if refused and draft.problem is not None:
            wrong = self.label if draft.problem.code.startswith("staff_label") else self.number
            wrong.setFocus()
            wrong.selectAll()

    def _list(self, numbers: tuple[StaffNumber, ...]) -> None:
        if numbers == self._shown:
            return
        self._shown = numbers
        clear(self._rows)
        for number in numbers:
            self._rows.addLayout(self._row(number))

    def _row(self, number: StaffNumber) -> QVBoxLayout:
        name = label(number.label, select=True)
        name.setMinimumWidth(_NAME)
        added = self.tr("{} 登记").format(show.moment(number.added_at))
        remove = button(
            self.tr("删除"), "quiet", name=f"staff_remove_{number.id}", click=lambda: self._remove(number), small=True
        )
        remove.setAccessibleName(self.tr("删除 {}").format(number.label))
        self._desk.allow(Permission.STAFF, remove)
        return column(
            row(name, label(number.masked, select=True), label(added, "small", wrap=True), None, remove, space=4)
        )

    def _remove(self, number: StaffNumber) -> None:
        if confirm(
            self,
            self.tr("删除测试号码 {}？").format(number.label),
            self.tr("之后测试短信不再发给 {}。需要时可以重新登记。").format(number.masked),
            yes=self.tr("删除"),
            no=self.tr("保留"),
            danger=True,
        ):
            self._model.remove(number.id)

    def _field(self, name: str, title: str, example: str, width: int) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setPlaceholderText(example)
        made.setFixedWidth(width)
        return made
