"""The second step of an import: how the file is read, what its columns become, and its first rows with their errors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from campaign_app.services.import_columns import IGNORE, Column
from campaign_app.services.import_plan import Preview, PreviewRow
from campaign_app.services.tables import Certainty
from campaign_app.ui.cells import NOTHING, Cell
from campaign_app.ui.cells import Column as TableColumn
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.import_words import ImportWords
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import CONTROL, SPACE
from campaign_app.ui.viewmodels.importing import ImportModel, ImportState
from campaign_app.ui.widgets.basics import clear, column, label, row
from campaign_app.ui.widgets.elided import Elided
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.table import Table

ENCODINGS: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5", "cp932", "cp949", "cp1252")
DELIMITERS: Final = (",", "\t", ";", "，", "|")
_AT_ONCE: Final = 12
_MAPPING: Final = 5 * (CONTROL + SPACE[1])  # height at most


class PreviewStep(QWidget):
    def __init__(self, kit: Kit, model: ImportModel, words: ImportWords) -> None:
        super().__init__()
        self._kit, self._model, self._words = kit, model, words
        self._shown: Preview | None = None
        self._left: list[tuple[int, Column]] = []
        self._arrows: list[tuple[QLabel, bool]] = []  # of each column, and whether it is locked
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._map_more)
        kit.theme.changed.connect(self._draw)
        self.encoding = self._combo("import_encoding", self.tr("编码"), "encoding")
        self.delimiter = self._combo("import_delimiter", self.tr("分隔符"), "delimiter")
        self.sheet = self._combo("import_sheet", self.tr("工作表"), "sheet")
        self.certainty = label("", "small", name="import_certainty")
        self._names = {each: label(each.accessibleName()) for each in (self.encoding, self.delimiter, self.sheet)}
        parts = [part for combo, name in self._names.items() for part in (name, combo)]
        self.columns = QGridLayout()
        self.columns.setContentsMargins(0, 0, SPACE[2], 0)
        self.columns.setHorizontalSpacing(SPACE[3])
        self.columns.setVerticalSpacing(SPACE[1])
        self.columns.setColumnStretch(3, 1)
        self.mapping = scrolling(self.columns)
        self.mapping.setAccessibleName(self.tr("各列的用途"))
        self.table = Table(kit.theme, "import_preview", self.tr("文件的前几行"))
        self.note = label("", "small", name="import_preview_note")
        self.setLayout(
            column(
                row(*parts[:4], *parts[4:], self.certainty, None, space=3),
                label(self.tr("各列的用途"), "strong"),
                self.mapping,
                row(label(self.tr("文件的前几行"), "strong"), self.note, None, space=3),
                self.table,
                space=2,
                stretch=4,
            )
        )

    def render_state(self, state: ImportState) -> None:
        if state.preview is None or state.preview is self._shown:
            return
        self._shown = state.preview
        self._reading(state.preview)
        self._mapping(state.preview.columns)
        self._rows(state.preview)

    def _reading(self, preview: Preview) -> None:
        info, words = preview.info, self._kit.words
        text = info.kind == "csv"
        _fill(self.encoding, [(name.upper(), name) for name in _with(ENCODINGS, info.encoding)], info.encoding)
        named = {
            "\t": self.tr("制表符"),
            "，": self.tr("中文逗号（，）"),
            ",": self.tr("逗号（,）"),
            ";": self.tr("分号（;）"),
        }
        choices = [(named.get(each, each), each) for each in _with(DELIMITERS, info.delimiter)]
        _fill(self.delimiter, choices, info.delimiter)
        _fill(self.sheet, [(name, name) for name in info.sheets or (info.sheet,)], info.sheet)
        for combo, name in self._names.items():
            seen = (combo is self.sheet) != text
            combo.setVisible(seen)
            name.setVisible(seen)
        certainty = words.term("certainty", info.certainty.value)
        self.certainty.setText(self.tr("编码：{certainty}").format(certainty=certainty) if text else "")
        set_property(self.certainty, "role", "warn" if info.certainty is Certainty.GUESS else "small")

    def _mapping(self, columns: Sequence[Column]) -> None:
        """A few at a time: a file may have hundreds of columns, and each has a list of its own."""
        clear(self.columns)
        self._arrows.clear()
        for at in range(self.columns.rowCount()):
            self.columns.setRowStretch(at, 0)
        self._left = list(enumerate(columns))
        self.mapping.setFixedHeight(min(_MAPPING, len(columns) * (CONTROL + SPACE[1])))
        self._map_more()

    def _map_more(self) -> None:
        some, self._left = self._left[:_AT_ONCE], self._left[_AT_ONCE:]
        for at, each in some:
            self._map(at, each)
        if self._left:
            self._later.start(0)
        else:
            self.columns.setRowStretch(self.columns.rowCount(), 1)

    def _map(self, at: int, each: Column) -> None:
        name = Elided(each.name or self.tr("（无名）"))
        name.setMaximumWidth(180)
        arrow = QLabel()
        locked = each.reason == "consent"
        self._arrows.append((arrow, locked))
        self._point(arrow, locked=locked)
        self.columns.addWidget(name, at, 0)
        self.columns.addWidget(arrow, at, 1)
        self.columns.addWidget(self._target(each, locked=locked), at, 2)
        self.columns.addWidget(label(self._words.why(each), "block" if locked else "small"), at, 3)

    def _point(self, arrow: QLabel, *, locked: bool) -> None:
        tokens = self._kit.theme.tokens
        picture, colour = ("lock", tokens.block) if locked else ("right", tokens.faint)
        arrow.setPixmap(icons.pixmap(picture, colour, 16, self.devicePixelRatioF()))

    def _draw(self) -> None:
        for arrow, locked in self._arrows:
            self._point(arrow, locked=locked)

    def _target(self, each: Column, *, locked: bool) -> QComboBox:
        made = QComboBox()
        made.setObjectName(f"import_column_{each.index}")
        made.setAccessibleName(self.tr("列“{name}”的用途").format(name=each.name))
        made.setMinimumWidth(200)
        for text, target in self._words.targets(each):
            made.addItem(text, target)
        made.setCurrentIndex(max(0, made.findData(each.target)))
        made.setEnabled(not locked and bool(each.name))
        made.activated.connect(lambda _: self._model.set_target(each.name, made.currentData()))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return made

    def _rows(self, preview: Preview) -> None:
        columns: list[TableColumn[PreviewRow]] = [
            TableColumn(self.tr("行"), 56, lambda line: Cell(str(line.number), tint=_tint(line)), right=True),
            TableColumn(self.tr("检查"), 224, self._check, grows=3),
        ]
        used = [each for each in preview.columns if each.target != IGNORE or each.reason == "consent"]
        columns += [TableColumn(each.name, 132, partial(_cell, each.index), grows=1) for each in used]
        model = RowsModel(columns, preview.rows, self)
        self.table.use(model, model.columns)
        bad = sum(1 for line in preview.rows if line.code and line.code != "repaired")
        said = self.tr("表头上面有 %Ln 行不是数据，不导入。", "", preview.info.above) if preview.info.above else ""
        said += self.tr("前 %Ln 行，手机号已遮盖。", "", len(preview.rows))
        self.note.setText(said + (self.tr("其中 %Ln 行不能导入。", "", bad) if bad else ""))

    def _check(self, line: PreviewRow) -> Cell:
        if line.code == "repaired":
            return Cell(self.tr("写法已修正"), self.tr("手机号的写法不规范，已按同一个号码读取"), level="info")
        if not line.code:
            return Cell(self.tr("可以导入"), level="ok")
        said = self._words.reason(line.code, line.where)
        column_name = "" if line.code == "duplicate_in_file" else line.where
        if column_name:
            said = self.tr("{column}：{said}").format(column=column_name, said=said)
        return Cell(said, tint="block")

    def _combo(self, name: str, title: str, option: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setMinimumWidth(128)
        made.activated.connect(lambda _: self._model.read_as(**{option: made.currentData()}))
        return made


def _tint(line: PreviewRow) -> str:
    return "block" if line.code and line.code != "repaired" else ""


def _cell(index: int, line: PreviewRow) -> Cell:
    text = line.cells[index] if index < len(line.cells) else ""
    return Cell(text, tint=_tint(line)) if text else Cell(NOTHING.text, faint=True, tint=_tint(line))


def _with(known: Sequence[str], found: str) -> list[str]:
    return [*known, *([found] if found and found not in known else [])]


def _fill(combo: QComboBox, choices: Sequence[tuple[str, str]], chosen: str) -> None:
    with QSignalBlocker(combo):
        combo.clear()
        for text, value in choices:
            combo.addItem(text, value)
        combo.setCurrentIndex(max(0, combo.findData(chosen)))
