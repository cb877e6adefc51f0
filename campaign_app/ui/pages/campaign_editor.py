"""One campaign in the editor: its head, the five steps above, the step that is shown, and the way on below."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QFontMetrics, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.campaigns import LEVELS
from campaign_app.ui.pages.guide_strip import GuideStrip
from campaign_app.ui.pages.steps.step import Step
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import HEADING
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.campaign_steps import STEPS, Mark, marks
from campaign_app.ui.viewmodels.campaigns import CampaignsModel
from campaign_app.ui.widgets import ask
from campaign_app.ui.widgets.actions import action, tip
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.elided import Elided, ElidedEdit
from campaign_app.ui.widgets.page import WIDE
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.reading import enter
from campaign_app.ui.widgets.stepper import Stepper

NAME_LIMIT: Final = 60
LED: Final = frozenset({"audience", "content", "screening"})
WIDEST: Final = 360  # of the name, where the others need the room
FIRST: Final = 100
LEAST: Final = 96  # of what is the matter with it: a … alone says nothing
LOW: Final = 680  # below it the step of sending needs the height of the guide, which says there what the step says


class CampaignEditor(QWidget):
    """Shows `campaigns.current` at `campaigns.step`; steps are built when they are first wanted."""

    def __init__(self, desk: Desk, campaigns: CampaignsModel, model: CampaignModel) -> None:
        super().__init__()
        self.setObjectName("campaign_editor")
        self.setMaximumWidth(WIDE)
        self._desk, self._campaigns, self._model = desk, campaigns, model
        self._steps: dict[str, Step] = {}
        self._names = {
            "audience": self.tr("受众"),
            "content": self.tr("内容"),
            "screening": self.tr("核验"),
            "sending": self.tr("发送"),
            "results": self.tr("结果"),
        }
        self.stepper = Stepper(desk.kit.theme, [(key, self._names[key]) for key in STEPS])
        self.stepper.chosen.connect(self.go)
        self.stack = Panels()
        self.guide = GuideStrip(desk, model, self)
        steps = column(self.stepper, self.guide, space=0)  # close together: the editor needs the room
        self.setLayout(column(self._head(), steps, self.stack, self._foot(), space=3, stretch=2))
        for number, key in enumerate(STEPS, start=1):
            step = f"campaign.step.{number}"
            action(self, step, partial(self._by_keys, key), text=self._names[key])
            self.stepper.buttons[key].setToolTip(tip(self._names[key], step))
        model.changed.connect(self.render_view)
        campaigns.leaving.connect(self.finish)
        self.render_view(model.view)
        self.go(campaigns.step)

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self._steps[self._campaigns.step]

    def shows(self, model: CampaignModel) -> bool:
        return self._model is model

    def go(self, key: str, field: str = "") -> None:
        """Shows a step, with the cursor in `field` if one is named."""
        if self._campaigns.step != key and (former := self._steps.get(self._campaigns.step)) is not None:
            former.left()
        step = self._steps.get(key)
        if step is None:
            step = self._steps[key] = _build(key, self._desk, self._model)
            step.wanted.connect(self.go)
            self.stack.addWidget(step)
        self._campaigns.step = key
        self.stepper.choose(key)
        self.stack.setCurrentWidget(step)
        at = STEPS.index(key)
        self.back.setEnabled(at > 0)
        self.on.setEnabled(at < len(STEPS) - 1)
        self.on.setText(self.tr("下一步：{}").format(self._names[STEPS[at + 1]]) if self.on.isEnabled() else "")
        self.on.setVisible(self.on.isEnabled())
        self._lead(marks(self._model.view))
        self._make_room()
        step.shown()
        if field:
            step.land(field)

    def _by_keys(self, key: str) -> None:
        self.stepper.setFocus()  # else Qt would give it to some part of the next step, as if it had been left there
        self.go(key)
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Work goes on where it was in this step, or where it begins there; while that is being read, at its head."""
        self.stepper.buttons[self._campaigns.step].setFocus()
        begins = self.step.begins()
        if begins is None or begins.isVisible() or self.step.focusWidget() is not None:
            enter(self.step, begins)

    def finish(self) -> None:
        """The editor is about to go: what was only typed so far is handed over."""
        self._rename()
        for step in self._steps.values():
            step.left()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Another page is shown, or the window is about to close: what was typed is not left lying about."""
        super().hideEvent(event)
        self.finish()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        here = self._campaigns.step
        self.guide.spare("sending" if here == "sending" and self.height() < LOW else "")
        step, layout = self._steps.get(here), self.layout()
        if step is not None and layout is not None:
            around = layout.minimumSize().height() - self.stack.minimumSizeHint().height()
            around += self.guide.sizeHint().height() if self.guide.isHidden() else 0
            self.guide.give_way(on=around + step.minimumSizeHint().height() > self.height())

    def render_view(self, view: CampaignView) -> None:
        QTimer.singleShot(0, self, self._make_room)  # once the step has said of this state what it has to say
        campaign = view.campaign
        if not self.name.hasFocus():
            self._show_name(campaign.name)
        self.name.setReadOnly(not view.editable)
        self.name.setToolTip(self.tr("{}：点按即可改名").format(campaign.name) if view.editable else campaign.name)
        words = self._desk.kit.words
        self.state.show_state(words.term("state", campaign.state), LEVELS[campaign.state])
        purpose = words.term("purpose", campaign.purpose)
        self.about.setText(self.tr("{} · {}用途").format(self._campaigns.entity, purpose))
        note = words.term("state_note", campaign.state_note) if campaign.state_note else ""
        self.note.setText(note)
        self.note.setMinimumWidth(min(LEAST, self.note.sizeHint().width()) if note else 0)
        self.note.setVisible(bool(note))
        self.note.setToolTip(words.why("state_note", campaign.state_note))
        self.saved.setText(self._saved_words(view))
        set_property(self.saved, "role", "block" if view.unkept else "small")
        self.again.setVisible(bool(view.unkept))
        known = marks(view)
        for key, mark in known.items():
            self.stepper.buttons[key].show_state(mark.state, self._note(mark, key))
        self._lead(known)

    def _lead(self, known: Mapping[str, Mark]) -> None:
        """The way on stands out where this step is done and has no deed of its own left."""
        here = self._campaigns.step
        led = here in LED and (known[here].state == "done" or known[here].code == "everybody")
        set_property(self.on, "kind", "primary" if led else "")

    def _saved_words(self, view: CampaignView) -> str:
        if view.unsaved:
            return self.tr("正在保存…")
        if view.unkept:
            return self.tr("有改动没有存下来")
        return self.tr("有没填好的条件，未保存") if view.unfinished else self.tr("已保存")

    def _close(self) -> None:
        """What cannot be kept, or could not be: nobody should believe that it is."""
        view, leaves = self._model.view, True
        if view.unkept:
            title, place = self.tr("有改动没有存下来"), "content" if "text" in view.unkept else "audience"
            text = self.tr("现在返回会丢掉没有存下来的改动；留在这里可以点“重试”再存一次。")
            leaves = self._gives_up(place, title, text, yes=self.tr("放弃并返回"))
        elif view.unfinished:
            leaves = self.drops(yes=self.tr("放弃并返回"))
        if leaves:
            self._campaigns.close()

    def drops(self, *, yes: str) -> bool:
        """Asks whether conditions may be lost that are not filled in and cannot be kept; shows them if not."""
        title = self.tr("受众有 %Ln 个条件没填好", "", self._model.view.unfinished)
        text = self.tr("没填好的条件不会保存，受众仍是之前保存的样子。")
        return self._gives_up("audience", title, text, yes=yes)

    def _gives_up(self, place: str, title: str, text: str, *, yes: str) -> bool:
        if ask.confirm(self, title, text, yes=yes, no=self.tr("继续填写"), danger=True):
            return True
        self.go(place)
        return False

    def _head(self) -> QWidget:
        self.close_button = button(self.tr("返回列表"), "quiet", name="editor_close", click=self._close)
        self.name = ElidedEdit()
        self.name.setObjectName("campaign_name")
        self.name.setProperty("role", "name")
        self.name.setAccessibleName(self.tr("活动名称"))
        self.name.setMaxLength(NAME_LIMIT)
        self.name.textChanged.connect(self._fit_name)
        self.name.editingFinished.connect(self._rename)
        self._desk.allow(Permission.BUILD, self.name)
        self.state = Pill(self._desk.kit.theme)
        self.note = Elided("", "warn", "campaign_note")
        self.about = Elided("", "muted", "campaign_about")
        self.saved = label("", "small", name="campaign_saved")
        self.again = button(self.tr("重试"), name="campaign_save_again", click=self._model.again.emit, small=True)
        made = QWidget()
        said = (self.state, self.note, self.about, None, self.saved, self.again)
        parts = row(self.close_button, self.name, *said, space=3)
        parts.setStretchFactor(self.name, FIRST)  # what room is left is the name's, as far as it needs any
        made.setLayout(parts)
        self._desk.kit.theme.changed.connect(self._draw)
        self._draw()
        return made

    def _draw(self) -> None:
        self.close_button.setIcon(self._desk.kit.theme.icon("left", "accent"))

    def _fit_name(self, text: str) -> None:
        font = QFont(self.name.font())
        font.setPixelSize(HEADING)
        font.setWeight(QFont.Weight.DemiBold)
        whole = max(120, QFontMetrics(font).horizontalAdvance(text) + 28)
        self.name.setMinimumWidth(min(WIDEST, whole))
        self.name.setMaximumWidth(whole)

    def _foot(self) -> QWidget:
        self.back = button(self.tr("上一步"), name="step_back", click=lambda: self._move(-1))
        self.on = button("", name="step_on", click=lambda: self._move(1))
        made = QWidget()
        made.setLayout(row(self.back, None, self.on))
        return made

    def _move(self, by: int) -> None:
        self._by_keys(STEPS[STEPS.index(self._campaigns.step) + by])

    def _rename(self) -> None:
        name, known = self.name.text().strip(), self._model.view.campaign.name
        if name and name != known and self._model.view.editable:
            self._model.edit(name=name)
        else:
            self._show_name(known)

    def _show_name(self, name: str) -> None:
        """One that is too long for its place is told by its beginning."""
        if self.name.text() != name:
            self.name.setText(name)
        self.name.setCursorPosition(0)

    def _note(self, mark: Mark, step: str) -> str:
        words = {
            "audience everybody": self.tr("全部客户"),
            "audience conditions": self.tr("%Ln 个条件", "", mark.number),
            "audience unfinished": self.tr("%Ln 个条件没填好", "", mark.number),
            "audience unkept": self.tr("没有存下来"),
            "audience nobody": self.tr("没有人"),
            "audience people": self.tr("{} 人", "", mark.number).format(show.count(mark.number)),
            "content unkept": self.tr("没有存下来"),
            "content empty": self.tr("未填写"),
            "content no_signature": self.tr("未选签名"),
            "content no_text": self.tr("未写正文"),
            "content written": self.tr("已填写"),
            "content blocked": self.tr("有必须修改处"),
            "screening empty": self.tr("未核验"),
            "screening running": self.tr("核验中"),
            "screening void": self.tr("已失效，须重做"),
            "screening failed": self.tr("没有完成"),
            "screening nobody": self.tr("无人可发送"),
            "screening ready": self.tr("{} 人可发送").format(show.count(mark.number)),
            "sending empty": self.tr("未批准"),
            "sending approved": self.tr("待安排时间"),
            "sending scheduled": self.tr("已定时"),
            "sending running": self.tr("发送中"),
            "sending stopped": self.tr("等待处理"),
            "sending cancelling": self.tr("取消中"),
            "sending cancelled": self.tr("已取消"),
            "sending done": self.tr("已完成"),
            "results empty": self.tr("尚无结果"),
            "results complaints": self.tr("%Ln 件投诉", "", mark.number),
            "results submitted": self.tr("已提交 {}").format(show.count(mark.number)),
            "results delivered": self.tr("送达 {}").format(show.count(mark.number)),
        }
        return words[f"{step} {mark.code}"]


def _build(key: str, desk: Desk, model: CampaignModel) -> Step:
    """Steps are imported when they are wanted: opening a campaign loads only the one that is shown."""
    if key == "audience":
        from campaign_app.ui.pages.steps.audience import AudienceStep

        return AudienceStep(desk, model)
    if key == "content":
        from campaign_app.ui.pages.steps.content import ContentStep

        return ContentStep(desk, model)
    if key == "screening":
        from campaign_app.ui.pages.steps.screening import ScreeningStep

        return ScreeningStep(desk, model)
    if key == "sending":
        from campaign_app.ui.pages.steps.sending import SendingStep

        return SendingStep(desk, model)
    from campaign_app.ui.pages.steps.results import ResultsStep

    return ResultsStep(desk, model)
