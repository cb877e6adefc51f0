"""Step content of the campaign editor: signature, text, what the rules say of it, and how it will look."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QTextDocument
from PySide6.QtWidgets import QFrame, QWidget

from campaign_app.compliance.menders import Edit
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.finding import Citation, Severity
from campaign_app.domain.ports import Job
from campaign_app.domain.team import Permission
from campaign_app.services.composing import Problem
from campaign_app.services.places import Where
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.steps.beside import BesideDialog
from campaign_app.ui.pages.steps.content_card import FindingCard
from campaign_app.ui.pages.steps.content_field import TextField
from campaign_app.ui.pages.steps.content_reader import ReaderPane
from campaign_app.ui.pages.steps.content_signature import SignaturePicker
from campaign_app.ui.pages.steps.content_templates import TemplateExchange
from campaign_app.ui.pages.steps.step import Step
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.composer import VOIDED, Composer, ComposerState, Key
from campaign_app.ui.widgets.actions import action
from campaign_app.ui.widgets.basics import column, frame, label, row, show_if
from campaign_app.ui.widgets.message_edit import LIMIT, Mark, new_page
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.problems import Problems, Row

# of the kinds of what is done (`Page.renew`), those that change what the text is written with or judged by
_WRITTEN_WITH: Final = frozenset(
    {"account", "entity", "profile_changed", "rule_switched_off", "rule_switched_on", "settings", "signature"}
)
SEVERITIES: Final = ("block", "warn", "info")


class ContentStep(Step):
    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__(desk, model)
        kit = desk.kit
        self.setObjectName("step_content")
        self.composer = Composer.of(desk.app.composing, kit.tasks, kit.messages, lambda: kit.prefs.language, model)
        self._current: Key | None = None
        self._wanted = ""
        self._drawn: ComposerState | None = None
        self._labels: dict[Key, tuple[str, ...]] = {}
        self.signature = SignaturePicker(kit)
        self.field = TextField(kit)
        self.edit = self.field.edit
        self.edit.write_on(self._page())
        self.templates = TemplateExchange(desk, self.composer, self.edit, self.field.templates, self)
        self.edit.explain = self._explain
        self.card = FindingCard(self)
        self.problems = Problems(kit.theme)
        self.reader = ReaderPane(kit.theme)
        self.notice = self._notice()
        left = column(self.notice, self.signature, self.field, self.problems, space=2, stretch=3)
        self.setLayout(row(left, self.reader, space=4, stretch=0))
        self._connect()
        self._shortcuts()
        self.begin()
        self.render_state(self.composer.state)

    def _page(self) -> QTextDocument:
        """The one of this campaign."""
        page = self.composer.page
        if not isinstance(page, QTextDocument):
            page = self.composer.page = new_page()
        return page

    def shown(self) -> None:
        self.composer.load()

    def renew(self, kinds: frozenset[str]) -> None:
        if kinds & _WRITTEN_WITH:
            self.composer.load()

    def left(self) -> None:
        self.composer.flush()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Whatever hides it, another page or the end of the program: what was typed is kept."""
        super().hideEvent(event)
        if shiboken6.isValid(self.composer):
            self.composer.flush()
        if not event.spontaneous() and (beside := self.findChild(BesideDialog)) is not None:
            beside.close()

    def begins(self) -> QWidget:
        """The signatures are still being read."""
        return self.edit

    def land(self, field: str) -> None:
        """`signature`, `body` (at what blocks it, if anything does), `body:RULE` (at what the rule says)."""
        self._wanted = field
        (self.signature.field if field == "signature" else self.edit).setFocus(Qt.FocusReason.OtherFocusReason)
        self._land_on_problem(self.composer.state)

    def _land_on_problem(self, state: ComposerState) -> None:
        """As soon as the text is checked; whoever typed meanwhile stays where they are."""
        if not self._wanted.startswith("body") or not state.fresh:
            return
        (_, _, rule), self._wanted = self._wanted.partition(":"), ""
        severe = (p for p in state.problems if p.finding.severity is Severity.BLOCK)
        meant = next((p for p in state.problems if p.finding.rule_id == rule) if rule else severe, None)
        if meant is not None:
            self._go_to(meant.key)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def render_view(self, view: CampaignView) -> None:
        state, words = view.campaign.state, self._desk.kit.words
        if not view.editable:
            self.notice_pill.show_state(words.term("state", state), "muted")
            closed = self._why_closed(state) if not view.open else self._desk.why_not(Permission.BUILD)
            self.notice_text.setText(closed)
        elif state in VOIDED:
            self.notice_pill.show_state(words.term("state", state), "info")
            self.notice_text.setText(self._what_is_voided(state))
        show_if(self.notice, not view.editable or state in VOIDED)

    def render_state(self, state: ComposerState) -> None:
        """Of a text that is being checked almost nothing is drawn: this comes with every keystroke."""
        self.edit.show_text(state.text)
        self.field.show_saved(state.saved, editable=state.editable)
        self.field.show_editable(editable=state.editable)
        self.signature.show_choice(state.setting, state.signature, editable=state.editable)
        if state.setting is not None:
            self.field.show_variables(state.setting.variables)
        self.reader.show_state(state)
        self.problems.show_busy(busy=not state.fresh)
        drawn, self._drawn = self._drawn, state
        if not state.fresh or state.composed is None:
            return
        if drawn is None or not drawn.fresh or _shown_by(drawn) != _shown_by(state):
            self._show_problems(state)
            self._land_on_problem(state)

    def _show_problems(self, state: ComposerState) -> None:
        for key, fixes in state.fixes.items():
            self._labels[key] = tuple(fix.label for fix in fixes)
        if len(state.fixes) == len(state.problems):  # those of problems that are gone are not kept
            self._labels = {key: self._labels[key] for key in state.fixes}
        levels = {severity: self._desk.kit.words.term("severity", severity) for severity in SEVERITIES}
        unwritten = not state.text.strip()
        found = [] if unwritten else [self._row(problem, state) for problem in state.problems]
        invitation = self.tr("写下正文后，这里逐条核对并给出改法，例如退订方式和绝对化用语。") if unwritten else ""
        self.problems.show_rows(found, words=levels, invitation=invitation)
        summary = self.problems.summary
        if summary != self.edit.accessibleDescription():
            self.edit.setAccessibleDescription(summary)
        self._follow(self.edit.caret)

    def _row(self, problem: Problem, state: ComposerState) -> Row:
        """With the fixes that it had before the last keystroke, until it is known which it has now."""
        finding = problem.finding
        level = finding.severity.word
        return Row(
            problem.key,
            level,
            self._desk.kit.words.term("severity", level),
            finding.message,
            self.tr("；").join((finding.citation.named, *map(self._beside, finding.beside))),
            finding.citation.verified,
            problem.why,
            self._note(problem, state),
            self.tr("建议：{}").format(finding.fix) if finding.fix else "",
            self._labels.get(problem.key) if state.editable else (),
        )

    def _beside(self, citation: Citation) -> str:
        """The pill is about the first source alone, so that the others say it themselves."""
        return citation.named if citation.verified else self.tr("{}（未核实）").format(citation.named)

    def _note(self, problem: Problem, state: ComposerState) -> str:
        place = problem.place
        if place.where is Where.SIGNATURE:
            return self.tr("在签名里")
        if problem.may_be_own and not place.value:
            return self.tr("是自己的域名？登记在“设置 → 主体资料 → 自有域名”，就不再提醒。")
        if not place.value or state.composed is None:
            return ""
        words = self.tr("在 {} 的变量 {} 的内容里，改文案改不掉")
        return words.format(state.composed.reader.name, f"{{{place.value}}}")

    def _explain(self, mark: Mark) -> str:
        """Of all problems that these words are in; of a text that is being checked there is nothing to say."""
        state = self.composer.state
        here = [
            problem
            for problem in state.problems
            if problem.place.where is Where.BODY and problem.place.start <= mark.start and mark.end <= problem.place.end
        ]
        here.sort(key=lambda problem: problem.place.end - problem.place.start)
        rows = [(problem.finding.rule_id, self._row(problem, state)) for problem in here]
        return self.card.told(rows, self._desk.kit.theme.tokens) if state.fresh else ""

    def _notice(self) -> QFrame:
        self.notice_pill = Pill(self._desk.kit.theme)
        self.notice_text = label("", "muted", wrap=True, name="content_notice")
        inside = row(self.notice_pill, self.notice_text, space=2, stretch=1)
        inside.setContentsMargins(12, 8, 12, 8)
        made = frame("well", inside)
        made.hide()
        return made

    def _why_closed(self, state: CampaignState) -> str:
        if state is CampaignState.SCREENING:
            return self.tr("正在核验受众，核验完才能改文案。")
        if state in (CampaignState.DONE, CampaignState.CANCELLED, CampaignState.CANCELLING):
            return self.tr("活动已结束，文案只能查看。要再用，请复制活动。")
        return self.tr("活动已进入发送，文案不能再改。要换文案，请取消活动后复制一份。")

    def _what_is_voided(self, state: CampaignState) -> str:
        if state is CampaignState.SCREENED:
            return self.tr("改动签名或正文后，需要重新核验。")
        return self.tr("改动签名或正文后，核验和批准作废，需要重新核验、批准。")

    # --- gestures ----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        composer = self.composer
        composer.changed.connect(self.render_state)
        composer.fixed.connect(self._apply)
        composer.voids.connect(self._voids)
        composer.lost.connect(self._lost)
        composer.replaced.connect(self._replaced)
        composer.taken.connect(self._taken)
        composer.signed_over.connect(self._signed_over)
        self.signature.chosen.connect(composer.set_signature)
        self.edit.typed.connect(composer.set_text)
        self.edit.moved.connect(self._follow)
        self.edit.trimmed.connect(self._trimmed)
        self.field.retry.connect(composer.flush)
        self.problems.chosen.connect(self._go_to)
        self.problems.fix_wanted.connect(composer.apply)
        self.reader.wanted.connect(composer.show_reader)
        self.reader.searched.connect(composer.find)
        self.reader.priced.connect(composer.set_price)
        if not self._desk.may(Permission.SET):
            self.reader.parts.shut_price(self._desk.why_not(Permission.SET))
        self.reader.compared.connect(self.compare)
        self._desk.jobs.ended.connect(self._job_ended)

    def compare(self) -> None:
        """Beside the editor, which stays open to be typed in; asked for again it comes to the front."""
        known = self.findChild(BesideDialog)
        dialog = known if known is not None and known.isVisible() else BesideDialog(self._desk, self.composer, self)
        dialog.show()
        dialog.activateWindow()

    def _shortcuts(self) -> None:
        action(self, "content.beside", self.compare)
        action(self, "content.next", lambda: self._next(1))
        action(self, "content.previous", lambda: self._next(-1))
        action(self, "content.fix", self._fix_current)

    def _job_ended(self, job: Job) -> None:
        """People, attributes and signatures may be others now."""
        if self.isVisible() and job.kind in ("sync", "import"):
            self.composer.load()

    def _follow(self, caret: int) -> None:
        """The problem at the caret is the current one; a chosen one without a place stays so until there is another."""
        if not self.composer.state.fresh:
            return
        problems = self.composer.state.problems
        here = [p for p in problems if p.place.where is Where.BODY and p.place.start <= caret <= p.place.end]
        if here:
            self._choose(min(here, key=lambda p: p.place.end - p.place.start).key)
        else:
            self._choose(self._current if self._is_placeless(self._current) else None)

    def _is_placeless(self, key: Key | None) -> bool:
        return any(p.key == key and p.place.where is not Where.BODY for p in self.composer.state.problems)

    def _choose(self, key: Key | None) -> None:
        moved = key != self._current
        self._current = key
        self.composer.look_at(key)
        self.problems.show_current(key, scroll=moved)
        state = self.composer.state
        if state.fresh:
            placed = (p for p in reversed(state.problems) if p.place.where is Where.BODY)
            self.edit.show_marks(
                [Mark(p.place.start, p.place.end, p.finding.severity.word, p.key == key) for p in placed]
            )

    def _go_to(self, key: Key) -> None:
        problem = next((p for p in self.composer.state.problems if p.key == key), None)
        if problem is None or not self.composer.state.fresh:
            return
        if problem.place.where is Where.BODY:
            self.edit.go_to(problem.place.start)
            self.edit.setFocus()
        elif problem.place.where is Where.SIGNATURE:
            self.signature.field.setFocus()
        self._choose(key)

    def _next(self, by: int) -> None:
        """Through the problems in the order of the text, those without a place last."""
        state = self.composer.state
        ordered = sorted(state.problems, key=lambda p: (p.place.where is not Where.BODY, p.place.start))
        if not ordered or not state.fresh or not state.text.strip():
            return
        keys = [p.key for p in ordered]
        if self._current in keys:
            self._go_to(keys[(keys.index(self._current) + by) % len(keys)])
            return
        caret = self.edit.caret
        later = [p.key for p in ordered if p.place.where is not Where.BODY or p.place.start >= caret]
        self._go_to((later or keys)[0] if by > 0 else ([k for k in keys if k not in later] or keys)[-1])

    def _fix_current(self) -> None:
        if self._current is not None and self.composer.state.text.strip():  # else none of them is shown
            self.composer.apply(self._current)

    def _apply(self, edits: tuple[Edit, ...]) -> None:
        if self.isVisible():
            self.edit.apply(edits)
            self.edit.setFocus()

    # --- what is told ------------------------------------------------------------------------------------------------

    def _voids(self, state: CampaignState) -> None:
        screened = state is CampaignState.SCREENED
        self._desk.kit.messages.info(
            lambda: (
                translate("ContentStep", "文案已改动，之前的核验作废。")
                if screened
                else translate("ContentStep", "文案已改动，之前的核验和批准作废。")
            )
        )

    def _lost(self, text: str) -> None:
        self._desk.kit.messages.warn(
            lambda: translate("ContentStep", "活动已经开始，最后的改动没有写入，按批准的文案发送。"),
            label=lambda: translate("ContentStep", "复制未写入的文案"),
            action=lambda: QGuiApplication.clipboard().setText(text),
        )

    def _replaced(self, text: str) -> None:
        self._desk.kit.messages.warn(
            lambda: translate("ContentStep", "文案刚在另一个窗口改过，现在存下的是这里的文案。"),
            label=lambda: translate("ContentStep", "复制另一个窗口的文案"),
            action=lambda: QGuiApplication.clipboard().setText(text),
        )

    def _taken(self, text: str) -> None:
        self._desk.kit.messages.warn(
            lambda: translate("ContentStep", "文案刚在另一个窗口改过，这里显示的是那边的文案。"),
            label=lambda: translate("ContentStep", "复制我写的文案"),
            action=lambda: QGuiApplication.clipboard().setText(text),
        )

    def _signed_over(self, theirs: str) -> None:
        composer = self.composer
        self._desk.kit.messages.warn(
            lambda: translate("ContentStep", "签名刚在另一个窗口换成【{}】，现在存下的是这里选的。").format(theirs),
            label=lambda: translate("ContentStep", "换成【{}】").format(theirs),
            action=lambda: composer.set_signature(theirs) if shiboken6.isValid(composer) else None,
        )

    def _trimmed(self, left_out: int, unseen: int) -> None:
        words = TrimmedWords()
        self._desk.kit.messages.info(lambda: words.said(left_out, unseen))


class TrimmedWords(QObject):
    """Outlives the page: a notice says it, in whatever language the window has by then."""

    def said(self, left_out: int, unseen: int) -> str:
        parts = []
        if left_out:
            words = self.tr("正文最多 {} 字，粘贴的内容有 {} 字没有放进来。", "", left_out)
            parts.append(words.format(f"{LIMIT:,}", f"{left_out:,}"))
        if unseen:
            parts.append(self.tr("去掉了 %Ln 个看不见的控制字符。", "", unseen))
        return "".join(parts)


def _shown_by(state: ComposerState) -> tuple[int, int, bool]:
    """Looked at with every keystroke: whether these are other objects, not whether they say something else."""
    return id(state.composed), id(state.fixes), state.editable
