"""设置 → 主体资料: the legal entities behind the shops, and what the rules go by: kind, trade, goods and so on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from campaign_app.domain.customer import Entity
from campaign_app.domain.team import Permission
from campaign_app.services.profiles import INDUSTRIES, PROVIDERS
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.accounts import AccountsModel, AccountsState
from campaign_app.ui.viewmodels.profiles import ProfilesModel, ProfilesState, Typed
from campaign_app.ui.widgets.basics import clear, column, divider, label, row
from campaign_app.ui.widgets.empty import Empty

KINDS: Final = ("enterprise", "individual_business", "institution")
LICENCES: Final = ("finance", "medical_ad")
_FIELD: Final = 220


class EntitiesSection(Section):
    def __init__(self, desk: Desk, model: AccountsModel, profiles: ProfilesModel) -> None:
        super().__init__()
        self.title.setText(self.tr("主体资料"))
        self.subtitle.setText(
            self.tr(
                "主体对短信负责，名称和统一社会信用代码由平台提供。下面由您填写，决定文案按哪些规则核对，改动会留痕。"
            )
        )
        self._desk, self._model, self._profiles = desk, model, profiles
        self.cards: dict[str, EntityCard] = {}
        self.empty = Empty(
            desk.kit.theme,
            "store",
            self.tr("还没有主体"),
            self.tr("连接平台账户后，账户所属的主体会出现在这里。"),
            action=self.tr("去连接账户"),
            click=lambda: desk.way.to("settings", "accounts"),
        )
        self._list = QVBoxLayout()
        self.content.addWidget(self.empty)
        self.content.addLayout(self._list)
        model.changed.connect(self.show_state)
        profiles.changed.connect(self.show_profiles)
        self.show_state(model.state)

    def show_state(self, state: AccountsState) -> None:
        """The same entities stay where they are, with what is typed and the focus that they have."""
        self.empty.setVisible(state.shops is not None and not state.entities)
        if [entity.uscc for entity in state.entities] != list(self.cards):
            clear(self._list)
            self.cards = {e.uscc: EntityCard(self._desk, self._model, self._profiles, e) for e in state.entities}
            for card in self.cards.values():
                self._list.addWidget(card)
        for entity in state.entities:
            self.cards[entity.uscc].show_entity(entity)
        self.show_profiles(self._profiles.state)

    def show_profiles(self, state: ProfilesState) -> None:
        for card in self.cards.values():
            card.show_profile(state)


class ProfileLine(QLineEdit):
    """A field of an entity's profile that says what is wrong while it is typed, and is kept when it is left."""

    def __init__(self, profiles: ProfilesModel, uscc: str, field: str, title: str, example: str) -> None:
        super().__init__()
        self.setObjectName(f"entity_{field}")
        self.setAccessibleName(title)
        self.setPlaceholderText(example)
        self.wrong = label("", "block", wrap=True, name=f"entity_{field}_problem")
        self.textEdited.connect(lambda text: profiles.type(uscc, field, text))
        self.editingFinished.connect(lambda: profiles.save(uscc, field))

    def show_typed(self, typed: Typed, sentence: str) -> None:
        if self.text() != typed.text:
            self.setText(typed.text)
        self.wrong.setText(sentence.format(typed.wrong) if typed.wrong else "")
        self.wrong.setVisible(bool(typed.wrong))
        set_property(self, "invalid", bool(typed.wrong))


class EntityCard(QFrame):
    def __init__(self, desk: Desk, model: AccountsModel, profiles: ProfilesModel, entity: Entity) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._words, self._model, self._profiles, self._entity = desk.kit.words, model, profiles, entity
        self.name = label(entity.name, "strong", wrap=True, select=True)
        self.kind = self._combo(
            "entity_kind",
            self.tr("主体类型"),
            "entity_kind",
            KINDS,
            lambda kind: model.describe(entity.uscc, kind=kind),
        )
        self.industry = self._combo(
            "entity_industry",
            self.tr("行业"),
            "industry",
            INDUSTRIES,
            lambda code: profiles.choose_industry(entity.uscc, code),
        )
        self.provider = self._combo(
            "entity_provider", self.tr("短信服务商"), "provider", PROVIDERS,
            lambda code: profiles.choose_provider(entity.uscc, code),
        )  # fmt: skip
        self.lines = {
            "domains": ProfileLine(profiles, entity.uscc, "domains", self.tr("自有域名"), "shop.example.com"),
            "goods": ProfileLine(
                profiles, entity.uscc, "goods", self.tr("商品页价"), self.tr("羽绒被 599；面霜 129.5")
            ),
        }
        self.boxes: dict[str, QCheckBox] = {}
        licences = [self._licence(each) for each in sorted({*LICENCES, *entity.licences}, key=_order)]
        desk.allow(Permission.CONNECT, self.kind, *self.boxes.values())
        desk.allow(Permission.VOUCH, self.industry, self.provider, *self.lines.values())
        head = row(self.name, label(entity.uscc, "muted", select=True), stretch=0)
        self.setLayout(column(head, self._fields(), divider(), *licences, margin=4))

    def show_entity(self, entity: Entity) -> None:
        self._entity = entity
        self.name.setText(entity.name)
        self.kind.setCurrentIndex(max(0, self.kind.findData(entity.kind)))
        for licence, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(licence in entity.licences)
            box.blockSignals(False)

    def show_profile(self, state: ProfilesState) -> None:
        told = state.told.get(self._entity.uscc)
        for field in (self.industry, self.provider, *self.lines.values()):
            field.setEnabled(told is not None)
        if told is None:
            return
        self.industry.setCurrentIndex(self.industry.findData(told.stored.industry))
        self.provider.setCurrentIndex(self.provider.findData(told.stored.provider))
        wrong = {
            "domains": self.tr("“{}”不是域名，没有保存。请只写域名，例如 shop.example.com。"),
            "goods": self.tr("“{}”没有保存。请写商品名和价格，例如 羽绒被 599。"),
        }
        for name, line in self.lines.items():
            line.show_typed(told.typed[name], wrong[name])

    def _fields(self) -> QGridLayout:
        """Name, field, and what it does, line by line."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE[3])
        grid.setVerticalSpacing(SPACE[2])
        grid.setColumnStretch(2, 1)
        lines: Sequence[tuple[str, QWidget, str]] = (
            (self.tr("类型"), self.kind, ""),
            (self.tr("行业"), self.industry, self.tr("决定用哪些行业规则，例如食品不能说疗效。")),
            (
                self.tr("短信服务商"),
                self.provider,
                self.tr(
                    "只用于 SMPP、Kannel 和同意查询服务的通道，它们不说明由哪家承运。"
                    "阿里云、腾讯云的通道自动按各自的要求核对。"
                ),
            ),
        )
        for at, (name, field, hint) in enumerate(lines):
            grid.addWidget(label(name, "muted"), at, 0)
            grid.addWidget(field, at, 1)
            grid.addWidget(label(hint, "small", wrap=True), at, 2)
        hints = {
            "domains": self.tr(
                "链接指向别处，不在这些域名和它们的子域名里，就会提醒。几个域名用空格隔开，按回车或离开输入框即保存。"
            ),
            "goods": self.tr(
                "短信里的价格低于商品详情页的价格，就会提醒。写商品名和详情页的价格，几个商品用分号隔开。"
            ),
        }
        for at, (name, line) in enumerate(self.lines.items()):
            top = len(lines) + 2 * at
            grid.addWidget(label(line.accessibleName(), "muted"), top, 0)
            grid.addWidget(line, top, 1, 1, 2)
            grid.addLayout(column(line.wrong, label(hints[name], "small", wrap=True), space=1), top + 1, 1, 1, 2)
        return grid

    def _combo(
        self, name: str, title: str, table: str, codes: Sequence[str], chosen: Callable[[str], None]
    ) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setFixedWidth(_FIELD)
        for code in codes:
            made.addItem(self._words.term(table, code), code)
        made.activated.connect(lambda _: chosen(str(made.currentData())))
        return made

    def _licence(self, licence: str) -> QVBoxLayout:
        box = self.boxes[licence] = QCheckBox(self._words.term("licence", licence))
        box.setObjectName(f"entity_licence_{licence}")
        uscc = self._entity.uscc
        box.toggled.connect(lambda on: self._model.describe(uscc, licences={licence: on}))
        why = label(self._words.why("licence", licence), "small", wrap=True)
        why.setIndent(24)
        return column(box, why, space=0)


def _order(licence: str) -> tuple[int, str]:
    return (LICENCES.index(licence) if licence in LICENCES else len(LICENCES), licence)
