"""The dialog in which a provider's template becomes the text of a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from campaign_app.compliance.syntaxes import SYNTAXES, BadTemplate
from campaign_app.domain.errors import AppError
from campaign_app.services.provider_templates import Imported, Slot
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.template_slots import CHOICE, SlotRows
from campaign_app.ui.pages.steps.template_words import TemplateWords
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.template_in import TemplateIn, TemplateInState
from campaign_app.ui.widgets.basics import button, column, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.message_edit import Mark, MessageEdit

SIZE: Final = (760, 600)
_QUOTES: Final = "template_other_syntax"
_LINES: Final = (3, 4)


class TemplateInDialog(Dialog):
    """`taken` carries the text that replaces the campaign's."""

    HELP = "campaign.content"

    taken = Signal(str)

    def __init__(self, kit: Kit, model: TemplateIn, *, signature: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("template_in")
        self.setWindowTitle(self.tr("从服务商模板导入"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._kit, self._model, self._signature = kit, model, signature
        model.setParent(self)
        self._words = TemplateWords(kit)
        self.source, self.preview = self._source(), self._preview()
        self.syntax = self._syntax()
        self.slots = SlotRows(self._words, model.state.known)
        self.slots.settled.connect(model.settle)
        self.error = label("", "block", wrap=True, name="template_in_error")
        self.note = label("", "small", wrap=True, name="template_in_note")
        self.warning = label("", "warn", wrap=True, name="template_in_unknown")
        self.take = button(self.tr("替换正文"), "primary", name="template_in_take", click=self._take)
        self.take.setDefault(True)
        self._lay_out()
        model.changed.connect(self.render_state)
        model.opened.connect(self._opened)
        self.render_state(model.state)
        self.source.setFocus()

    def render_state(self, state: TemplateInState) -> None:
        found, error = state.found, state.error
        self._show_syntax(state)
        said = self._kit.words.error(error) if error is not None else ""
        self.error.setText(said)
        show_if(self.error, bool(said))
        set_property(self.source, "invalid", bool(said))
        place = error.at if isinstance(error, BadTemplate) else -1
        known = 0 <= place < len(self.source.text)
        self.source.show_marks([Mark(place, place + _width(error), "block", current=True)] if known else [])
        self._show_slots(found.slots if found is not None else ())
        self.source.show_known([slot.theirs for slot in found.slots] if found is not None else ())
        self.preview.show_text(found.body if found is not None else "")
        show_if(self.preview, found is not None)
        show_if(self.previewed, found is not None)
        self.note.setText(self._about(found))
        show_if(self.note, bool(self.note.text()))
        self.warning.setText(self._unknown(state))
        show_if(self.warning, bool(self.warning.text()))
        self.take.setEnabled(found is not None)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _source(self) -> MessageEdit:
        made = MessageEdit(self._kit.theme, lines=_LINES, uncut=True)
        made.setObjectName("template_in_text")
        made.setAccessibleName(self.tr("服务商的模板"))
        made.setPlaceholderText(
            self.tr("把服务商控制台里的模板粘贴到这里，例如“尊敬的{1}，您有{2}积分即将到期。拒收请回复R”。")
        )
        made.replaced.connect(self._model.begin)
        made.typed.connect(self._model.set_text)
        made.trimmed.connect(lambda left_out, _: self._model.cut() if left_out else None)
        return made

    def _preview(self) -> MessageEdit:
        made = MessageEdit(self._kit.theme, lines=_LINES)
        made.setObjectName("template_in_result")
        made.setAccessibleName(self.tr("导入后的正文"))
        made.setReadOnly(True)
        made.setProperty("shown", True)
        made.show_known([variable.name for variable in self._model.state.known])
        return made

    def _syntax(self) -> QComboBox:
        made = QComboBox()
        made.setObjectName("template_in_syntax")
        made.setAccessibleName(self.tr("变量写法"))
        made.setMinimumWidth(CHOICE)
        made.addItem("", "")
        for notation in SYNTAXES:
            made.addItem(self._words.notation(notation), notation)
        made.activated.connect(lambda at: self._model.set_notation(made.itemData(at)))
        return made

    def _lay_out(self) -> None:
        open_file = button(self.tr("打开文本文件…"), "quiet", name="template_in_open", click=self._ask_file)
        leave = button(self.tr("取消"), name="template_in_leave", click=self.reject)
        syntax = label(self.tr("变量写法"), "strong")
        syntax.setBuddy(self.syntax)
        self.mapped = label(self.tr("变量对应"), "strong")
        self.previewed = label(self.tr("导入后的正文"), "strong")
        told = label(self.tr("替换后可以撤销（Ctrl+Z）。"), "small")
        self.setLayout(
            column(
                label(self.tr("从服务商模板导入"), "heading"),
                row(label(self.tr("服务商的模板"), "strong"), None, open_file),
                self.source,
                self.error,
                row(syntax, self.syntax, None, space=3),
                self.mapped,
                self.slots,
                self.previewed,
                self.preview,
                self.note,
                self.warning,
                None,
                row(told, None, leave, self.take),
                margin=5,
                space=2,
            )
        )

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _show_syntax(self, state: TemplateInState) -> None:
        guessed = "" if state.notation else state.guessed
        words = self.tr("自动识别：{}").format(self._words.notation(guessed)) if guessed else self.tr("自动识别")
        with QSignalBlocker(self.syntax):
            self.syntax.setItemText(0, words)
            self.syntax.setCurrentIndex(max(0, self.syntax.findData(state.notation)))

    def _show_slots(self, slots: tuple[Slot, ...]) -> None:
        self.slots.show_slots(slots)
        show_if(self.mapped, bool(slots))
        show_if(self.slots, bool(slots))

    def _about(self, found: Imported | None) -> str:
        if found is None or not found.signature:
            return ""
        if not self._signature or found.signature == self._signature:
            return self.tr("开头的【{}】没有放进正文：签名会自动加在最前面。").format(found.signature)
        words = self.tr("开头的【{}】没有放进正文。这个活动的签名是【{}】，要换请在“签名”里选择。")
        return words.format(found.signature, self._signature)

    def _unknown(self, state: TemplateInState) -> str:
        if not state.unknown:
            return ""
        names = self.tr("、").join(f"{{{name}}}" for name in state.unknown)
        return self.tr("客户资料里没有 {}：可以先导入，但对应好之前不能发送。").format(names)

    # --- gestures ----------------------------------------------------------------------------------------------------

    def _ask_file(self) -> None:
        kinds = self.tr("文本文件 (*.txt);;所有文件 (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("选择模板文件"), "", kinds)
        if path:
            self._model.open(Path(path))

    def _opened(self, text: str) -> None:
        """As if it were pasted over what is there."""
        self.source.replace_all(text)
        self.source.setFocus()

    def _take(self) -> None:
        if self._model.state.found is not None:
            self.taken.emit(self._model.state.found.body)
            self.accept()


def _width(error: AppError | None) -> int:
    """Of what is marked: the words that the error names, where it names those that stand there."""
    return max(1, len(str(error.facts["what"]))) if error is not None and error.code == _QUOTES else 1
