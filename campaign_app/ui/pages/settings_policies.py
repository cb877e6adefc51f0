"""设置 → 策略: every declared setting as a field; what is wrong is said beside it while it is typed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QLineEdit, QWidget

from campaign_app.domain.team import Permission
from campaign_app.settings import DECLARED, Declared
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.settings import DEFAULTS, PoliciesModel, PoliciesState
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, card, column, divider, label, row

_IN_GROUPS: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+", re.ASCII)  # as numbers are shown: 1,5 is a slip of 1.5
GROUPS: Final = (
    ("consent", ("max_consent_age_minutes", "batch_reread_minutes")),
    (
        "sending",
        ("approval_by_another", "window_opens", "window_closes", "batch_size", "complaints_per_10000", "tests_per_day"),
    ),
    ("caps", ("house_cap_per_week", "house_cap_per_month")),
    (
        "keeping",
        (
            *("lookback_every_days", "lookback_days", "keep_replies_days", "keep_imports_days", "keep_tests_days"),
            *("keep_lookbacks_days", "keep_closed_cases_days"),
        ),
    ),
)


class PoliciesSection(Section):
    def __init__(self, desk: Desk, model: PoliciesModel) -> None:
        super().__init__()
        self.title.setText(self.tr("策略"))
        self.subtitle.setText(self.tr("从下一个任务起生效，改动留痕。未经确认的人，任何设置都不会发。"))
        self._desk, self._model = desk, model
        self.fields: dict[str, PolicyField | PolicySwitch] = {}
        for title, names in self._groups():
            self.content.addWidget(self._group(title, names))
        self.save = button(self.tr("保存"), "primary", name="policy_save", click=model.save)
        self.undo = button(self.tr("放弃改动"), name="policy_undo", click=model.undo)
        self.restore = button(self.tr("恢复默认…"), "quiet", name="policy_restore", click=self._restore)
        desk.allow(Permission.SET, self.save, self.restore, *(field.edit for field in self.fields.values()))
        self.content.addLayout(row(self.restore, None))
        for each in (self.undo, self.save):
            self.buttons.addWidget(each)
        model.changed.connect(self.show_state)
        model.saved.connect(self._saved)
        model.overtaken.connect(self._show)
        self.show_state(model.state)

    def show_state(self, state: PoliciesState) -> None:
        for name, field in self.fields.items():
            stored = (state.stored or {}).get(name, "") if name in state.changed else None
            field.show_value(state.typed.get(name, ""), state.problems.get(name, ""), stored)
        self.save.setEnabled(state.savable)
        self.undo.setEnabled(bool(state.changed) and not state.saving)
        self.restore.setEnabled(state.restorable)

    def _groups(self) -> list[tuple[str, tuple[str, ...]]]:
        titles = {
            "consent": self.tr("同意记录"),
            "sending": self.tr("发送"),
            "caps": self.tr("频次上限"),
            "keeping": self.tr("回头看与保留期限"),
        }
        grouped: list[tuple[str, tuple[str, ...]]] = [(titles[key], names) for key, names in GROUPS]
        known = {name for _, names in GROUPS for name in names}
        if rest := tuple(each.name for each in DECLARED if each.name not in known):
            grouped.append((self.tr("其他"), rest))
        return grouped

    def _group(self, title: str, names: tuple[str, ...]) -> QFrame:
        parts: list[QWidget] = [label(title, "strong")]
        by_name = {each.name: each for each in DECLARED}
        for name in names:
            declared, language = by_name[name], self._desk.kit.words.language
            field: PolicyField | PolicySwitch
            if declared.is_switch:
                field = PolicySwitch(language, declared, self._hint(name))
            else:
                field = PolicyField(language, declared)
            self.fields[name] = field
            field.typed.connect(lambda text, name=name: self._model.type(name, text))
            parts += [divider(), field]
        return card(*parts)

    def _hint(self, name: str) -> str:
        person = self._desk.app.person
        if name != "approval_by_another":
            return ""
        if person.login:
            return self.tr("人按数据库登录名区分。团队里建议打开；只有负责人能改。")
        return self.tr("单机上人按这台电脑的登录账户区分，您是 {}。一个人使用时不要打开，否则没有人能批准。").format(
            person.user
        )

    def _restore(self) -> None:
        words = self.tr("所有策略回到默认值，从下一个任务起生效。")
        if confirm(self, self.tr("恢复默认策略？"), words, yes=self.tr("恢复默认"), no=self.tr("保留")):
            self._model.restore()

    def _show(self, name: str) -> None:
        field = self.fields[name]
        field.edit.setFocus()
        self.area.ensureWidgetVisible(field)

    def _saved(self) -> None:
        self._desk.kit.messages.done(lambda: translate("PoliciesSection", "策略已保存，从下一个任务起生效。"))


class PolicySwitch(QWidget):
    """On or off, as 1 or 0."""

    typed = Signal(str)

    def __init__(self, language: str, declared: Declared, hint: str) -> None:
        super().__init__()
        said = declared.zh if language == "zh_CN" else declared.en
        self.edit = QCheckBox()
        self.edit.setObjectName(f"policy_{declared.name}")
        self.edit.setAccessibleName(said)
        self.limits = label("", "small", wrap=True)
        self._usual = self.tr("默认打开") if declared.default else self.tr("默认关闭")
        self._hint = hint
        self.edit.setAccessibleDescription(hint)
        self.edit.clicked.connect(lambda on: self.typed.emit(str(int(on))))
        self.setLayout(row(column(label(said, wrap=True), self.limits, space=1), self.edit, space=4, stretch=0))

    def show_value(self, text: str, _problem: str, stored: str | None) -> None:
        """`stored` is what holds instead, None where nothing was changed."""
        self.edit.setChecked(text == "1")
        unsaved = "" if stored is None else self.tr(" · 未保存")
        self.limits.setText(f"{self._usual}{unsaved}\n{self._hint}" if self._hint else f"{self._usual}{unsaved}")


class PolicyField(QWidget):
    typed = Signal(str)

    def __init__(self, language: str, declared: Declared) -> None:
        super().__init__()
        self._declared = declared
        said = declared.zh if language == "zh_CN" else declared.en
        self.edit = QLineEdit()
        self.edit.setObjectName(f"policy_{declared.name}")
        self.edit.setAccessibleName(said)
        self.edit.setFixedWidth(104)
        self.edit.textEdited.connect(lambda shown: self.typed.emit(self._plain(shown)))
        self.limits = label(self._limits(), "small")
        self.problem: QLabel = label("", "block", wrap=True, name=f"policy_{declared.name}_problem")
        self.edit.setAccessibleDescription(self.limits.text())
        words = column(label(said, wrap=True), self.limits, self.problem, space=1)
        self.setLayout(row(words, self.edit, space=4, stretch=0))

    def show_value(self, text: str, problem: str, stored: str | None) -> None:
        """`stored` is what holds instead, None where nothing was changed."""
        if self._plain(self.edit.text()) != text:
            self.edit.setText(text if problem else self._grouped(text))
        self.problem.setText(self._said(problem))
        self.problem.setVisible(bool(problem))
        set_property(self.edit, "invalid", bool(problem))
        unsaved = "" if stored is None or problem else self.tr(" · 未保存，现在是 {}").format(self._grouped(stored))
        self.limits.setText(self._limits() + unsaved)

    def _plain(self, shown: str) -> str:
        """Numbers are shown, and may be typed, as those beside them."""
        plain = shown if self._declared.low is None else unicodedata.normalize("NFKC", shown)
        return plain.replace(",", "").strip() if _IN_GROUPS.fullmatch(plain.strip()) else plain.strip()

    def _grouped(self, text: str) -> str:
        return show.count(int(text)) if self._declared.low is not None and text.isdecimal() else text

    def _limits(self) -> str:
        default = self._declared.default
        value = show.count(default) if isinstance(default, int) else DEFAULTS[self._declared.name]
        usual = self.tr("默认 {value}").format(value=value)
        low, high = self._declared.low, self._declared.high
        if low is None or high is None:
            return usual
        return self.tr("{low} 到 {high}，{usual}").format(low=low, high=show.count(high), usual=usual)

    def _said(self, problem: str) -> str:
        low, high = self._declared.low, self._declared.high
        if problem == "setting_window":
            return self.tr("最晚时间必须晚于最早时间。")
        if problem == "setting_range" and low is not None and high is not None:
            return self.tr("请填 {low} 到 {high} 之间的数。").format(low=low, high=show.count(high))
        if problem:
            return self.tr("请填整数。") if low is not None else self.tr("请填时间，例如 08:00。")
        return ""
