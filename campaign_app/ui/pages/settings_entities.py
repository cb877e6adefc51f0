"""设置 → 主体与资质: the legal entities behind the shops, and the licences that the text rules ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QVBoxLayout

from campaign_app.domain.customer import Entity
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.viewmodels.accounts import AccountsModel, AccountsState
from campaign_app.ui.widgets.basics import clear, column, label, row
from campaign_app.ui.widgets.empty import Empty

KINDS: Final = ("enterprise", "individual_business", "institution")
LICENCES: Final = ("finance", "medical_ad")


class EntitiesSection(Section):
    def __init__(self, desk: Desk, model: AccountsModel) -> None:
        super().__init__()
        self.title.setText(self.tr("主体与资质"))
        self.subtitle.setText(
            self.tr("主体对短信负责，名称和统一社会信用代码由平台提供。资质由您勾选，只影响文案检查，改动会留痕。")
        )
        self._desk, self._model = desk, model
        self._shown: tuple[Entity, ...] | None = None
        self.empty = Empty(
            desk.kit.theme, "store", self.tr("还没有主体"), self.tr("连接平台账户后，账户所属的主体会出现在这里。")
        )
        self._list = QVBoxLayout()
        self.content.addWidget(self.empty)
        self.content.addLayout(self._list)
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: AccountsState) -> None:
        self.empty.setVisible(state.shops is not None and not state.entities)
        if state.entities == self._shown:
            return
        self._shown = state.entities
        clear(self._list)
        for entity in state.entities:
            self._list.addWidget(EntityCard(self._desk, self._model, entity))


class EntityCard(QFrame):
    def __init__(self, desk: Desk, model: AccountsModel, entity: Entity) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._model, self._entity = model, entity
        words = desk.kit.words
        self.kind = QComboBox()
        self.kind.setObjectName("entity_kind")
        self.kind.setAccessibleName(self.tr("主体类型"))
        for kind in KINDS:
            self.kind.addItem(words.term("entity_kind", kind), kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(entity.kind)))
        self.kind.setFixedWidth(160)
        self.boxes: dict[str, QCheckBox] = {}
        parts = []
        for licence in sorted({*LICENCES, *entity.licences}, key=_order):
            box = self.boxes[licence] = QCheckBox(words.term("licence", licence))
            box.setObjectName(f"entity_licence_{licence}")
            box.setChecked(licence in entity.licences)
            box.toggled.connect(self._changed)
            why = label(words.why("licence", licence), "small", wrap=True)
            why.setIndent(24)
            parts.append(column(box, why, space=0))
        self.kind.activated.connect(self._changed)
        head = row(label(entity.name, "strong", select=True), None, label(entity.uscc, "muted", select=True))
        self.setLayout(column(head, row(label(self.tr("类型"), "muted"), self.kind, None), *parts, margin=4))

    def _changed(self) -> None:
        licences = tuple(licence for licence, box in self.boxes.items() if box.isChecked())
        self._entity = replace(self._entity, kind=str(self.kind.currentData()), licences=licences)
        self._model.describe(self._entity)


def _order(licence: str) -> tuple[int, str]:
    return (LICENCES.index(licence) if licence in LICENCES else len(LICENCES), licence)
