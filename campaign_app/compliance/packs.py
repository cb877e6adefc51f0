"""Rule packs: folders of TOML files, `<pack>/<ID>-<name>.toml`, read, checked and versioned together.

A file with an error refuses its whole set, naming file, line and reason, so that no rule is ever missing unnoticed.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from campaign_app.compliance import parsed
from campaign_app.compliance.patterns import BadPattern, Pattern
from campaign_app.compliance.providers import Provider, parse_provider
from campaign_app.compliance.quiet import no_garbage
from campaign_app.compliance.rule import Case, DatedCitation, Rule, Scope
from campaign_app.compliance.vocabulary import Lists, UnknownList, WordList, expand
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.finding import Citation, Severity

PROFILES: Final = "profiles"
LISTS: Final = "lists"
_FILE_NAME: Final = re.compile(r"([A-Z]{3}-\d{3})-[a-z0-9-]+\.toml")
_GROUP: Final = re.compile(r"\\(\d)")
Word = Annotated[str, StringConstraints(min_length=1)]
M = TypeVar("M", bound=BaseModel)
SeverityWord = Literal["block", "warn", "info"]


class PackError(SettingsError):
    """A rule file cannot be used; the message names file, line (where there is one) and reason."""

    def __init__(self, path: Path, reason: str, line: int = 0) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__("rule_pack", f"{where}: {reason}", where=where, file=str(path), line=line, reason=reason)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules and provider profiles of one state of the files; `version` is a hash of their content."""

    rules: tuple[Rule, ...]
    providers: Mapping[str, Provider]
    version: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(_Strict):
    zh_CN: Word  # noqa: N815 - the name of a language
    en: Word


class _Citation(_Strict):
    law: Word
    article: str = ""
    verified: bool
    url: str = ""
    effective_from: date = date.min
    effective_to: date = date.max


class _Case(BaseModel):
    """Beside these any field of the case format may be given."""

    model_config = ConfigDict(extra="allow", frozen=True)
    text: Word
    finds: tuple[str, ...]


class _RuleFile(BaseModel):
    """The common part of a rule file; all other keys are options of its kind."""

    model_config = ConfigDict(extra="allow", frozen=True)
    id: Word
    name: Word
    kind: Word
    severity: SeverityWord | dict[str, SeverityWord]
    about: _Words
    message: _Words
    fix: _Words
    citation: _Citation | None = None
    citations: tuple[_Citation, ...] = ()
    case: tuple[_Case, ...] = ()
    effective_from: date = date.min
    effective_to: date = date.max
    providers: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    not_industries: frozenset[str] = frozenset()
    replace: dict[Word, tuple[str, ...]] = {}


class _List(_Strict):
    words: tuple[Word, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a pack, as it was read; `name` is its place in the folder of packs."""

    path: Path
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    source: str
    data: Mapping[str, Any]

    @property
    def folder(self) -> str:
        return self.path.parent.name


def load_all(*folders: Path) -> RuleSet:
    """Reads every pack of `folders`. Raises PackError for the first file that cannot be used."""
    return load_sources(source for folder in folders for source in read_folder(folder))


def read_folder(folder: Path) -> tuple[Source, ...]:
    """The files of all packs in a folder, in order. Raises PackError."""
    paths = sorted(folder.glob("*/*.toml"), key=lambda path: path.parts)
    return tuple(Source(path, "/".join(path.parts[-2:]), _read(path)) for path in paths)


@no_garbage()
def load_sources(sources: Iterable[Source]) -> RuleSet:
    """All of them as one set. Raises PackError for the first that cannot be used."""
    digest, files, known = hashlib.sha256(), [], parsed.shipped()
    for source in sources:
        digest.update(f"{source.name}\0{len(source.text)}\0{source.text}".encode())
        files.append(_File(source.path, source.text, _toml(source.path, source.text, known)))
    shared = _refuse_second([file for file in files if file.folder in (LISTS, PROFILES)])
    lists = {file.path.stem: _word_list(file) for file in shared if file.folder == LISTS}
    rules = [parse_rule(file, lists) for file in files if file.folder not in (LISTS, PROFILES)]
    _refuse_doubles(rules)
    providers = {file.path.stem: _provider(file) for file in shared if file.folder == PROFILES}
    return RuleSet(tuple(sorted(rules, key=lambda rule: rule.id)), providers, digest.hexdigest()[:16])


def _word_list(file: _File) -> WordList:
    given = _checked(_List, file)
    if bool(given.words) == bool(given.pattern):
        raise PackError(file.path, "a list has either words or a pattern")
    return WordList(given.words, given.pattern)


def _refuse_second(files: Sequence[_File]) -> Sequence[_File]:
    """A pack of the merchant's may not replace a word list or a profile that other rules rely on."""
    seen: set[tuple[str, str]] = set()
    for file in files:
        named = file.folder, file.path.stem
        if named in seen:
            raise PackError(file.path, "there is a file of this name already")
        seen.add(named)
    return files


def parse_rule(file: _File, lists: Lists) -> Rule:
    path, source = file.path, file.source
    named = _FILE_NAME.fullmatch(path.name)
    if not named:
        raise PackError(path, "a rule file is named <ID>-<name>.toml")
    given = _checked(_RuleFile, file)
    if given.id != named[1] or path.stem != f"{given.id}-{given.name}":
        raise PackError(path, "id and name are not those of the file name", _line_of(source, "id"))
    citations = given.citations or ((given.citation,) if given.citation else ())
    if not citations:
        raise PackError(path, "a rule needs a citation")
    try:
        options = expand(given.model_extra or {}, lists)
    except UnknownList as error:
        lines = enumerate(source.splitlines(), 1)
        line = next((number for number, text in lines if f"@{error.name}" in text), 0)
        raise PackError(path, str(error), line) from error
    return _rule(file, given, citations, options)


def _rule(file: _File, given: _RuleFile, citations: Iterable[_Citation], options: Mapping[str, Any]) -> Rule:
    path = file.path
    default, severities = _severities(path, given.severity)
    return Rule(
        id=given.id,
        name=given.name,
        pack=path.parent.name,
        kind=given.kind,
        severity=default,
        about=given.about.model_dump(),
        message=given.message.model_dump(),
        fix=given.fix.model_dump(),
        citations=tuple(_dated(citation) for citation in citations),
        cases=tuple(Case(case.text, case.finds, case.model_extra or {}) for case in given.case),
        options=options,
        severities=severities,
        scope=Scope(given.providers, given.industries, given.purposes, given.not_industries),
        effective_from=given.effective_from,
        effective_to=given.effective_to,
        replace=_replacements(file, given.replace),
        path=path,
    )


def _replacements(file: _File, table: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    for written, words in table.items():
        try:
            groups = Pattern(written).groups
        except BadPattern as error:
            raise PackError(file.path, str(error), _line_of(file.source, "replace")) from error
        if any(int(number) > groups for text in words for number in _GROUP.findall(text)):
            raise PackError(file.path, f"{written!r} has no such group", _line_of(file.source, "replace"))
    return table


def _severities(path: Path, given: str | dict[str, SeverityWord]) -> tuple[Severity, dict[str, Severity]]:
    if isinstance(given, str):
        return Severity[given.upper()], {}
    if "default" not in given:
        raise PackError(path, "severity as a table needs a default")
    table = {name: Severity[word.upper()] for name, word in given.items()}
    return table.pop("default"), table


def _dated(citation: _Citation) -> DatedCitation:
    source = Citation(citation.law, citation.article, citation.verified, citation.url)
    return DatedCitation(source, citation.effective_from, citation.effective_to)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(path, f"cannot be read: {error}") from error


def _toml(path: Path, source: str, known: parsed.Table) -> dict[str, Any]:
    try:
        return parsed.read(source, known)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise PackError(path, str(error), int(at[1]) if at else source.count("\n") + 1) from error


def _checked(model: type[M], file: _File) -> M:
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        raise _refusal(file.path, file.source, error) from error


def _provider(file: _File) -> Provider:
    try:
        return parse_provider(file.path.stem, file.data)
    except ValidationError as error:
        raise _refusal(file.path, file.source, error) from error


def _refusal(path: Path, source: str, error: ValidationError) -> PackError:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return PackError(path, f"{where}: {first['msg']}", _line_at(source, first["loc"]))


def _line_at(source: str, loc: tuple[int | str, ...]) -> int:
    """The line that pydantic's `loc` means: in the n-th of several tables, if it says so."""
    keys = [part for part in loc if isinstance(part, str)]
    if loc[:1] == ("case",) and len(loc) > 2:
        heads = [number for number, line in enumerate(source.splitlines(), 1) if line.strip() == "[[case]]"]
        start = heads[int(loc[1])] if int(loc[1]) < len(heads) else 0
        return _line_of(source, keys[-1], start) or start
    return _line_of(source, keys[0]) if keys else 0


def _line_of(source: str, key: str, start: int = 0) -> int:
    """The first line after `start` that sets `key` or opens its table; 0 if none does."""
    wanted = re.compile(rf"\s*\[*\s*{re.escape(key)}\b")
    lines = enumerate(source.splitlines(), 1)
    return next((number for number, line in lines if number > start and wanted.match(line)), 0)


def _refuse_doubles(rules: Iterable[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise PackError(rule.path, f"the id {rule.id} is taken by another rule")
        seen.add(rule.id)
