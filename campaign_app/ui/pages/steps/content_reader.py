"""Whose message is shown: the longest, the shortest, or somebody of the audience; on a telephone, with its cost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QPushButton, QWidget

from campaign_app.services.composing import LONGEST, SHORTEST, Composed, Setting
from campaign_app.services.readers import Reader
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.composer import ComposerState
from campaign_app.ui.widgets.actions import tip
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.parts_bar import Parts, PartsBar
from campaign_app.ui.widgets.phone import WIDTH, Phone

FIND_MS: Final = 150


class ReaderPane(QWidget):
    """`wanted` carries LONGEST, SHORTEST or a Reader, `searched` a part of a name, `priced` a price of one part.

    `compared` asks how every sender would carry what is shown.
    """

    wanted = Signal(object)
    compared = Signal()
    searched = Signal(str)
    priced = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._found: tuple[Reader, ...] = ()
        self._composed: Composed | None = None
        self.longest = self._choice(self.tr("最长"), "reader_longest", LONGEST, self.tr("文案最长的人"))
        self.shortest = self._choice(self.tr("最短"), "reader_shortest", SHORTEST, self.tr("文案最短的人"))
        self.search = QLineEdit()
        self.search.setObjectName("reader_search")
        self.search.setPlaceholderText(self.tr("按姓名找收件人"))
        self.search.setAccessibleName(self.tr("按姓名找收件人"))
        self.search.setClearButtonEnabled(True)
        self._names = QStringListModel(self)
        self.completer = QCompleter(self._names, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setWidget(self.search)
        self.completer.activated[QModelIndex].connect(self._picked)  # type: ignore[index]
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(FIND_MS)
        self._pause.timeout.connect(lambda: self.searched.emit(self.search.text()))
        self.search.textEdited.connect(lambda _: self._pause.start())
        self.who = label("", "small", wrap=True, name="reader_who")
        self.compare = button(
            self.tr("各通道预览"), "quiet", name="reader_compare", click=self.compared.emit, small=True
        )
        self.compare.setToolTip(tip(self.tr("这条短信在每个通道的样子、条数和模板"), "content.beside"))
        self.phone = Phone(theme)
        self.parts = PartsBar(theme)
        self.parts.priced.connect(self.priced)
        choice = row(self.longest, self.shortest, self.search, space=1, stretch=2)
        about = row(self.who, self.compare, space=1, stretch=0)
        about.setAlignment(self.compare, Qt.AlignmentFlag.AlignTop)
        everything = column(choice, about, self.phone, self.parts, None, space=2)
        everything.setStretchFactor(self.phone, 1_000)  # the room below is for what makes a telephone too tall
        self.setLayout(everything)

    def show_state(self, state: ComposerState) -> None:
        self.longest.setChecked(state.who == LONGEST)
        self.shortest.setChecked(state.who == SHORTEST)
        if state.found is not self._found:
            self._offer(state.found)
        if state.composed is not None and state.setting is not None:
            self._show_message(state.composed, state.setting, state)

    def _show_message(self, composed: Composed, setting: Setting, state: ComposerState) -> None:
        whole = state.whole
        message = composed.final_text if composed.body.strip() or composed.signature else ""
        parts = Parts(
            composed.segments.segments if message else 0,
            composed.segments.length if message else 0,
            composed.spread.parts if whole is None else whole.parts,
            setting.recipients if whole is None else whole.people,
            setting.screened,
            setting.price,
            setting.contracted,
            tuple(composed.marks.index(mark) + 2 for mark in composed.torn),
            whole is not None,
            state.counted,
        )
        self.parts.show_parts(parts)
        about = self._about(composed.reader, state)
        if composed is not self._composed or about != self.who.text():
            self._composed = composed
            self.who.setText(about)
            described = self.tr("{}，共 {} 条").format(about, parts.parts)
            self.phone.show_message(message, composed.marks, described, composed.torn)

    def _about(self, reader: Reader, state: ComposerState) -> str:
        if reader.customer_id is None:
            return self.tr("受众里还没有人，以示例资料显示")
        words = {LONGEST: self.tr("样本里最长"), SHORTEST: self.tr("样本里最短")}
        of_all = {LONGEST: self.tr("全部人中最长"), SHORTEST: self.tr("全部人中最短")}
        who, found = state.who, state.reader
        if isinstance(who, str):
            known = isinstance(found, Reader) and found.customer_id == reader.customer_id
            chosen = of_all[who] if known else words[who]
        else:
            chosen = self.tr("收件人")
        return self.tr("{}：{}").format(chosen, _line(reader))

    def _offer(self, found: tuple[Reader, ...]) -> None:
        self._found = found
        nobody = [self.tr("受众里没有叫这个名字的人")]
        self._names.setStringList([_line(reader) for reader in found] or nobody)
        if self.search.text().strip() and self.search.hasFocus():
            self._theme.dress_list(self.completer)
            # as wide as the pane: who it is cannot be told from the beginning of a line
            self.completer.complete(self.search.rect().adjusted(-self.search.x(), 0, 0, 0))

    def _picked(self, index: QModelIndex) -> None:
        at = index.row()
        if 0 <= at < len(self._found):
            reader = self._found[at]
            QTimer.singleShot(0, self.search, lambda: self.search.setText(reader.name))
            self.wanted.emit(reader)

    def _choice(self, text: str, name: str, who: str, why: str) -> QPushButton:
        made = button(text, name=name, click=lambda: self.wanted.emit(who), small=True)
        made.setCheckable(True)
        made.setToolTip(why)
        made.setAccessibleDescription(why)
        return made


def _line(reader: Reader) -> str:
    return " · ".join(filter(None, (reader.name, reader.home, reader.phone)))
