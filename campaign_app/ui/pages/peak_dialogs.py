"""Writing a plan for a peak, giving one's word on an item of it, and pausing everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QRadioButton, QWidget

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.errors import AppError
from campaign_app.domain.peak import Duty, Plan, Wish
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import use_mine
from campaign_app.ui.pages.ask_dialog import AskDialog, day_of
from campaign_app.ui.viewmodels.peaks import PeaksModel
from campaign_app.ui.widgets.basics import column, fit, label, row
from campaign_app.ui.widgets.checklist import Item
from campaign_app.ui.widgets.name_list import NameList

HELP = "compliance.peaks"
ENTITIES = 110  # pixels: three of them


class PlanDialog(AskDialog):
    """A new plan, or one that is changed."""

    HELP = HELP

    def __init__(self, kit: Kit, model: PeaksModel, plan: Plan | None, parent: QWidget) -> None:
        super().__init__(kit, model, "peak_plan_dialog", self.tr("保存"), parent)
        self._model, self._plan = model, plan
        self._told = False  # that another window changed it meanwhile
        self.setWindowTitle(self.tr("大促预案"))
        today = model.today()
        wish = Wish("", today, today + timedelta(days=1)) if plan is None else plan.wish
        self.name = QLineEdit(wish.name)
        self.name.setObjectName("peak_name")
        self.name.setPlaceholderText(self.tr("例如：双十一、618"))
        self.first, self.last = self.day("peak_first", wish.first), self.day("peak_last", wish.last)
        self.entities = self._entities(wish)
        self.duty = QPlainTextEdit("\n".join(written(each) for each in wish.duty))
        self.duty.setObjectName("peak_duty")
        self.duty.setTabChangesFocus(True)
        self.duty.setFixedHeight(92)
        self.duty.setPlaceholderText(self.tr("每人一行，例如：\n王丽，总值班 09:00–22:00\n李强，客服和投诉"))
        days = row(self.field(self.tr("第一天"), self.first), self.field(self.tr("最后一天（含）"), self.last), space=3)
        self.setLayout(
            column(
                label(self.tr("大促预案"), "heading"),
                self.field(self.tr("名称"), self.name),
                days,
                self.field(self.tr("只管这些主体（不选就管全部）"), self.entities),
                self.field(self.tr("谁值班（姓名，角色和时段；不要写电话）"), self.duty),
                self.wrong,
                row(None, self.leave, self.save),
                margin=5,
            )
        )
        fit(self)
        self.name.setFocus()

    def ask(self) -> None:
        uscc = tuple(map(str, self.entities.ticked()))
        duty = tuple(Duty.read(line) for line in self.duty.toPlainText().splitlines() if line.strip())
        wish = Wish(self.name.text().strip(), day_of(self.first), day_of(self.last), uscc, duty)
        if self._plan is None:
            self._model.add(wish, self.token)
        else:
            now = self._model.state.plan(self._plan.id) if self._told else None
            self._model.change(now or self._plan, wish, self.token)

    def refuse(self, error: AppError) -> None:
        self._told = error.code == OVERTAKEN
        self.save.setText(use_mine() if self._told else self.tr("保存"))

    def _entities(self, wish: Wish) -> NameList:
        made = NameList("peak_entities")
        made.setFixedHeight(ENTITIES)
        for entity in self._model.state.entities:
            made.offer(entity.name, entity.uscc, on=entity.uscc in wish.entities)
        return made


class WordDialog(AskDialog):
    """Whose word it is, and how they know."""

    HELP = HELP

    def __init__(self, kit: Kit, model: PeaksModel, plan: Plan, item: Item, parent: QWidget) -> None:
        super().__init__(kit, model, "peak_word_dialog", self.tr("确认"), parent)
        self._model, self._plan, self._item = model, plan, item
        self.setWindowTitle(self.tr("确认：{}").format(item.title))
        self.name, self.note = QLineEdit(model.login), QLineEdit()
        self.name.setObjectName("peak_word_name")
        self.note.setObjectName("peak_word_note")
        self.note.setPlaceholderText(self.tr("例如：已和通道经理电话核对"))
        self.setLayout(
            column(
                label(item.title, "heading"),
                label(item.text, "muted", wrap=True),
                self.field(self.tr("谁确认"), self.name),
                self.field(self.tr("怎么核实的（可不填）"), self.note),
                label(self.tr("姓名和时间会留在预案里，确认也写入审计记录。"), "small", wrap=True),
                self.wrong,
                row(None, self.leave, self.save),
                margin=5,
            )
        )
        fit(self)
        self.name.setFocus()

    def ask(self) -> None:
        self._model.confirm(self._plan, self._item.key, self.name.text().strip(), self.note.text().strip(), self.token)


class PauseDialog(AskDialog):
    """Names every campaign that will be paused; Enter leaves things as they are."""

    HELP = HELP

    def __init__(
        self, kit: Kit, model: PeaksModel, plan: Plan, campaigns: Sequence[Campaign], parent: QWidget, *, drill: bool
    ) -> None:
        super().__init__(kit, model, "peak_pause_dialog", self.tr("全部暂停"), parent)
        self._model, self._plan = model, plan
        self.setWindowTitle(self.tr("全部暂停"))
        self.save.setProperty("kind", "danger")
        self.save.setDefault(False)
        self.leave.setDefault(True)
        self.drill, self.real = QRadioButton(self.tr("演练")), QRadioButton(self.tr("真的要停"))
        self.drill.setObjectName("peak_drill")
        self.real.setObjectName("peak_real")
        (self.drill if drill else self.real).setChecked(True)
        words = self.tr(
            "演练也是真的暂停，没有别的办法知道停下要多久：正在交出的一批会有结果，之后一条也不发。"
            "停下之后，可以把这次暂停、还没过发送时段的活动一起恢复。"
        )
        self.setLayout(
            column(
                label(self.tr("暂停“{}”的所有活动").format(plan.wish.name), "heading", wrap=True),
                label(words, "muted", wrap=True),
                row(self.drill, self.real, None, space=4),
                self.field(self.tr("会暂停这些活动"), self._list(campaigns))
                if campaigns
                else label(self.tr("现在没有已安排或发送中的活动：不会暂停什么，也量不出什么。"), "warn", wrap=True),
                self.wrong,
                row(None, self.save, self.leave),
                margin=5,
            )
        )
        fit(self)
        self.leave.setFocus()

    def ask(self) -> None:
        self.save.setEnabled(False)  # once is enough
        self._model.pause_all(self._plan, self.token, drill=self.drill.isChecked())

    def _list(self, campaigns: Sequence[Campaign]) -> NameList:
        made = NameList("peak_paused_names")
        made.setFixedHeight(min(200, 34 * len(campaigns) + 8))
        for campaign in campaigns:
            state = self._kit.words.term("state", campaign.state)
            made.add(self.tr("{name} · {state}").format(name=campaign.name, state=state))
        return made


def written(duty: Duty) -> str:
    return f"{duty.name}，{duty.when}" if duty.when else duty.name
