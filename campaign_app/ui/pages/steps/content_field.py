"""The field for a campaign's text with what belongs to it: variables to insert, undo and redo, whether it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from campaign_app.services.readers import Variable
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.content_templates import TemplateMenu
from campaign_app.ui.viewmodels.composer import Saved
from campaign_app.ui.widgets.basics import button, column, label, literal, row
from campaign_app.ui.widgets.message_edit import MessageEdit

_SAMPLE: Final = 16


class TextField(QWidget):
    """`retry` asks to save again."""

    retry = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._variables: tuple[Variable, ...] = ()
        self.edit = MessageEdit(kit.theme)
        self.edit.setObjectName("body")
        self.edit.setAccessibleName(self.tr("短信正文"))
        self.edit.setPlaceholderText(
            self.tr("在这里写正文。签名会自动加在最前面，末尾请写退订方式，例如“拒收请回复R”。")
        )
        self.insert = QToolButton()
        self.insert.setObjectName("insert_variable")
        self.insert.setProperty("kind", "quiet")
        self.insert.setText(self.tr("插入变量"))
        self.insert.setToolTip(self.tr("发送时换成每位收件人自己的资料"))
        self.insert.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.insert.setMenu(self.menu)
        self.templates = TemplateMenu()
        self.undo = self._tool("undo", self.tr("撤销"), "Ctrl+Z", self.edit.undo)
        self.redo = self._tool("redo", self.tr("重做"), "Ctrl+Y", self.edit.redo)
        self.edit.undoAvailable.connect(self.undo.setEnabled)
        self.edit.redoAvailable.connect(self.redo.setEnabled)
        for tool in (self.undo, self.redo):
            tool.setEnabled(False)
        self.saved = label("", "small", name="body_saved")
        self.again = button(self.tr("重试"), "quiet", name="body_retry", click=self.retry.emit, small=True)
        self.again.hide()
        bar = row(label(self.tr("正文"), "strong"), None, self.saved, self.again, self.insert)
        for tool in (self.templates, self.undo, self.redo):
            bar.addWidget(tool)
        bar.setSpacing(4)
        self.setLayout(column(bar, self.edit, space=1))
        kit.theme.changed.connect(self._draw)
        self._draw()

    def show_variables(self, variables: Sequence[Variable]) -> None:
        if tuple(variables) == self._variables:
            return
        self._variables = tuple(variables)
        self.menu.clear()
        names = {"name": self.tr("姓名"), "province": self.tr("省份"), "city": self.tr("城市")}
        said = {each.name: self._said(each, names.get(each.name, each.name)) for each in self._variables}
        self.edit.show_known(said)
        self.edit.names.show_names([(name, words.replace("\t", "  ")) for name, words in said.items()])
        imported = False
        for variable in self._variables:
            if variable.imported and not imported:
                imported = True
                self.menu.addSection(self.tr("导入的属性"))
            self._add(variable, said[variable.name])

    def show_saved(self, saved: Saved, *, editable: bool) -> None:
        words = {Saved.YES: "", Saved.PENDING: self.tr("正在保存…"), Saved.FAILED: self.tr("未保存")}
        role = "block" if saved is Saved.FAILED else "small"
        self.saved.setText(words[saved] if editable else "")
        self.again.setVisible(editable and saved is Saved.FAILED)
        if self.saved.property("role") != role:
            self.saved.setProperty("role", role)
            self.saved.style().unpolish(self.saved)
            self.saved.style().polish(self.saved)

    def show_editable(self, *, editable: bool) -> None:
        if self.edit.isReadOnly() == editable:
            self.edit.setReadOnly(not editable)
        self.insert.setVisible(editable)

    def _said(self, variable: Variable, name: str) -> str:
        sample = variable.sample if len(variable.sample) <= _SAMPLE else f"{variable.sample[:_SAMPLE]}…"
        words = self.tr("{}，例如 {}").format(name, sample) if sample else name
        return f"{{{variable.name}}}\t{words}"

    def _add(self, variable: Variable, said: str) -> None:
        placeholder = f"{{{variable.name}}}"
        action = self.menu.addAction(literal(said))
        action.triggered.connect(lambda _=False: self.edit.insert(placeholder))

    def _tool(self, name: str, words: str, keys: str, click: object) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"body_{name}")
        made.setAccessibleName(words)
        made.setToolTip(f"{words}  {keys}")
        made.clicked.connect(click)
        return made

    def _draw(self) -> None:
        self.undo.setIcon(self._kit.theme.icon("undo", "text"))
        self.redo.setIcon(self._kit.theme.icon("redo", "text"))
