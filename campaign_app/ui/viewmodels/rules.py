"""The rules as the settings show them: found by word and kind, each with its reasons, switched off and on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.compliance.refused import PackError
from campaign_app.compliance.rule import LANGUAGES, Rule
from campaign_app.domain.errors import AppError
from campaign_app.services.rules import RulesInForce, SwitchedOff

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"
OWN, OFF = "own", "off"
Change = Callable[[], RulesInForce]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, whether it is of a pack of the merchant's, and who switched it off; `words` are all that it can be
    found by.
    """

    rule: Rule
    own: bool
    off: SwitchedOff | None
    words: str = field(default="", repr=False, compare=False)

    @property
    def can_be_off(self) -> bool:
        return not self.rule.may_block


Read = tuple[tuple[RuleLine, ...], PackError | None, str]


@dataclass(frozen=True, slots=True)
class Sought:
    """`pack` is a pack's name or OWN, `level` a severity's word or OFF; "" is any."""

    text: str = ""
    pack: str = ""
    level: str = ""

    def finds(self, line: RuleLine) -> bool:
        return (
            all(word in line.words for word in self.text.casefold().split())
            and self.pack in ("", OWN if line.own else line.rule.pack)
            and (not self.level or (line.off is not None if self.level == OFF else _has(line.rule, self.level)))
        )


@dataclass(frozen=True, slots=True)
class RulesState:
    """`lines` is None until they were read; `version` is of all that are in force.

    `reason`: what was typed for switching off, None while nobody asks.
    """

    lines: tuple[RuleLine, ...] | None = None
    sought: Sought = Sought()
    problem: PackError | None = None
    version: str = ""
    folder: Path | None = None
    opened: str = ""
    reason: str | None = None
    busy: bool = False

    @property
    def found(self) -> tuple[RuleLine, ...]:
        return tuple(line for line in self.lines or () if self.sought.finds(line))

    @property
    def open_line(self) -> RuleLine | None:
        return next((line for line in self.lines or () if line.rule.id == self.opened), None)

    @property
    def own(self) -> tuple[RuleLine, ...]:
        return tuple(line for line in self.lines or () if line.own)


class RulesModel(QObject):
    """`made` says that the folder of own packs is there to be opened."""

    changed = Signal(object)  # RulesState
    made = Signal(object)  # Path
    reread = Signal()

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rules, self._tasks, self._messages = app.rules, tasks, messages
        self.state = RulesState()

    def load(self) -> None:
        self._tasks.run(
            lambda _: lines_of(self._rules.current()), self._loaded, failed=self._messages.error, owner=self, key="load"
        )

    def read_again(self) -> None:
        self._become(replace(self.state, busy=True))
        self._tasks.run(
            lambda _: lines_of(self._rules.read_again()), self._read, failed=self._failed, owner=self, key="load"
        )

    def make_folder(self) -> None:
        self._tasks.write(lambda _: self._rules.make_folder(), self.made.emit, failed=self._messages.error, owner=self)

    def seek(self, **wanted: str) -> None:
        self._become(replace(self.state, sought=replace(self.state.sought, **wanted)))

    def open(self, rule_id: str) -> None:
        self._become(replace(self.state, opened=rule_id, reason=None))

    def close(self) -> None:
        self.open("")

    def ask(self, *, asking: bool) -> None:
        """Whether a reason is being written for switching off the rule that is open."""
        self._become(replace(self.state, reason="" if asking else None))

    def type_reason(self, text: str) -> None:
        self._become(replace(self.state, reason=text))

    def switch_off(self) -> None:
        rule_id, reason = self.state.opened, self.state.reason or ""
        if reason.strip():
            self._switch(lambda: self._rules.switch_off(rule_id, reason=reason, actor=ACTOR))

    def switch_on(self) -> None:
        rule_id = self.state.opened
        self._switch(lambda: self._rules.switch_on(rule_id, actor=ACTOR))

    def _switch(self, change: Change) -> None:
        self._become(replace(self.state, busy=True))
        self._tasks.write(lambda _: lines_of(change()), self._switched, failed=self._failed, owner=self)

    def _switched(self, read: Read) -> None:
        self._become(replace(self.state, reason=None))
        self._loaded(read)

    def _read(self, read: Read) -> None:
        self._loaded(read)
        self.reread.emit()

    def _loaded(self, read: Read) -> None:
        lines, problem, version = read
        gone = self.state.opened not in {line.rule.id for line in lines}
        state = replace(
            self.state, lines=lines, problem=problem, version=version, folder=self._rules.own_folder, busy=False
        )
        self._become(replace(state, opened="") if gone else state)

    def _failed(self, error: AppError) -> None:
        self._become(replace(self.state, busy=False))
        self._messages.error(error)

    def _become(self, state: RulesState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def lines_of(known: RulesInForce) -> Read:
    """Each rule as a line, by id, what is wrong with the newest of the merchant's packs, and the version in force."""
    lines = (RuleLine(rule, rule.id in known.own, known.off.get(rule.id), _words(rule)) for rule in known.rules.rules)
    return tuple(lines), known.problem, known.engine.pack_version


def _words(rule: Rule) -> str:
    said = (text[language] for text in (rule.about, rule.message, rule.fix) for language in LANGUAGES)
    cited = (f"{each.citation.law} {each.citation.article}" for each in rule.citations)
    return " ".join((rule.id, rule.name, rule.pack, *said, *cited)).casefold()


def _has(rule: Rule, level: str) -> bool:
    return any(severity.word == level for severity in (rule.severity, *rule.severities.values()))
