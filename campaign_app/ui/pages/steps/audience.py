"""Step 受众 of the campaign editor: conditions in words, how many people that is, and a few of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Customer
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.conditions import ConditionsCard, CountCard
from campaign_app.ui.pages.segments import SIDE, Segments
from campaign_app.ui.pages.steps.step import Step
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.audience import LOCKED, AudienceModel, AudienceState
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.widgets.basics import card, clear, column, label, row, show_if
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.todo import Todo, Todos


class AudienceStep(Step):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__(desk, model)
        self.setObjectName("audience_step")
        self.audience = audience_of(desk, model)
        self.notice = Todos(desk.kit.theme, name="audience_notice")
        self.notice.chosen.connect(self._act)
        self.conditions = ConditionsCard(
            desk.kit,
            self.audience,
            self.tr("受众条件"),
            self.tr("没有条件：主体名下已连接店铺的全部客户。加上条件，只选合适的人。"),
            self.tr("这个受众的条件有多层，不能逐条显示；人数照常计算，也照常核验和发送。"),
        )
        main = column(self.notice, self.conditions, None)
        main.setContentsMargins(0, 0, SPACE[3], 0)
        nobody = self.tr("已连接的店铺里没有这个主体的客户，请先连接店铺或同步客户。")
        self.number = CountCard(self.audience, nobody, self.tr("核验之后才知道其中多少人可以发送。"))
        self.segments = Segments(desk, self.audience)
        side = column(self.number, self.segments, self._sample(), None)
        side.setContentsMargins(0, 0, SPACE[2], 0)
        beside = scrolling(side, spoken=self.tr("人数与人群"))
        beside.setFixedWidth(SIDE)
        beside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayout(row(scrolling(main, spoken=self.tr("受众的条件")), beside, space=0, stretch=0))
        self.audience.changed.connect(self.render_audience)
        self.audience.replaced.connect(self._replaced)
        self.audience.taken.connect(self._taken)
        self.render_audience(self.audience.state)
        self.begin()

    def shown(self) -> None:
        self.audience.load()

    def renew(self, kinds: frozenset[str]) -> None:
        if "segment" in kinds:
            self.audience.renew()

    def left(self) -> None:
        self.audience.save()

    def begins(self) -> QWidget:
        return self.conditions.builder.add

    def land(self, field: str) -> None:
        """Whatever is asked for here lies in the conditions: in the first of them, or where one is added."""
        self.conditions.land(unfinished=field == "unfinished")

    def render_view(self, view: CampaignView) -> None:
        line = self._notice_of(view)
        self.notice.show_lines([] if line is None else [line])
        locked = view.campaign.state in LOCKED and not self.audience.state.unlocked
        usable = view.editable and not locked
        self.conditions.allow(usable)
        show_if(self.number.hint, view.campaign.state in (State.DRAFT, State.SCREENING))
        self.segments.setEnabled(usable)

    def render_audience(self, state: AudienceState) -> None:
        self._show_sample(state.sample)
        self.render_view(self._model.view)

    def _sample(self) -> QWidget:
        self.sample = column(space=2)
        self.sample_card = card(label(self.tr("其中几位"), "heading"), self.sample, space=2)
        self._sampled: tuple[Customer, ...] = ()
        self.sample_card.hide()
        return self.sample_card

    def _show_sample(self, sample: tuple[Customer, ...]) -> None:
        self.sample_card.setVisible(bool(sample))
        if sample == self._sampled:
            return
        self._sampled = sample
        clear(self.sample)
        for each in sample:
            phone = each.phone.masked if each.phone is not None else self.tr("无手机号")
            where = " ".join(part for part in (each.province, each.city) if part) or self.tr("地区不明")
            facts = self.tr("{} · {} · %Ln 单", "", each.order_count).format(where, show.money(each.spend_cents))
            self.sample.addLayout(
                column(row(label(each.name or each.ref), None, label(phone, "small")), label(facts, "small"), space=0)
            )

    def _notice_of(self, view: CampaignView) -> Todo | None:
        state = view.campaign.state
        if not view.editable:
            reason = self._reason(state) if not view.open else self._desk.why_not(Permission.BUILD)
            return Todo("", "info", self.tr("受众现在不能改"), reason)
        if state in LOCKED and not self.audience.state.unlocked:
            text = self.tr("改动受众会使核验和批准作废，须重新核验、批准和安排发送。")
            return Todo("unlock", "info", self.tr("活动已批准，受众已锁定"), text, self.tr("修改受众"))
        if state is State.SCREENED:
            return Todo("", "info", self.tr("这个受众已核验"), self.tr("改动受众会使核验作废，须重新核验。"))
        if state is State.DRAFT and view.funnel:
            text = self.tr("受众或内容改过，须重新核验后才能批准。")
            return Todo("screening", "warn", self.tr("上次核验已作废"), text, self.tr("去核验"))
        return None

    def _reason(self, state: State) -> str:
        if state is State.SCREENING:
            return self.tr("正在核验，等核验结束就可以改。")
        if state in (State.DONE, State.CANCELLED):
            return self.tr("活动已结束。要再发一次，请在列表里复制为新草稿。")
        return self.tr("已经开始发送。要发给别的客户，请在列表里复制为新草稿。")

    def _replaced(self, theirs: Filter) -> None:
        audience = self.audience
        self._desk.kit.messages.warn(
            lambda: translate("AudienceStep", "受众刚在另一个窗口改过，现在存下的是这里的条件。"),
            label=lambda: translate("AudienceStep", "用另一个窗口的条件"),
            action=lambda: audience.put(theirs) if isValid(audience) else None,
        )

    def _taken(self, mine: Filter) -> None:
        audience = self.audience
        self._desk.kit.messages.warn(
            lambda: translate("AudienceStep", "受众刚在另一个窗口改过，这里显示的是那边的条件。"),
            label=lambda: translate("AudienceStep", "用我的条件"),
            action=lambda: audience.put(mine) if isValid(audience) else None,
        )

    def _act(self, key: str) -> None:
        if key == "unlock":
            self.audience.unlock()
            self.land("")
        else:
            self.wanted.emit(key, "")


def audience_of(desk: Desk, campaign: CampaignModel) -> AudienceModel:
    """The one of this campaign: what is being typed outlives the widgets."""
    known = campaign.findChild(AudienceModel, "audience_model")
    if isinstance(known, AudienceModel):
        return known
    return AudienceModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
