"""The dialog that a new campaign begins with: its name, who answers for it, and what it is for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QRadioButton, QWidget

from campaign_app.domain.customer import Entity
from campaign_app.services.window import BEIJING
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.campaign_editor import NAME_LIMIT
from campaign_app.ui.widgets.basics import button, column, fit, label, row
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.entity_box import EntityBox

PURPOSES: Final = ("retail", "membership", "finance", "service")
WIDTH: Final = 560


class NewCampaign(Dialog):
    """`name`, `entity` and `purpose` are what was chosen. Without a sender it says where to connect one."""

    HELP = "first-campaign"

    def __init__(
        self, kit: Kit, senders: Sequence[Entity], taken: Collection[str], now: datetime, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("new_campaign")
        self.setWindowTitle(self.tr("新建活动"))
        self.setFixedWidth(WIDTH)
        self._kit, self._senders = kit, tuple(senders)
        self.to_settings = False
        if senders:
            self._form(self._default_name(now, taken))
        else:
            self._no_sender()
        fit(self)

    @property
    def name(self) -> str:
        return self.name_field.text().strip()

    @property
    def entity(self) -> str:
        return self.entities.uscc

    @property
    def purpose(self) -> str:
        return PURPOSES[self.purposes.checkedId()]

    def _default_name(self, now: datetime, taken: Collection[str]) -> str:
        local = now.astimezone(BEIJING)
        name = self.tr("{month}月{day}日活动").format(month=show.month(now), day=local.day)
        numbers = (f"{name} {number}" for number in range(2, len(taken) + 3))
        return name if name not in taken else next(each for each in numbers if each not in taken)

    def _form(self, name: str) -> None:
        self.name_field = QLineEdit(name)
        self.name_field.setObjectName("new_name")
        self.name_field.setMaxLength(NAME_LIMIT)
        self.name_field.selectAll()
        self.name_field.textChanged.connect(self._check)
        self.entities = EntityBox("new_entity", self.tr("主体"))
        self.entities.offer(self._senders)
        self.entities.currentIndexChanged.connect(self._check)
        self.lacks = label("", "small", name="new_lacks")
        self.make = button(self.tr("新建并选受众"), "primary", name="new_create", click=self.accept)
        self.make.setDefault(True)
        cancel = button(self.tr("取消"), name="new_cancel", click=self.reject)
        self.setLayout(
            column(
                label(self.tr("新建活动"), "heading"),
                self._field(self.tr("名称"), self.name_field, self.tr("只有您看得到，不会写进短信。")),
                self._field(
                    self.tr("主体"), self.entities, self.tr("对这次发送负责的单位；受众是它名下已连接店铺的客户。")
                ),
                self._purposes(),
                row(None, self.lacks, cancel, self.make),
                margin=5,
                space=4,
            )
        )
        self._check()

    def _field(self, title: str, field: QWidget, hint: str) -> QWidget:
        made = QWidget()
        name = label(title, "strong")
        name.setBuddy(field)
        field.setAccessibleName(title)
        field.setAccessibleDescription(hint)
        made.setLayout(column(name, field, label(hint, "small", wrap=True), space=1))
        return made

    def _purposes(self) -> QWidget:
        self.purposes = QButtonGroup(self)
        choices: list[QWidget | None] = []
        for number, purpose in enumerate(PURPOSES):
            choice = QRadioButton(self._kit.words.term("purpose", purpose))
            choice.setObjectName(f"new_purpose_{purpose}")
            choice.setAccessibleName(self._kit.words.term("purpose", purpose))
            choice.setChecked(number == 0)
            self.purposes.addButton(choice, number)
            choices.append(choice)
        hint: QLabel = label(
            self.tr("同意按用途核验：同意收零售短信，不等于同意收金融短信。只会发给同意过这一用途的人。"),
            "small",
            wrap=True,
        )
        made = QWidget()
        made.setLayout(
            column(label(self.tr("用途"), "strong"), row(*choices, None, space=4), hint, space=1),
        )
        return made

    def _check(self) -> None:
        lacks = self.tr("还没有名称") if not self.name else "" if self.entity else self.tr("先选择主体")
        self.lacks.setText(lacks)
        self.make.setEnabled(not lacks)

    def _no_sender(self) -> None:
        self.nothing = Empty(
            self._kit.theme,
            "store",
            self.tr("先连接店铺账户"),
            self.tr("活动只发给平台接口确认同意过的客户，所以先要连接一个平台账户。"),
            action=self.tr("去设置连接账户"),
            click=self._settings,
        )
        cancel = button(self.tr("取消"), name="new_cancel", click=self.reject)
        self.setLayout(column(self.nothing, row(None, cancel), margin=5))

    def _settings(self) -> None:
        self.to_settings = True
        self.reject()
