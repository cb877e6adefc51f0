"""The import of a file in five steps; nothing is changed before the fourth, and the last can take it back."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from campaign_app.domain.customer import Account
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.import_wizard_file import FileStep
from campaign_app.ui.pages.import_wizard_preview import PreviewStep
from campaign_app.ui.pages.import_wizard_result import ApplyingStep, DoneStep, TrialStep
from campaign_app.ui.pages.import_words import ImportWords
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.importing import ImportModel, ImportState, Step
from campaign_app.ui.widgets.basics import button, column, divider, frame, label, row
from campaign_app.ui.widgets.dialog import Dialog

STEPS: Final[tuple[Step, ...]] = ("file", "preview", "trial", "applying", "done")
SIZE: Final = QSize(1_160, 760)
Shown = FileStep | PreviewStep | TrialStep | ApplyingStep | DoneStep
S = TypeVar("S", bound=QWidget)


class ImportWizard(Dialog):
    """Each step is built when it is first shown: all at once would hold the window up."""

    HELP = "customers.import"

    def __init__(self, desk: Desk, model: ImportModel, shops: tuple[Account, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("import_wizard")
        self.setWindowTitle(self.tr("导入文件"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(SIZE.boundedTo(parent.window().size() - QSize(48, 32)))
        self._desk, self._model = desk, model
        self._kit, self._folder = desk.kit, _first_folder(desk)
        self._words = ImportWords(lambda: desk.kit.words, self)
        self.stack = QStackedWidget()
        self.file = self._add(FileStep(self._kit, model, shops, self._folder))
        self._shown = ""
        self._trail = self._make_trail()
        self.error = label("", "block", name="import_error", wrap=True)
        self.error_frame = frame("well", column(self.error, margin=3), name="import_error_frame")
        self.back = button(self.tr("上一步"), name="import_back", click=model.back)
        self.leave = button(self.tr("关闭"), "quiet", name="import_close", click=self.close)
        self.next = button("", "primary", name="import_next", click=self._next)
        foot = row(self.leave, None, self.back, self.next)
        body = column(self.error_frame, self.stack, space=3, stretch=1)
        body.setContentsMargins(SPACE[5], SPACE[3], SPACE[5], SPACE[3])
        foot.setContentsMargins(SPACE[4], SPACE[3], SPACE[5], SPACE[4])
        trail = row(*self._trail, None, space=2)
        trail.setContentsMargins(SPACE[5], SPACE[4], SPACE[5], SPACE[3])
        self.setLayout(column(trail, divider(), body, divider(), foot, space=0, stretch=2))
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    @cached_property
    def preview(self) -> PreviewStep:
        return self._add(PreviewStep(self._kit, self._model, self._words))

    @cached_property
    def trial(self) -> TrialStep:
        return self._add(TrialStep(self._kit, self._model, self._words))

    @cached_property
    def applying(self) -> ApplyingStep:
        return self._add(ApplyingStep(self._kit, self._model))

    @cached_property
    def done_step(self) -> DoneStep:
        return self._add(DoneStep(self._kit, self._model, self._words, self._folder))

    def done(self, result: int) -> None:
        """However it is closed: what only reads is ended; an import that has begun goes on in the worker."""
        self._model.stop_reading()
        super().done(result)

    def render_state(self, state: ImportState) -> None:
        at, held = STEPS.index(state.step), self.focusWidget()
        shown = self._step(state.step)
        shown.render_state(state)
        self.stack.setCurrentWidget(shown)
        self._show_trail(at)
        self._show_error(state)
        self._show_next(state)
        self.back.setVisible(state.step in {"preview", "trial"})
        self.leave.setVisible(at < STEPS.index("applying"))  # from there on the button beside it closes, too
        self.leave.setText(self.tr("放弃") if state.path else self.tr("关闭"))
        title = self.tr("导入文件")
        self.setWindowTitle(self.tr("{} · {}").format(title, Path(state.path).name) if state.path else title)
        if self._shown != state.step or not self._is_seen(held):
            self._shown = state.step
            self._goes_on().setFocus()  # what had it may be gone, such as the bar's 停止; Qt would give it to 放弃

    def _add(self, step: S) -> S:
        self.stack.addWidget(step)
        return step

    def _step(self, step: Step) -> Shown:
        match step:
            case "file":
                return self.file
            case "preview":
                return self.preview
            case "trial":
                return self.trial
            case "applying":
                return self.applying
            case "done":
                return self.done_step

    def _show_next(self, state: ImportState) -> None:
        trial = state.trial
        importable = trial.rows - sum(trial.refused.values()) if trial is not None else 0
        words = {
            "file": self.tr("下一步"),
            "preview": self.tr("试运行"),
            "trial": self.tr("导入 {count} 行", "", importable).format(count=show.count(importable))
            if trial
            else self.tr("导入"),
            "applying": self.tr("在后台继续"),
            "done": self.tr("完成"),
        }
        ready = {
            "file": state.preview is not None,
            "preview": state.preview is not None,
            "trial": importable > 0,
        }
        self.next.setText(words[state.step])
        stuck = state.error is not None and state.step in {"file", "preview", "trial"}
        self.next.setEnabled(ready.get(state.step, True) and not state.busy and not stuck)
        self.next.setDefault(True)

    def _goes_on(self) -> QWidget:
        """Where the keyboard is to be: on what goes on, else on what stops, else on what leads out."""
        shown = self._step(self._model.state.step)
        stops = shown.stop if isinstance(shown, TrialStep | ApplyingStep) else None
        ways = (self.next, shown.focusProxy(), stops, self.back, self.leave)
        return next((each for each in ways if each is not None and self._is_seen(each)), shown)

    def _is_seen(self, part: QWidget | None) -> bool:
        """Whether it takes keys, and somebody sees that it has them."""
        if part is None or not part.isEnabled() or not part.isVisibleTo(self):
            return False
        return part.focusPolicy() != Qt.FocusPolicy.NoFocus

    def _next(self) -> None:
        step = self._model.state.step
        if step == "file":
            self._model.to_preview()
        elif step == "preview":
            self._model.try_out()
        elif step == "trial":
            self._model.apply()
        else:
            self.close()

    def _show_error(self, state: ImportState) -> None:
        seen = state.error is not None and state.step != "done"
        self.error_frame.setVisible(seen)
        if state.error is not None:
            self.error.setText(self._desk.kit.words.error(state.error))

    def _make_trail(self) -> list[QLabel]:
        words = (self.tr("选择文件"), self.tr("预览"), self.tr("试运行"), self.tr("导入"), self.tr("结果"))
        return [
            label(f"{number}  {word}", "step", name=f"import_step_{number}") for number, word in enumerate(words, 1)
        ]

    def _show_trail(self, at: int) -> None:
        for number, each in enumerate(self._trail):
            set_property(each, "here", number == at)
            set_property(each, "past", number < at)


def _first_folder(desk: Desk) -> Path:
    """Where the file dialog begins; the demo's own sample lies in its folder."""
    return desk.session.plan.folder if desk.session.plan.demo else Path.home()
