"""The builder of an audience in words: lines of field, condition and value; all of them or any; one level of groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFrame, QLineEdit, QToolButton, QVBoxLayout, QWidget

from campaign_app.domain.audience import FIELDS, Op
from campaign_app.services.audience_lines import Draft, Group, Line, ops_of
from campaign_app.ui.messages import translate
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.completion import Values
from campaign_app.ui.widgets.flow import Flow

ORDER: Final = ("province", "city", "tag", "spend_cents", "order_count", "days_since_order", "account", "name")
assert set(ORDER) == set(FIELDS)
_JOIN: Final = 34
_UNIT: Final = 20
_AROUND: Final = 50  # what a list to choose from has besides the words
_VALUE: Final = 100


class ConditionLine(QWidget):
    """`changed` carries the Line as it is now, `removed` its key. Where it is narrow the value goes below."""

    changed = Signal(object)
    removed = Signal(int)

    def __init__(self, theme: Theme, line: Line) -> None:
        super().__init__()
        self._theme, self._line = theme, line
        self.join = label("", "muted")
        self.field = self._combo("condition_field", self.tr("字段"))
        for name in ORDER:
            self.field.addItem(self._field_words(name), name)
        self.op = self._combo("condition_op", self.tr("条件"))
        self.value = QLineEdit()
        self.value.setMinimumWidth(_VALUE)
        self.value.setObjectName(f"condition_value_{line.key}")
        self.value.setAccessibleName(self.tr("值"))
        self.values = Values(theme, self.value, several=True)
        self.unit = label("", "muted")
        self.remove = QToolButton()
        self.remove.setObjectName(f"condition_remove_{line.key}")
        self.remove.setAccessibleName(self.tr("删除这个条件"))
        self.remove.setToolTip(self.tr("删除这个条件"))
        self.problem = label("", "block", wrap=True)
        self._parts = (row(self.join, self.field, self.op, None), row(self.value, self.unit, self.remove, stretch=0))
        self._inside = row(*self._parts, stretch=1)
        self._even_out()
        under = row(self.problem)
        under.setContentsMargins(self._indent, 0, 0, 0)
        self.setLayout(column(self._inside, under, space=1))
        self._forward()
        theme.changed.connect(self._draw)
        self._draw()
        self._fill_ops(line)

    def _forward(self) -> None:
        self.field.activated.connect(self._field_chosen)
        self.op.activated.connect(self._op_chosen)
        self.value.textEdited.connect(self._typed)
        self.values.chosen.connect(self._typed)
        self.remove.clicked.connect(lambda _=False: self.removed.emit(self._line.key))

    @property
    def line(self) -> Line:
        return self._line

    def show_line(self, line: Line, problem: str, join: str, values: tuple[str, ...]) -> None:
        """`problem` is a code of `audience_lines.read`."""
        if line.field != self._line.field or not self.op.count():
            self._fill_ops(line)
        self._line = line
        self.join.setText(join)
        self.field.setCurrentIndex(self.field.findData(line.field))
        self.op.setCurrentIndex(self.op.findData(line.op))
        if self.value.text() != line.text:
            self.value.setText(line.text)
            if not self.value.hasFocus():
                self.value.setCursorPosition(0)  # of values for which there is no room the first are seen
        self.values.several = line.op is Op.IN
        self.values.show_values(values)
        self.value.setPlaceholderText(self._hint(line))
        self.value.setToolTip(self.tr("可以填几个值，用顿号隔开") if line.op is Op.IN else "")
        self.unit.setText(self._unit(line.field))
        shown = problem if problem != "empty" else ""
        self.problem.setText(self._problem_words(shown) if shown else "")
        self.problem.setVisible(bool(shown))
        set_property(self.value, "invalid", bool(shown))
        self.value.setAccessibleDescription(self.problem.text() or self.value.placeholderText())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as it is with the value below."""
        return QSize(max(part.minimumSize().width() for part in self._parts), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        margin = self._parts[1].contentsMargins().left()
        needed = sum(part.minimumSize().width() for part in self._parts) + self._inside.spacing() - margin
        beside = needed <= self.width()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._inside.direction() is not way:
            self._inside.setDirection(way)
            self._parts[1].setContentsMargins(0 if beside else self._indent, 0, 0, 0)

    @property
    def _indent(self) -> int:
        return self.join.width() + SPACE[2]

    def _even_out(self) -> None:
        """Lines below one another have their parts below one another, whatever the language."""
        metrics = self.unit.fontMetrics()
        self.unit.setFixedWidth(max(_UNIT, *(metrics.horizontalAdvance(self._unit(name)) + 2 for name in ORDER)))
        joins = (translate("Builder", "并且"), translate("Builder", "或者"))
        self.join.setFixedWidth(max(_JOIN, *(metrics.horizontalAdvance(words) + 2 for words in joins)))
        fields = [self._field_words(name) for name in ORDER]
        ops = [self._op_words(name, op) for name in ORDER for op in ops_of(name)]
        for combo, words in ((self.field, fields), (self.op, ops)):
            combo.setFixedWidth(max(map(metrics.horizontalAdvance, words)) + _AROUND)

    def _combo(self, name: str, words: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(f"{name}_{self._line.key}")
        made.setAccessibleName(words)
        return made

    def _fill_ops(self, line: Line) -> None:
        self.op.clear()
        for op in ops_of(line.field):
            self.op.addItem(self._op_words(line.field, op), op)

    def _field_chosen(self, at: int) -> None:
        name = str(self.field.itemData(at))
        if name != self._line.field:
            self.changed.emit(Line(self._line.key, name, ops_of(name)[0]))
            self.value.setFocus()

    def _op_chosen(self, at: int) -> None:
        self.changed.emit(Line(self._line.key, self._line.field, self.op.itemData(at), self._line.text))

    def _typed(self, text: str) -> None:
        self.changed.emit(Line(self._line.key, self._line.field, self._line.op, text))

    def _draw(self) -> None:
        self.remove.setIcon(self._theme.icon("close"))

    def _field_words(self, name: str) -> str:
        return {
            "province": self.tr("省份"),
            "city": self.tr("城市"),
            "tag": self.tr("标签"),
            "spend_cents": self.tr("累计消费"),
            "order_count": self.tr("订单数"),
            "days_since_order": self.tr("距上次下单"),
            "account": self.tr("店铺"),
            "name": self.tr("姓名"),
        }[name]

    def _op_words(self, name: str, op: Op) -> str:
        if name == "tag":
            return {Op.IN: self.tr("有任一"), Op.IS: self.tr("有"), Op.IS_NOT: self.tr("没有")}[op]
        if name == "days_since_order":
            days = {Op.AT_LEAST: self.tr("已满"), Op.AT_MOST: self.tr("不超过")}
            return days.get(op) or {Op.IS: self.tr("正好"), Op.IS_NOT: self.tr("不是")}[op]
        return {
            Op.IN: self.tr("属于"),
            Op.IS: self.tr("是"),
            Op.IS_NOT: self.tr("不是"),
            Op.AT_LEAST: self.tr("不少于"),
            Op.AT_MOST: self.tr("不多于"),
        }[op]

    def _unit(self, name: str) -> str:
        return {
            "spend_cents": self.tr("元"),
            "order_count": self.tr("单"),
            "days_since_order": self.tr("天"),
        }.get(name, "")

    def _hint(self, line: Line) -> str:
        if self._unit(line.field):
            return self.tr("填数字")
        return self.tr("用顿号隔开") if line.op is Op.IN else self.tr("填一个值")

    def _problem_words(self, code: str) -> str:
        return {
            "number": self.tr("请填金额，最多两位小数，例如 300 或 99.5。"),
            "whole": self.tr("请填整数。"),
            "size": self.tr("数值要在 0 到一万亿之间。"),
            "shop": self.tr("没有这个店铺，请从列表里选。"),
        }[code]


class _Joiner(QWidget):
    """满足以下 [全部 / 任一] 条件."""

    chosen = Signal(int, bool)

    def __init__(self, group: int, before: str, after: str) -> None:
        super().__init__()
        self.every = QComboBox()
        self.every.setObjectName(f"condition_every_{group}")
        self.every.setAccessibleName(self.tr("条件之间的关系"))
        self.every.addItem(self.tr("全部"), True)
        self.every.addItem(self.tr("任一"), False)
        self.every.setFixedWidth(88)
        self.every.activated.connect(lambda at: self.chosen.emit(group, bool(self.every.itemData(at))))
        flow = Flow()
        for each in (label(before), self.every, label(after)):
            flow.addWidget(each)
        self.setLayout(flow)

    def show_every(self, *, every: bool) -> None:
        self.every.setCurrentIndex(0 if every else 1)


class _Lines(QWidget):
    """The lines of one group, kept in place while they are typed into."""

    def __init__(self, builder: Builder) -> None:
        super().__init__()
        self._builder = builder
        self.known: dict[int, QWidget] = {}
        self._column: QVBoxLayout = column(space=2)
        self.setLayout(self._column)

    def show_parts(self, parts: tuple[Line | Group, ...], *, every: bool) -> None:
        keys = [part.key for part in parts]
        for gone in [key for key in self.known if key not in keys]:
            widget = self.known.pop(gone)
            self._column.removeWidget(widget)
            widget.setParent(None)
            widget.deleteLater()
        for at, part in enumerate(parts):
            if part.key not in self.known:
                self.known[part.key] = self._builder.made(part)
                self._column.insertWidget(at, self.known[part.key])
            self._builder.draw(self.known[part.key], part, at, every=every)


class GroupBox(QFrame):
    """A group inside: its own 全部 / 任一, its lines, and the way to add and to remove."""

    def __init__(self, builder: Builder, group: Group) -> None:
        super().__init__()
        self.setProperty("role", "group")
        self.join = label("", "muted")
        self.joiner = _Joiner(group.key, self.tr("以下条件满足"), "")
        self.joiner.chosen.connect(builder.joined)
        self.lines = _Lines(builder)
        add = button(self.tr("添加条件"), "quiet", name=f"group_add_{group.key}", small=True)
        add.clicked.connect(lambda _=False: builder.added.emit(group.key))
        remove = button(self.tr("删除这组"), "quiet", name=f"group_remove_{group.key}", small=True)
        remove.clicked.connect(lambda _=False: builder.removed.emit(group.key))
        self.setLayout(column(row(self.join, self.joiner, stretch=1), self.lines, row(add, remove, None), margin=3))


class Builder(QWidget):
    """Draws a draft and forwards what is done to it; group 0 is the outermost."""

    line_changed = Signal(object)
    removed = Signal(int)
    added = Signal(int)
    group_added = Signal()
    joined = Signal(int, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._values: Mapping[str, tuple[str, ...]] = {}
        self._problems: Mapping[int, str] = {}
        self.joiner = _Joiner(0, self.tr("满足以下"), self.tr("条件的客户"))
        self.joiner.chosen.connect(self.joined)
        self.lines = _Lines(self)
        self.add = button(self.tr("添加条件"), name="condition_add", click=lambda: self.added.emit(0))
        self.add_group = button(self.tr("添加条件组"), "quiet", name="condition_add_group", click=self.group_added.emit)
        self.add_group.setToolTip(self.tr("一组条件合成一个条件，例如“省份是浙江，或标签有会员”"))
        self.setLayout(column(self.joiner, self.lines, row(self.add, self.add_group, None)))
        theme.changed.connect(self._draw)
        self._draw()

    def show_draft(self, draft: Draft, problems: Mapping[int, str], values: Mapping[str, tuple[str, ...]]) -> None:
        self._values, self._problems = values, problems
        self.joiner.show_every(every=draft.every)
        self.joiner.setVisible(bool(draft.parts))
        self.lines.setVisible(bool(draft.parts))
        self.lines.show_parts(draft.parts, every=draft.every)

    def focus_line(self, key: int) -> None:
        """Puts the cursor into the value of a line; a number that was only suggested is typed over."""
        field = self.findChild(QLineEdit, f"condition_value_{key}")
        if isinstance(field, QLineEdit):
            field.setFocus()
            if field.text().isdecimal():
                field.selectAll()

    def made(self, part: Line | Group) -> QWidget:
        if isinstance(part, Group):
            return GroupBox(self, part)
        line = ConditionLine(self._theme, part)
        line.changed.connect(self.line_changed)
        line.removed.connect(self.removed)
        return line

    def draw(self, widget: QWidget, part: Line | Group, at: int, *, every: bool) -> None:
        join = "" if at == 0 else self.tr("并且") if every else self.tr("或者")
        if isinstance(widget, ConditionLine) and isinstance(part, Line):
            widget.show_line(part, self._problems.get(part.key, ""), join, self._values.get(part.field, ()))
        elif isinstance(widget, GroupBox) and isinstance(part, Group):
            widget.join.setText(join)
            widget.join.setVisible(bool(join))
            widget.joiner.show_every(every=part.every)
            widget.lines.show_parts(part.lines, every=part.every)

    def _draw(self) -> None:
        self.add.setIcon(self._theme.icon("plus", "text"))
