"""One signature: what it may carry, how providers show it, what is noted of it, where it is used, what changed."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLayout, QVBoxLayout, QWidget

from campaign_app.compliance.segments import Segments
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.signature import Signature, SignatureReport
from campaign_app.domain.team import Permission
from campaign_app.services.filings import PURPOSES, Filing, Rendering
from campaign_app.services.window import BEIJING
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.campaigns import LEVELS
from campaign_app.ui.pages.signature_record import RecordForm
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.filings import FilingsModel, FilingsState
from campaign_app.ui.widgets.basics import button, clear, column, divider, frame, label, row, show_if
from campaign_app.ui.widgets.drawer import WIDTH, Drawer
from campaign_app.ui.widgets.facts import Facts, Line
from campaign_app.ui.widgets.phone import Bubble
from campaign_app.ui.widgets.pill import Pill

CAMPAIGNS: Final = 5


class SignatureDrawer(Drawer):
    """Its form and its preview stay while what is around them is drawn anew: nobody loses the field they type in.

    `restated` asks to change what the merchant states of a signature.
    """

    restated = Signal(object)  # Filing

    def __init__(self, desk: Desk, model: FilingsModel) -> None:
        super().__init__(desk.kit.theme, "signature_drawer", "")
        for part in (self, self.area):
            part.setAccessibleName(self.tr("签名的详情"))
        self._desk, self._model = desk, model
        self._shown: Filing | None = None
        self.form = RecordForm(desk.kit, model, lambda: desk.app.clock().astimezone(BEIJING).date())
        desk.allow(Permission.VOUCH, self.form)
        self.preview = Preview(desk, model)
        self._above, self._below = column(space=3), column(space=3)
        self.add(self._above)
        self._section(self.body, self.tr("登记"))
        self.add(self.form)
        self._section(self.body, self.tr("手机上的样子"))
        self.add(self.preview)
        self.add(self._below)
        self.body.addStretch(1)
        self.closed.connect(model.close)
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def render_state(self, state: FilingsState) -> None:
        filing = state.filing
        show_if(self, filing is not None)
        self.form.render_state(state)
        self.preview.render_state(state)
        if filing is None or filing == self._shown:
            return
        if self._shown is None or self._shown.signature.text != filing.signature.text:
            self.area.verticalScrollBar().setValue(0)
        self._shown = filing
        self.title.setText(f"【{filing.signature.text}】")
        self.subtitle.setText(filing.entity.name)
        for layout, fill in ((self._above, self._fill_above), (self._below, self._fill_below)):
            clear(layout)
            fill(layout, filing)

    def _fill_above(self, to: QVBoxLayout, filing: Filing) -> None:
        words = self._desk.kit.words
        pills = [
            Pill(self._theme, words.term("signature_problem", filing.problem), "block")
            if filing.problem
            else Pill(self._theme, self.tr("可用"), "ok"),
            *(Pill(self._theme, words.term("signature_warning", each), "warn") for each in filing.warnings),
        ]
        _put(to, row(*pills, None))
        if filing.problem:
            _put(to, _wrapped(words.why("signature_problem", filing.problem), "small"))
        for purpose in PURPOSES:
            _put(to, self._purpose(filing, purpose))
        _put(to, _wrapped(self._widening(filing), "small"))
        self._section(to, self.tr("报备情况"))
        _put(to, Facts(self._theme, self._filed(filing)))
        if filing.own is not None:
            self._own(to, filing, filing.own)

    def _own(self, to: QVBoxLayout, filing: Filing, own: OwnFiling) -> None:
        told = (
            self.tr("自行登记于 {day}，没有服务商确认。")
            if filing.signature.stated
            else self.tr("自行登记于 {day}；服务商报告了这个签名，以服务商的为准。")
        )
        again = button(
            self.tr("修改登记…"), "quiet", name="own_signature_change", small=True,
            click=lambda: self.restated.emit(filing),
        )  # fmt: skip
        self._desk.allow(Permission.VOUCH, again)
        _put(to, _wrapped(told.format(day=show.day(own.stated_at)), "small"))
        _put(to, row(again, None))

    def _purpose(self, filing: Filing, purpose: str) -> QLayout:
        name = self._desk.kit.words.term("purpose", purpose)
        if filing.carries(purpose):
            return row(label(name), None, Pill(self._theme, self.tr("可以使用"), "ok"))
        told = self.tr("未报备此用途") if purpose not in filing.signature.scopes else self.tr("现在不能用")
        return row(label(name, "muted"), None, Pill(self._theme, told, "muted"))

    def _widening(self, filing: Filing) -> str:
        words = self._desk.kit.words
        missing = [words.term("purpose", each) for each in PURPOSES if each not in filing.signature.scopes]
        if not missing or not filing.signature.scopes:
            return self.tr("换一个主体使用，就是扩大使用，不会放行。")
        return self.tr("用于{purposes}，或换一个主体使用，就是扩大使用，不会放行：请先在平台申请，报备后再用。").format(
            purposes=self.tr("、").join(missing)
        )

    def _filed(self, filing: Filing) -> list[Line]:
        words, signature = self._desk.kit.words, filing.signature
        own = signature.owner_uscc == filing.entity.uscc
        filed = filing_word(signature)
        until = signature.valid_until
        return [
            Line(self.tr("归属主体"), filing.entity.name if own else signature.owner_name or "–"),
            Line(self.tr("信用代码"), signature.owner_uscc or "–"),
            *([Line(self.tr("平台登记的资质"), signature.owner_name)] if own and signature.owner_name else []),
            Line(self.tr("主体资质"), self._licences(filing)),
            Line(self.tr("授权书"), self._letter(filing)),
            Line(self.tr("来源"), words.term("signature_source", signature.source)),
            Line(
                self.tr("平台审核"),
                self.tr("自行登记，平台没有说明")
                if signature.stated
                else words.term("signature_status", signature.status),
            ),
            Line(self.tr("运营商"), words.term("carrier_filing", filed)),
            *(Line(words.term("carrier", name), self._with(filed=told)) for name, told in signature.carriers),
            *([Line(self.tr("扩展码"), signature.port)] if signature.port else []),
            Line(self.tr("有效期至"), self.tr("平台没有说明") if until is None else show.day(until)),
            Line(self.tr("报告账户"), self.tr("、").join(each.label for each in filing.accounts) or "–"),
        ]

    def _with(self, *, filed: bool) -> str:
        return self.tr("已报备") if filed else self.tr("未报备，其用户收不到")

    def _licences(self, filing: Filing) -> str:
        words = self._desk.kit.words
        return self.tr("、").join(words.term("licence", each) for each in filing.entity.licences) or self.tr("未登记")

    def _letter(self, filing: Filing) -> str:
        record = filing.record
        if record.letter_until is None:
            return self.tr("无")
        return self.tr("{who}，至 {day}").format(who=record.letter_from, day=show.day(record.letter_until))

    def _fill_below(self, to: QVBoxLayout, filing: Filing) -> None:
        words = self._desk.kit.words
        self._section(to, self.tr("用到它的活动"), len(filing.campaigns))
        if not filing.campaigns:
            _put(to, label(self.tr("还没有活动使用这个签名。"), "muted"))
        for campaign in filing.campaigns[:CAMPAIGNS]:
            name = button(
                campaign.name, "quiet", small=True, click=partial(self._desk.way.to, "campaigns", campaign.id)
            )
            state = Pill(self._theme, words.term("state", campaign.state), LEVELS[campaign.state])
            _put(to, row(name, None, state))
        rest = len(filing.campaigns) - CAMPAIGNS
        if rest > 0:
            _put(to, label(self.tr("另有 {count} 个更早的活动").format(count=show.count(rest)), "small"))
        self._section(to, self.tr("变更记录"))
        for report in filing.history:
            _put(to, Facts(self._theme, [Line(show.day(report.seen_at), self._told(report))]))

    def _told(self, report: SignatureReport) -> str:
        words, signature = self._desk.kit.words, report.signature
        if report.gone:
            return self.tr("平台不再报告")
        filed = filing_word(signature)
        scopes = self.tr("、").join(words.term("purpose", each) for each in signature.scopes)
        parts = [words.term("signature_status", signature.status), words.term("carrier_filing", filed), scopes]
        if signature.valid_until is not None:
            parts.append(self.tr("至 {day}").format(day=show.day(signature.valid_until)))
        return self.tr("，").join(filter(None, parts))

    def _section(self, to: QVBoxLayout, title: str, count: int = 0) -> None:
        _put(to, divider())
        _put(to, row(label(title, "strong"), label(show.count(count) if count else "", "small"), None))


class Preview(QWidget):
    """A sample message with the signature in front, as a provider takes it."""

    def __init__(self, desk: Desk, model: FilingsModel) -> None:
        super().__init__()
        self._words = desk.kit.words
        self.provider = QComboBox()
        self.provider.setObjectName("signature_provider")
        self.provider.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.provider.setMaximumWidth(WIDTH - 2 * SPACE[4])
        self.provider.setAccessibleName(self.tr("短信服务商"))
        self.provider.activated.connect(lambda _: model.show_provider(self.provider.currentData()))
        self.bubble = Bubble(desk.kit.theme)
        self.parts = _wrapped("", "small")
        self.problems = _wrapped("", "small")
        self.problems.setObjectName("signature_rendering_problems")
        layout = column(self.provider, frame("well", column(self.bubble, margin=2)), self.parts, self.problems, space=2)
        layout.setAlignment(self.provider, Qt.AlignmentFlag.AlignLeft)
        self.setLayout(layout)

    def render_state(self, state: FilingsState) -> None:
        rendering = state.rendering
        keys = [each.key for each in state.renderings]
        if keys != [self.provider.itemData(n) for n in range(self.provider.count())]:
            self.provider.clear()
            for each in state.renderings:
                self.provider.addItem(self._name(each), each.key)
        self.provider.setCurrentIndex(-1 if rendering is None else self.provider.findData(rendering.key))
        self.bubble.show_message("" if rendering is None else rendering.text, ())
        self.bubble.setAccessibleName("" if rendering is None else rendering.text)
        self.parts.setText("" if rendering is None else self._counted(rendering.segments))
        found = () if rendering is None else rendering.problems
        told = "\n".join(each.message for each in found)
        self.problems.setText(told or self.tr("签名的写法符合要求。"))
        show_if(self.problems, rendering is not None)

    def _name(self, rendering: Rendering) -> str:
        if rendering.sender is None:
            return self._words.term("provider", rendering.provider)
        return self.tr("{name}（已连接）").format(name=rendering.sender.label)

    def _counted(self, segments: Segments) -> str:
        words = self.tr("编码 {encoding}，{length} 字，计 {parts} 条（单条 70 字，长短信每条 67 字）")
        return words.format(encoding=segments.encoding, length=segments.length, parts=segments.segments)


def filing_word(signature: Signature) -> str:
    """The code of `carrier_filing`."""
    if signature.carrier_filed and signature.unfiled:
        return "partly"
    return {True: "filed", False: "not_filed", None: "unknown"}[signature.carrier_filed]


def _wrapped(text: str, role: str) -> QLabel:
    made = label(text, role, wrap=True)
    made.setMinimumWidth(1)
    return made


def _put(to: QVBoxLayout, part: QWidget | QLayout) -> None:
    if isinstance(part, QLayout):
        to.addLayout(part)
    else:
        to.addWidget(part)
