"""The evidence of one customer: who it is, what suppresses, and every answer the platform gave, newest first."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from campaign_app.domain.consent import LIFTABLE, ConsentFact, ConsentStatus, Suppression
from campaign_app.domain.team import Permission
from campaign_app.services.people import Person
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.customers_cells import LEVELS, CustomerCells, status_of
from campaign_app.ui.pages.lift_dialog import LiftQuestion
from campaign_app.ui.pages.person_requests import PersonRequests, requests_of
from campaign_app.ui.viewmodels.customers import CustomersModel, CustomersState
from campaign_app.ui.widgets.basics import button, column, divider, frame, label, row, show_if
from campaign_app.ui.widgets.drawer import Drawer
from campaign_app.ui.widgets.facts import Facts, Line, plain
from campaign_app.ui.widgets.pill import Pill

SHOWN: Final = 5
_WHY: Final = {
    ConsentStatus.DEFAULT: "default_consent",
    ConsentStatus.EXPIRED: "expired",
    ConsentStatus.WITHDRAWN: "withdrawn",
    ConsentStatus.DECLINED: "declined",
    ConsentStatus.PENDING: "pending",
    ConsentStatus.UNKNOWN: "unknown",
    ConsentStatus.NO_RECORD: "no_record",
}
_WHY_MARK: Final = {
    "complaint": "suppressed_complaint",
    "opt_out": "suppressed_opt_out",
    "minor": "minor",
    "withdrawn": "withdrawn",
}


class CustomerDrawer(Drawer):
    def __init__(self, desk: Desk, model: CustomersModel, cells: CustomerCells) -> None:
        super().__init__(desk.kit.theme, "customer_drawer", "")
        for part in (self, self.area):
            part.setAccessibleName(self.tr("客户的证据"))
        self._desk, self._model, self._cells = desk, model, cells
        self._requests = requests_of(desk, model)
        self._shown: Person | None = None
        self._limit = SHOWN
        self.copy = QToolButton()
        self.copy.setObjectName("customer_copy")
        self.copy.setAccessibleName(self.tr("复制详情"))
        self.copy.setToolTip(self.tr("复制详情（手机号仍然遮盖）"))
        self.copy.clicked.connect(lambda _=False: self._copy())
        self.tools.addWidget(self.copy)
        self.closed.connect(model.close)
        desk.kit.theme.changed.connect(self._draw_copy)
        model.changed.connect(self.render_state)
        self._requests.erased.connect(self._erased)
        self._draw_copy()
        self.render_state(model.state)

    def render_state(self, state: CustomersState) -> None:
        show_if(self, state.opened is not None)
        if state.person is None or state.person == self._shown:
            return
        if self._shown is None or self._shown.row.id != state.person.row.id:
            self._limit = SHOWN
            self.area.verticalScrollBar().setValue(0)
        self._shown = state.person
        self._fill(state.person)

    def ask(self) -> None:
        """What this person may ask for."""
        if self._shown is not None:
            PersonRequests(self._desk, self._requests, self._shown, self.window()).open()

    def lift(self) -> None:
        if self._shown is not None:
            LiftQuestion(self._desk.kit, self._requests, self._shown, self.window()).open()

    def _erased(self, customer_id: int) -> None:
        if self._model.state.opened == customer_id:
            self.closed.emit()

    def _fill(self, person: Person) -> None:
        self.title.setText(person.row.name or person.row.ref)
        self.subtitle.setText(f"{person.row.shop} · {person.row.ref}")
        self.empty()
        if person.restricted_at is not None:
            self.add(row(Pill(self._theme, self.tr("已限制处理"), "block"), None))
        self.add(Facts(self._theme, self._who(person)))
        self.add(row(button(self.tr("个人信息请求…"), name="customer_requests", click=self.ask), None))
        self._section(self.tr("拒收"), len(person.row.suppressions))
        if not person.row.suppressions:
            self.add(label(self.tr("没有拒收记录。"), "muted"))
        for mark in person.row.suppressions:
            self.add(self._mark(mark))
        if any(mark.kind in LIFTABLE for mark in person.row.suppressions):
            lift = button(self.tr("解除退订…"), "quiet", name="customer_lift", click=self.lift)
            self._desk.allow(Permission.LIFT, lift)
            self.add(row(lift, None))
        self._section(self.tr("同意记录"), len(person.facts))
        self.add(self._hint())
        if not person.facts:
            self.add(label(self.tr("还没有向平台查询过此人的同意；核验活动时会查询。"), "muted", wrap=True))
        for _, fact in person.facts[: self._limit]:
            self.add(self._fact(fact, person))
        earlier = len(person.facts) - self._limit
        if earlier > 0:
            words = self.tr("显示更早的 {count} 条").format(count=show.count(earlier))
            self.add(row(button(words, "quiet", name="customer_earlier", click=self._earlier), None))
        self._section(self.tr("资料"), 0)
        self.add(Facts(self._theme, self._profile(person)))
        self.body.addStretch(1)

    def _unread(self, person: Person) -> str:
        return self.tr("平台密文，只有平台能解读") if person.row.sealed else self.tr("平台没有提供")

    def _who(self, person: Person) -> list[Line]:
        found = [
            Line(self.tr("手机号"), person.row.phone or self._unread(person)),
            Line(self.tr("店铺主体"), person.entity_name),
        ]
        if person.restricted_at is not None:
            told = self.tr("{} 起只存储，不作他用，不再发送").format(show.moment(person.restricted_at))
            found.append(Line(self.tr("限制处理"), told))
        return found

    def _profile(self, person: Person) -> list[Line]:
        who = person.row
        found = [
            Line(self.tr("省份城市"), " ".join(each for each in (who.province, who.city) if each) or "–"),
            Line(self.tr("累计消费"), show.money(who.spend_cents)),
            Line(self.tr("订单数"), show.count(person.order_count)),
            Line(self.tr("最近下单"), show.day(who.last_order_at)),
        ]
        if person.tags:
            found.append(Line(self.tr("标签"), self.tr("、").join(person.tags)))
        return found + [Line(key, value) for key, value in sorted(person.attributes.items())]

    def _hint(self) -> QWidget:
        words = self.tr(
            "能否发送由每个活动的核验决定：同意须明确、有效，且渠道、用途、主体都相符；拒收优先于一切同意。"
        )
        return label(words, "small", wrap=True)

    def _section(self, title: str, count: int) -> None:
        self.add(divider())
        self.add(row(label(title, "strong"), label(show.count(count) if count else "", "small"), None))

    def _mark(self, mark: Suppression) -> QFrame:
        words = self._desk.kit.words
        pill = Pill(self._theme, words.term("suppression", mark.kind.value), "block")
        told = [
            Line(self.tr("自"), show.moment(mark.since)),
            Line(self.tr("来自"), words.term("suppression_source", mark.source)),
            *([Line(self.tr("备注"), mark.note)] if mark.note else []),
        ]
        why = label(self._why_mark(mark), "small", wrap=True)
        return frame("well", column(row(pill, None), Facts(self._theme, told), why, space=2, margin=3))

    def _why_mark(self, mark: Suppression) -> str:
        """The platform said nothing of what a person asked for here."""
        if mark.source == "restricted":
            return self.tr("除存储外不再处理；须本人重新同意，并由复核人解除。")
        if mark.source == "erased":
            return self.tr("资料已删除，不再发送；须本人重新同意，并由复核人解除。")
        return self._desk.kit.words.why("reason", _WHY_MARK[mark.kind.value])

    def _fact(self, fact: ConsentFact, person: Person) -> QFrame:
        words, status = self._desk.kit.words, status_of(fact, self._desk.app.clock())
        pill = Pill(self._theme, words.term("consent_status", status.value), LEVELS[status])
        at = label(show.moment(fact.checked_at or fact.observed_at), "small")
        head = row(pill, None)
        parts = column(head, at, space=2, margin=3)
        if fact.evidence is not None and fact.evidence.simulated:
            head.insertWidget(1, Pill(self._theme, self.tr("模拟"), "info"))
        parts.addWidget(label(self._why(status), "small", wrap=True))
        parts.addWidget(Facts(self._theme, self._details(fact, person)))
        return frame("well", parts)

    def _why(self, status: ConsentStatus) -> str:
        if status is ConsentStatus.CONFIRMED:
            return self.tr("平台确认此人同意。")
        return self._desk.kit.words.why("reason", _WHY[status])

    def _details(self, fact: ConsentFact, person: Person) -> list[Line]:
        words, proof = self._desk.kit.words, fact.evidence
        purposes = self.tr("、").join(words.term("purpose", each) for each in sorted(fact.purposes))
        found = [
            Line(self.tr("方式"), words.term("consent_method", fact.method.value)),
            Line(self.tr("渠道"), words.term("channel", fact.channel.value)),
            Line(self.tr("用途"), purposes or "–"),
            Line(self.tr("主体"), self._entity(fact.entity_uscc, person)),
            Line(self.tr("取得"), show.moment(fact.obtained_at)),
            Line(self.tr("到期"), show.moment(fact.expires_at) if fact.expires_at else self.tr("未约定")),
        ]
        if fact.withdrawn_at is not None:
            found.append(Line(self.tr("撤回"), show.moment(fact.withdrawn_at)))
        if fact.max_per_month is not None:
            found.append(Line(self.tr("约定频次"), self.tr("每月 {count} 条").format(count=fact.max_per_month)))
        found += [
            Line(self.tr("平台核对"), show.moment(fact.checked_at, seconds=True)),
            Line(self.tr("本机收到"), show.moment(fact.observed_at, seconds=True)),
        ]
        if proof is None:
            found.append(Line(self.tr("凭据"), self.tr("没有可验证的凭据")))
        else:
            found += [
                Line(self.tr("出具方"), _named(proof.issuer_uscc, person)),
                Line(self.tr("凭据编号"), proof.receipt_id),
                Line(self.tr("查询接口"), " ".join((proof.platform, proof.api_version, proof.api_method)).strip()),
            ]
        if fact.note:
            found.append(Line(self.tr("说明"), words.term("fact_note", fact.note)))
        return found

    def _entity(self, uscc: str, person: Person) -> str:
        named = _named(uscc, person)
        own = uscc in {"", person.account.entity_uscc}
        return named if own else named + "\n" + self.tr("不是本店铺的主体")

    def _earlier(self) -> None:
        self._limit += SHOWN * 2
        if self._shown is not None:
            self._fill(self._shown)

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self.text(self._shown))
            self._desk.kit.messages.done(lambda: translate("CustomerDrawer", "已复制，手机号仍然遮盖。"))

    def text(self, person: Person) -> str:
        """All of it as plain text, numbers masked."""
        words = self._desk.kit.words
        parts = [
            f"{person.row.name} · {person.row.shop} · {person.row.ref}",
            plain(self._who(person) + self._profile(person)),
        ]
        parts.append(self.tr("拒收") + "\n" + "\n".join(self._cells.mark(mark) for mark in person.row.suppressions))
        for _, fact in person.facts:
            status = status_of(fact, self._desk.app.clock())
            simulated = fact.evidence is not None and fact.evidence.simulated
            mark = " (" + self.tr("模拟") + ")" if simulated else ""
            parts.append(words.term("consent_status", status.value) + mark + "\n" + plain(self._details(fact, person)))
        return "\n\n".join(parts)

    def _draw_copy(self) -> None:
        self.copy.setIcon(self._theme.icon("copy"))


def _named(uscc: str, person: Person) -> str:
    if not uscc:
        return "–"
    name = person.names.get(uscc, "")
    return f"{name}\n{uscc}" if name else uscc


def focus_inside(drawer: QWidget) -> bool:
    focus = QGuiApplication.focusObject()
    return isinstance(focus, QWidget) and (focus is drawer or drawer.isAncestorOf(focus))
