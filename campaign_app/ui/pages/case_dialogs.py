"""Putting down one complaint by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.phone import parse_phone
from campaign_app.services.complaints import NAME_MAX, NUMBER_MAX, PORT_MAX, REF_MAX
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.backup_dialogs import WorkDialog
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.cases import CasesModel
from campaign_app.ui.widgets.basics import column, label
from campaign_app.ui.widgets.entity_box import MINIMUM, EntityBox
from campaign_app.ui.widgets.moment_edit import MomentEdit

WIDTH: Final = 620
SAYS: Final = 84  # pixels


class NewCaseDialog(WorkDialog):
    def __init__(self, kit: Kit, model: CasesModel, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(kit, model.entering, translate("NewCaseDialog", "登记"), "case_new", parent)
        self.setWindowTitle(self.tr("登记投诉"))
        self.setFixedWidth(WIDTH)
        self._model = model
        self.bar.setAccessibleName(self.tr("登记进度"))
        self.entity = EntityBox("case_entity", self.tr("被投诉的主体"))
        self.entity.offer(model.state.entities)
        self.source = self._combo("case_source", self.tr("来源"))
        for source in Source:
            self.source.addItem(kit.words.term("complaint_source", source), source)
        self.number = self._line("case_number", self.tr("投诉编号"), self.tr("工单号；没有可不填"), NUMBER_MAX)
        self.phone = self._line("case_phone", self.tr("投诉人号码"), self.tr("11 位手机号"), 20)
        self.ref = self._line("case_ref", self.tr("客户标识"), self.tr("没有号码时填写"), REF_MAX)
        self.shop = self._combo("case_shop", self.tr("客户标识属于哪家店铺"))
        self.shop.addItem(self.tr("按标识查找店铺"), None)
        for shop in model.state.shops:
            self.shop.addItem(shop.label, shop.id)
        self.made, self.received = MomentEdit("case_made"), MomentEdit("case_received")
        self.made.setAccessibleName(self.tr("投诉时间（北京时间）"))
        self.received.setAccessibleName(self.tr("收到时间（北京时间）"))
        self.made.put(now)
        self.received.put(now)
        self.port = self._line("case_port", self.tr("被诉端口"), self.tr("投诉里写的发送号码"), PORT_MAX)
        self.signature = self._line("case_signature", self.tr("被诉签名"), self.tr("投诉里写的签名"), NAME_MAX)
        self.text = QPlainTextEdit()
        self.text.setObjectName("case_text")
        self.text.setAccessibleName(self.tr("投诉内容"))
        self.text.setPlaceholderText(self.tr("投诉里怎么说"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(SAYS)
        told = self.tr("登记后，投诉人立即加入该主体的拒收名单，所有店铺都不再发送，不能解除；期限从收到的次日起算。")
        self.setLayout(
            column(
                label(self.tr("登记投诉"), "heading"), label(told, "muted", wrap=True), self._grid(), self.text,
                self.reason, self.bar, self.buttons, margin=5,
            )
        )  # fmt: skip
        self.go.clicked.connect(self._go)
        model.entering.ended.connect(self._ended)
        for field in (self.phone, self.ref, self.number):
            field.textChanged.connect(lambda _: self._edited())
        self.entity.currentIndexChanged.connect(lambda _: self._edited())
        self.lacks = label("", "small", name="case_lacks")
        self.buttons.insertWidget(1, self.lacks)  # beside the button that is off for it
        self._show_work(self._work.state)
        (self.phone if self.entity.uscc else self.entity).setFocus()

    def enable(self) -> None:
        super().enable()
        self.lacks.setText(self._lacking())

    def ready(self) -> bool:
        return not self._lacking()

    def _lacking(self) -> str:
        if not self.entity.uscc:
            return self.tr("先选择主体")
        someone = self.phone.text().strip() or self.ref.text().strip()
        return "" if someone else self.tr("填写投诉人的号码或客户标识")

    def _grid(self) -> QGridLayout:
        pairs = (
            (self.entity, self.source), (self.phone, self.number), (self.made, self.received),
            (self.port, self.signature), (self.ref, self.shop),
        )  # fmt: skip
        made = QGridLayout()
        made.setHorizontalSpacing(SPACE[3])
        made.setVerticalSpacing(SPACE[2])
        for at, pair in enumerate(pairs):
            for side, field in enumerate(pair):
                made.addWidget(label(field.accessibleName(), "muted"), 2 * at, side)
                made.addWidget(field, 2 * at + 1, side)
                made.setColumnStretch(side, 1)
        return made

    def _edited(self) -> None:
        """What was wrong with it is being mended."""
        self._work.tell(None)
        self.enable()

    def _go(self) -> None:
        typed = self.phone.text().strip()
        phone = parse_phone(typed)
        if typed and phone is None:
            self._work.tell(SettingsError("phone", "This is no mainland mobile number"))
            return
        self._model.add(
            NewCase(
                self.entity.uscc, Source(self.source.currentData()), Way.FORM, self.made.moment(),
                self.received.moment(), self.number.text(), phone, self.ref.text(), self.shop.currentData(),
                self.text.toPlainText(), self.port.text(), self.signature.text(),
            )
        )  # fmt: skip

    def _ended(self, _case: object) -> None:
        self.accept()

    def _line(self, name: str, title: str, example: str, most: int) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setPlaceholderText(example)
        made.setMaxLength(most)
        return made

    def _combo(self, name: str, title: str) -> QComboBox:
        made = QComboBox()
        made.setMinimumWidth(MINIMUM)  # of shops as well, whatever they are called: both columns are as wide
        made.setObjectName(name)
        made.setAccessibleName(title)
        return made
