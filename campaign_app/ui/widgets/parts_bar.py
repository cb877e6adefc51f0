"""In how many parts a message is sent and billed, and what that would cost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QSizePolicy, QWidget

from campaign_app.compliance.segments import CN_PART, CN_SINGLE
from campaign_app.domain.money import PER_YUAN, yuan
from campaign_app.ui import show
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import column, label, row, show_if
from campaign_app.ui.widgets.flow import Flow

MOST_DRAWN: Final = 12
_MOST_TORN: Final = 4
_PER_FEN: Final = PER_YUAN // 100


@dataclass(frozen=True, slots=True)
class Parts:
    """Of the message that is shown, and of a sample, or of everybody if `whole`: `spread` is (parts, people).

    `price`: ten-thousandths of a yuan, 0 where nobody said any.

    `contracted`: the price is written down elsewhere and only shown here.
    `torn`: the numbers of the parts that begin within a character.
    `counted`: how many of everybody so far, 0 before the first page and after the last.
    """

    parts: int = 0
    length: int = 0
    spread: tuple[tuple[int, int], ...] = ()
    recipients: int = 0
    screened: bool = False
    price: int = 0
    contracted: bool = False
    torn: tuple[int, ...] = ()
    whole: bool = False
    counted: int = 0

    @property
    def room(self) -> int:
        """How many more characters fit before another part begins."""
        return (CN_SINGLE if self.parts <= 1 else self.parts * CN_PART) - self.length

    @property
    def sample(self) -> int:
        return sum(people for _, people in self.spread)

    @property
    def mean(self) -> float:
        return sum(parts * people for parts, people in self.spread) / self.sample if self.sample else 0.0

    @property
    def cents(self) -> int:
        """The estimate for all recipients, in fen; nothing while nothing is written."""
        if not self.length or not self.sample:
            return 0
        parts = sum(parts * people for parts, people in self.spread)
        return round(Fraction(parts * self.recipients * self.price, self.sample * _PER_FEN))


class _Bar(QWidget):
    """A field for each part, filled as far as the message goes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown = Parts()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(120, 8)

    def show_parts(self, shown: Parts) -> None:
        self._shown = shown
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        fields = max(1, min(self._shown.parts, MOST_DRAWN))
        size = CN_SINGLE if self._shown.parts <= 1 else CN_PART
        gap, left = 3.0, self._shown.length
        width = (self.width() - gap * (fields - 1)) / fields
        for number in range(fields):
            at = QRectF(number * (width + gap), 0, width, self.height())
            painter.setBrush(QColor(tokens.sunken))
            painter.drawRoundedRect(at, 3, 3)
            filled = min(1.0, max(0, left) / size)
            if filled > 0:
                painter.setBrush(QColor(tokens.accent))
                painter.drawRoundedRect(QRectF(at.left(), 0, max(3.0, width * filled), self.height()), 3, 3)
            left -= size


class _Price(QDoubleSpinBox):
    def textFromValue(self, value: float) -> str:  # noqa: N802 Qt's name
        return yuan(round(value * PER_YUAN)).removeprefix("¥")


class PartsBar(QFrame):
    """`priced` carries a new price of one part, in ten-thousandths of a yuan."""

    priced = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("parts")
        self._shown = Parts()
        self._why_shut = ""
        self.head = label("", "strong", name="parts_count")
        self.room = label("", "small", name="parts_room")
        self.bar = _Bar(theme)
        self.bar.setAccessibleName(self.tr("每条短信用了多少"))
        self.torn = label("", "warn", wrap=True, name="parts_torn")
        self.torn.hide()
        self.spread = label("", "small", wrap=True, name="parts_spread")
        self.cost = label("", "strong", name="parts_cost")
        self.sum = label("", "small", wrap=True, name="parts_sum")
        self.price = _Price()
        self.price.setObjectName("parts_price")
        self.price.setAccessibleName(self.tr("每条单价（元）"))
        self.price.setDecimals(4)
        self.price.setRange(0, 1)
        self.price.setSingleStep(0.001)
        self.price.setKeyboardTracking(False)
        self.price.setSuffix(self.tr(" 元/条"))
        self.price.setSpecialValueText(self.tr("未填"))
        self.price.setFixedWidth(112)
        self.price.lineEdit().setTextMargins(7, 0, 0, 0)
        self.price.valueChanged.connect(self._priced)
        counts = Flow()
        counts.addWidget(self.head)
        counts.addWidget(self.room)
        layout = column(
            counts,
            self.bar,
            self.torn,
            self.spread,
            row(self.cost, None, self.price),
            self.sum,
            space=1,
        )
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        self.setLayout(layout)

    def show_parts(self, shown: Parts) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        self.head.setText(self.tr("{} 条 · {} 字", "", shown.length).format(shown.parts, show.count(shown.length)))
        self.room.setText(self.tr("再写 {} 字进入第 {} 条").format(shown.room + 1, max(shown.parts, 1) + 1))
        self.bar.show_parts(shown)
        numbers = self.tr("、").join(map(str, shown.torn[:_MOST_TORN])) + ("…" if len(shown.torn) > _MOST_TORN else "")
        self.torn.setText(self.tr("第 {} 条开头：此处会把一个字符切成两段，增减前面的字可以避开").format(numbers))
        show_if(self.torn, bool(shown.torn))
        people = " · ".join(self.tr("{} 条 {} 人").format(p, show.count(n)) for p, n in shown.spread[:4])
        more = " …" if len(shown.spread) > 4 else ""
        said = self.tr("全部 {} 人：{}") if shown.whole else self.tr("样本 {} 人：{}")
        spread = said.format(show.count(shown.sample), people) + more + self._progress(shown)
        self.spread.setText(spread if shown.length else "")  # nothing is written: the head says 0
        self._show_cost(shown)
        self._show_source(shown.contracted)
        if not self.price.hasFocus():
            self.price.blockSignals(True)
            self.price.setValue(shown.price / PER_YUAN)
            self.price.blockSignals(False)

    def _progress(self, shown: Parts) -> str:
        if not shown.counted or shown.recipients < shown.counted:
            return ""
        return self.tr("（正在统计全部：{}%）").format(100 * shown.counted // shown.recipients)

    def _show_cost(self, shown: Parts) -> None:
        """Without a price only in how many parts: a sum would be one that nobody agreed on."""
        mean = f"{shown.mean:.2f}".rstrip("0").rstrip(".")
        of = self.tr("可发送") if shown.screened else self.tr("受众")
        said = (
            self.tr("估算：{} 条 × {} {} 人 × 单价；以通道账单为准")
            if shown.price
            else self.tr("估算：{} 条 × {} {} 人")
        )
        self.cost.setText(self.tr("约 {}").format(show.money(shown.cents)) if shown.price else self.tr("单价未填"))
        self.sum.setText(said.format(mean, of, show.count(shown.recipients)) if shown.length else "")

    def shut_price(self, why: str) -> None:
        """To whoever may read a price and set none."""
        self._why_shut = why
        self.price.setAccessibleDescription(why)
        self._show_source(self._shown.contracted)

    def _show_source(self, contracted: bool) -> None:  # noqa: FBT001 a part of the state
        self.price.setEnabled(not contracted and not self._why_shut)
        told = self.tr("发送通道的单价，在“设置 → 费用与预算”里改")
        self.price.setToolTip(told if contracted else self._why_shut or self.tr("按与通道的合同填写，只用于估算"))

    def _priced(self, typed: float) -> None:
        self.priced.emit(round(typed * PER_YUAN))
