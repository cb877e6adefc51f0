"""Beginning a look-back, and putting down what is to be done about what it found."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget

from campaign_app.domain.lookback import Group, Task, Wish
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.ask_dialog import AskDialog, day_of
from campaign_app.ui.pages.lookback_columns import reason_of, rules_of
from campaign_app.ui.viewmodels.lookback import LookBackModel
from campaign_app.ui.widgets.basics import column, fit, label, row, show_if
from campaign_app.ui.widgets.name_list import NameList

DAYS = 180
SOON = 14  # days until what is to be done is due, where nobody says otherwise


class StartDialog(AskDialog):
    def __init__(self, kit: Kit, model: LookBackModel, parent: QWidget) -> None:
        super().__init__(kit, model, "lookback_start_dialog", self.tr("开始"), parent)
        self._model = model
        self.setWindowTitle(self.tr("开始回头看"))
        today = model.today()
        self.first = self.day("lookback_first", today - timedelta(days=DAYS))
        self.last = self.day("lookback_last", today)
        self.campaigns = NameList("lookback_campaigns")
        self.campaigns.setFixedHeight(150)
        for number, name in sorted(model.state.names.items(), reverse=True):
            self.campaigns.offer(f"#{number} {name}", number)
        words = self.tr(
            "逐条复查这段时间里交给通道的短信：文字按现在的规则包、签名按现在的报备、同意按平台现在的答复。"
            "只读取已发出的记录，不会改动；在后台进行，可以随时暂停或取消。"
        )
        days = row(self.field(self.tr("从"), self.first), self.field(self.tr("到（含）"), self.last), space=3)
        self.setLayout(
            column(
                label(self.tr("复查已发出的短信"), "heading"),
                label(words, "muted", wrap=True),
                days,
                self.field(self.tr("只看这些活动（不选就看全部）"), self.campaigns),
                self.wrong,
                row(None, self.leave, self.save),
                margin=5,
            )
        )
        fit(self)

    def ask(self) -> None:
        campaigns = tuple(int(str(number)) for number in self.campaigns.ticked())
        self._model.start(day_of(self.first), day_of(self.last), campaigns, self.token)


class TaskDialog(AskDialog):
    """A new task of a `group`, or one that is changed."""

    def __init__(self, kit: Kit, model: LookBackModel, task: Task | None, group: Group | None, parent: QWidget) -> None:
        super().__init__(kit, model, "lookback_task_dialog", self.tr("保存"), parent)
        self._model = model
        self._task, self._group = task, group
        self.setWindowTitle(self.tr("整改"))
        self.what = self._line("lookback_task_what", self.tr("例如：改掉文案里的绝对化用语，重新提交审核"))
        self.owner = self._line("lookback_task_owner", self.tr("例如：王丽"))
        self.note = self._line("lookback_task_note", "")
        self.has_due = QCheckBox(self.tr("期限"))
        self.has_due.setObjectName("lookback_task_has_due")
        self.has_due.setChecked(True)
        self.due = self.day("lookback_task_due", model.today() + timedelta(days=SOON))
        self.due.setAccessibleName(self.tr("期限"))
        self.has_due.toggled.connect(self.due.setEnabled)
        self.done_box = QCheckBox(self.tr("已完成"))
        self.done_box.setObjectName("lookback_task_done")
        note = self.field(self.tr("备注"), self.note)
        self.setLayout(
            column(
                label(self.tr("要整改的事"), "heading"),
                self._about(),
                self.field(self.tr("要做什么"), self.what),
                self.field(self.tr("负责人"), self.owner),
                row(self.has_due, self.due, None),
                note,
                self.done_box,
                self.wrong,
                row(None, self.leave, self.save),
                margin=5,
            )
        )
        for part in (note, self.done_box):
            show_if(part, task is not None)
        if task is not None:
            self._fill(task)
        fit(self)

    def ask(self) -> None:
        due = day_of(self.due) if self.has_due.isChecked() else None
        what, owner = self.what.text().strip(), self.owner.text().strip()
        if self._task is not None:
            done, note = self.done_box.isChecked(), self.note.text().strip()
            self._model.change_task(self._task, self.token, owner=owner, due=due, done=done, note=note)
            return
        of = (0, "", "") if self._group is None else (self._group.campaign_id, self._group.reason, self._group.rules)
        self._model.add_task(Wish(what, owner, due, *of), self.token)

    def _fill(self, task: Task) -> None:
        self.what.setText(task.wish.what)
        self.what.setReadOnly(True)
        self.owner.setText(task.wish.owner)
        self.note.setText(task.note)
        self.done_box.setChecked(task.done)
        self.has_due.setChecked(task.wish.due is not None)
        if task.wish.due is not None:
            self.due.setDate(QDate(task.wish.due.year, task.wish.due.month, task.wish.due.day))

    def _about(self) -> QLabel:
        words, wish = self._kit.words, None if self._task is None else self._task.wish
        of = self._group if wish is None else wish
        if of is None or not of.reason:
            return label(self.tr("每次改动都写入审计记录。"), "muted", wrap=True)
        rules = rules_of(words, of.reason, of.rules)
        about = [self._model.state.name_of(of.campaign_id), reason_of(words, of.reason), rules]
        return label(" · ".join(filter(None, about)), "muted", wrap=True)

    def _line(self, name: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setPlaceholderText(example)
        return made
