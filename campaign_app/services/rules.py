"""The rules in force: the program's own, the merchant's packs in the workspace, less what was switched off.

A merchant's packs lie in the workspace's folder `rules/<pack>/<ID>-<name>.toml`, in the form of the program's own. They
are taken into use together, and only if every rule of theirs can be read, can work and agrees with its own cases;
otherwise the last good version stays in use, and `RulesInForce.problem` says which file, line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from campaign_app.compliance import Engine, PackError, Rule, RuleSet, engine_of
from campaign_app.compliance.packs import Source, load_sources, read_folder
from campaign_app.compliance.proof import failures
from campaign_app.compliance.refused import Wrong, line_of_case
from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import NotAllowed, NotFound, SettingsError
from campaign_app.domain.ports import AccountStore
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

OFF: Final = "rules_off"
LAST_GOOD: Final = "rules_last_good"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """Who switched a rule off, when and why."""

    rule_id: str
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """`rules` are all that were read, also those that are `off`; `problem`: why the newest of `own` are not used."""

    engine: Engine
    rules: RuleSet
    own: frozenset[str]
    off: Mapping[str, SwitchedOff]
    problem: PackError | None = field(default=None, compare=False)


class Rules(Permitted):
    """Looks at the files and the settings each time it is asked, and reads them again when they have changed."""

    def __init__(
        self,
        *,
        shipped: Path,
        own: Path,
        settings: AccountStore,
        clock: Clock,
        language: str = "zh_CN",
    ) -> None:
        self._shipped = read_folder(shipped)
        self._own = own
        self._settings = settings
        self._clock = clock
        self._language = language
        self._seen: tuple[Any, ...] = ()
        self._current: RulesInForce | None = None

    def engine(self) -> Engine:
        return self.current().engine

    def current(self) -> RulesInForce:
        seen = self._files(), self._settings.setting(OFF, {})
        current = self._current
        if current is None or seen != self._seen:
            current = self._current = self._read()
            self._seen = seen
        return current

    @property
    def own_folder(self) -> Path:
        """Where the merchant's packs lie; it need not be there."""
        return self._own

    def make_folder(self) -> Path:
        """Raises SettingsError("rules_folder") where none can be made."""
        try:
            self._own.mkdir(exist_ok=True)
        except OSError as error:
            raise SettingsError(
                "rules_folder", "The folder for own rules cannot be made", folder=str(self._own)
            ) from error
        return self._own

    def refused(self) -> PackError | None:
        """Why the newest of the merchant's packs are not used; without any files nothing is read for that."""
        return self.current().problem if self._files() else None

    def read_again(self) -> RulesInForce:
        """The files as they are now, whether they look changed or not."""
        self._seen = ()
        return self.current()

    @needs(Permission.SET)
    def switch_off(self, rule_id: str, *, reason: str, actor: str) -> RulesInForce:
        """Raises NotFound, NotAllowed("rule_blocks") for a rule that may stop a message, SettingsError("no_reason")."""
        rule = self._rule(rule_id)
        if rule.may_block:
            raise NotAllowed("rule_blocks", "A rule that can stop a message cannot be switched off", rule=rule_id)
        if not reason.strip():
            raise SettingsError("no_reason", "Switching a rule off needs a reason", rule=rule_id)
        at, told = self._clock(), reason.strip()

        def change(stored: Mapping[str, Any]) -> tuple[dict[str, Any], Sequence[Noted]]:
            row = {"reason": told, "actor": actor, "at": at.isoformat()}
            noted = Noted("rule_switched_off", actor, at, {"rule": rule_id, "reason": told})
            return {OFF: {**stored.get(OFF, {}), rule_id: row}}, [noted]

        self._settings.change_settings([OFF], change)
        return self.current()

    @needs(Permission.SET)
    def switch_on(self, rule_id: str, *, actor: str) -> RulesInForce:
        """Raises NotFound if the rule is not off."""

        def change(stored: Mapping[str, Any]) -> tuple[dict[str, Any], Sequence[Noted]]:
            off = stored.get(OFF, {})
            if rule_id not in off:
                raise NotFound("no_such_rule", "The rule is not switched off", rule=rule_id)
            left = {each: row for each, row in off.items() if each != rule_id}
            return {OFF: left}, [Noted("rule_switched_on", actor, self._clock(), {"rule": rule_id})]

        self._settings.change_settings([OFF], change)
        return self.current()

    def _rule(self, rule_id: str) -> Rule:
        found = next((rule for rule in self.current().rules.rules if rule.id == rule_id), None)
        if found is None:
            raise NotFound("no_such_rule", "There is no such rule", rule=rule_id)
        return found

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        """What tells one state of the merchant's files from another."""
        return tuple(map(_state, sorted((*self._own.glob("*/*.toml"), *self._misplaced()))))

    def _misplaced(self) -> list[Path]:
        """Rule files that lie in no pack, where nobody would look for them."""
        return sorted((*self._own.glob("*.toml"), *self._own.glob("*/*/*.toml")))

    def _read(self) -> RulesInForce:
        off = _switched_off(self._settings.setting(OFF, {}))
        try:
            own = self._sources()
            found = self._made(own, off)
            _refuse_unproved(found, {source.path: source.text for source in own})
        except PackError as error:
            return replace(self._last_good(off), problem=error)
        kept = [[source.name, source.text] for source in own]
        # what the worker falls back to is no operator's to say
        keeps = self.person.may(Permission.SET) or self.person.may(Permission.WORK)
        if keeps and kept != self._settings.setting(LAST_GOOD, []):
            self._settings.set_setting(LAST_GOOD, kept)
        return found

    def _sources(self) -> tuple[Source, ...]:
        for path in self._misplaced():
            reason = "a rule file lies in a folder of its pack"
            raise PackError(path, Wrong.MISPLACED, reason, name=path.name)
        return read_folder(self._own)

    def _last_good(self, off: Mapping[str, SwitchedOff]) -> RulesInForce:
        """Of the merchant's packs; none of them if the program's own rules have changed and no longer bear them."""
        kept = [Source(self._own / name, name, text) for name, text in self._settings.setting(LAST_GOOD, [])]
        try:
            return self._made(tuple(kept), off)
        except PackError:
            return self._made((), off)

    def _made(self, own: tuple[Source, ...], off: Mapping[str, SwitchedOff]) -> RulesInForce:
        rules = load_sources((*self._shipped, *own))
        named = {source.path for source in own}
        gone = {rule.id: off[rule.id] for rule in rules.rules if rule.id in off and not rule.may_block}
        kept = tuple(rule for rule in rules.rules if rule.id not in gone)
        version = _version(rules.version, gone)
        engine = engine_of(RuleSet(kept, rules.providers, version), self._language)
        return RulesInForce(engine, rules, frozenset(rule.id for rule in rules.rules if rule.path in named), gone)


def _state(path: Path) -> tuple[str, int, int]:
    """Of a file that an editor has just moved away nothing is known: it will look changed the next time."""
    try:
        stat = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), stat.st_mtime_ns, stat.st_size


def _refuse_unproved(found: RulesInForce, texts: Mapping[Path, str]) -> None:
    if not found.own:
        return
    everything = Engine(found.rules) if found.off else found.engine
    for rule in found.rules.rules:
        failure = next(failures(everything, rule), None) if rule.id in found.own else None
        if failure is not None:
            line = line_of_case(texts[rule.path], failure.number - 1)
            told = {"number": str(failure.number), "found": _quoted(failure.found), "wanted": _quoted(failure.wanted)}
            raise PackError(rule.path, Wrong.CASE, str(failure), line, **told)


def _quoted(words: tuple[str, ...]) -> str:
    return " ".join(f"“{word}”" for word in words) or "–"


def _version(rules: str, off: Mapping[str, SwitchedOff]) -> str:
    """Another one with every rule that is switched off: what was approved under one is not under the other."""
    return sha256(f"{rules}-{'-'.join(sorted(off))}".encode()).hexdigest()[:16] if off else rules


def _switched_off(stored: Mapping[str, Mapping[str, str]]) -> dict[str, SwitchedOff]:
    return {
        rule_id: SwitchedOff(rule_id, entry["reason"], entry["actor"], datetime.fromisoformat(entry["at"]))
        for rule_id, entry in stored.items()
    }
