"""The 【signature】 of a campaign: which there are, what each is filed for, and why one cannot be used."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from campaign_app.domain.signature import Signature
from campaign_app.services.composing import Offer, Setting
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.tokens import SMALL
from campaign_app.ui.widgets.basics import column, label
from campaign_app.ui.widgets.flow import Flow
from campaign_app.ui.widgets.pill import Pill

TEXT: Final = Qt.ItemDataRole.UserRole
WORDS: Final = Qt.ItemDataRole.UserRole + 1
PROBLEM: Final = Qt.ItemDataRole.UserRole + 2
WIDTH: Final = 190
_LIST_WIDTH: Final = 430
_ARROW: Final = 28
Index = QModelIndex | QPersistentModelIndex


class SignaturePicker(QWidget):
    chosen = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._shown: tuple[object, ...] = ()
        self._items = QStandardItemModel(self)
        self.field: QComboBox = _Field()
        self.field.setObjectName("signature")
        self.field.setAccessibleName(self.tr("签名"))
        self.field.setPlaceholderText(self.tr("选择签名"))
        self.field.setMinimumWidth(WIDTH)
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # those of one shop begin alike
        self.field.setModel(self._items)
        self.field.setItemDelegate(_TwoLines(kit, self.field))
        self.field.view().setMinimumWidth(_LIST_WIDTH)
        self.field.activated.connect(lambda at: self.chosen.emit(self.field.itemData(at, TEXT)))
        self.state = Pill(kit.theme)
        self.words = label("", "small", wrap=True, name="signature_words")
        title = label(self.tr("签名"), "strong")
        title.setBuddy(self.field)
        beside = Flow()  # the state in the next line where a longer language leaves no room
        for part in (title, self.field, self.state):
            beside.addWidget(part)
        self.setLayout(column(beside, self.words, space=1))

    def show_choice(self, setting: Setting | None, signature: str, *, editable: bool) -> None:
        shown = (None if setting is None else setting.offers, signature, editable)
        if shown == self._shown:
            return
        self._shown = shown
        offers = () if setting is None else self._with_unknown(setting, signature)
        self._items.clear()
        for offer in offers:
            self._items.appendRow(self._item(offer))
        chosen = next((n for n, offer in enumerate(offers) if offer.signature.text == signature), -1)
        self.field.setCurrentIndex(chosen)
        self.field.setEnabled(editable and bool(offers))
        self._say(offers[chosen] if chosen >= 0 else None, known=setting is not None, any_offer=bool(offers))

    def _with_unknown(self, setting: Setting, signature: str) -> tuple[Offer, ...]:
        """What the campaign is signed with is shown, whether anybody reported it or not."""
        if not signature or any(offer.signature.text == signature for offer in setting.offers):
            return setting.offers
        return (Offer(Signature(signature, owner_uscc=""), "not_reported"), *setting.offers)

    def _say(self, offer: Offer | None, *, known: bool, any_offer: bool) -> None:
        self.state.setVisible(offer is not None)
        if offer is None:
            none = self.tr("本主体还没有签名：签名随账户同步而来。") if known and not any_offer else ""
            self.words.setText(none or (self.tr("还没有选签名，短信不能没有签名。") if known else ""))
            return
        problem = self._kit.words.term("signature_problem", offer.problem) if offer.problem else ""
        self.state.show_state(problem or self.tr("已通过并报备"), "block" if problem else "ok")
        self.words.setText(self._about(offer, filed=False))
        self.field.setAccessibleDescription(" ".join(filter(None, (problem, self._about(offer)))))

    def _item(self, offer: Offer) -> QStandardItem:
        item = QStandardItem(f"【{offer.signature.text}】")
        problem = self._kit.words.term("signature_problem", offer.problem) if offer.problem else ""
        about = self._about(offer)
        item.setData(offer.signature.text, TEXT)
        item.setData(about, WORDS)
        item.setData(self.tr("不能用：{}").format(problem) if problem else "", PROBLEM)
        item.setData(" ".join(filter(None, (item.text(), problem, about))), Qt.ItemDataRole.AccessibleTextRole)
        item.setEnabled(not problem)
        return item

    def _about(self, offer: Offer, *, filed: bool = True) -> str:
        """Without what is `filed`, where that stands beside it."""
        words, signature = self._kit.words, offer.signature
        state = {True: "filed", False: "not_filed", None: "unknown"}[signature.carrier_filed]
        scopes = self.tr("、").join(words.term("purpose", scope) for scope in signature.scopes) or self.tr("无")
        until = signature.valid_until
        states = (words.term("signature_status", signature.status), words.term("carrier_filing", state))
        return " · ".join((
            *(states if filed else ()),
            self.tr("用途：{}").format(scopes),
            self.tr("有效至 {}").format(show.day(until)) if until is not None else self.tr("未注明有效期"),
        ))  # fmt: skip


class _Field(QComboBox):
    """As wide as its text with the arrow, which Qt leaves out where a style sheet draws it."""

    def sizeHint(self) -> QSize:  # noqa: N802
        return super().sizeHint() + QSize(_ARROW, 0)


class _TwoLines(QStyledItemDelegate):
    """The signature, and below it in words what it is filed for, or why it cannot be used."""

    def __init__(self, kit: Kit, parent: QComboBox) -> None:
        super().__init__(parent)
        self._theme = kit.theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(_LIST_WIDTH - 20, 68 if index.data(PROBLEM) else 50)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, problem = self._theme.tokens, index.data(PROBLEM)
        state, at = option.state, QRect(option.rect)
        painter.save()
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(at, QColor(tokens.accent_soft))
        lines = at.adjusted(10, 6, -8, -4)
        painter.setPen(QColor(tokens.muted if problem else tokens.text))
        painter.drawText(lines, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, index.data())
        font = painter.font()
        font.setPixelSize(SMALL)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(lines.translated(0, 22), flags, index.data(WORDS))
        if problem:
            painter.setPen(QColor(tokens.block))
            painter.drawText(lines.translated(0, 40), flags, problem)
        painter.restore()
