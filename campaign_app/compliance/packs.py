"""Rule packs: folders of TOML files, `<pack>/<ID>-<name>.toml`, read, checked and versioned together.

A file with an error refuses its whole set, naming file, line and reason, so that no rule is ever missing unnoticed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from campaign_app.compliance import parsed
from campaign_app.compliance.patterns import Pattern
from campaign_app.compliance.providers import Provider, parse_provider
from campaign_app.compliance.quiet import no_garbage
from campaign_app.compliance.refused import BadPattern, PackError, Wrong, line_at, line_of, refused_field
from campaign_app.compliance.rule import Case, DatedCitation, Rule, Scope
from campaign_app.compliance.vocabulary import Lists, UnknownList, WordList, expand
from campaign_app.domain.finding import Citation, Severity

PROFILES: Final = "profiles"
LISTS: Final = "lists"
_FILE_NAME: Final = re.compile(r"([A-Z]{3}-\d{3})-[a-z0-9-]+\.toml")
_GROUP: Final = re.compile(r"\\(\d)")
Word = Annotated[str, StringConstraints(min_length=1)]
M = TypeVar("M", bound=BaseModel)
SeverityWord = Literal["block", "warn", "info"]


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
    providers: frozenset[str] = frozenset()
    beside: bool = False


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
    absent: _Words | None = None
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
    own = [file for file in files if file.folder not in (LISTS, PROFILES)]
    rules = [parse_rule(file, lists) for file in own]
    _refuse_doubles(rules, own)
    providers = {file.path.stem: _provider(file) for file in shared if file.folder == PROFILES}
    return RuleSet(tuple(sorted(rules, key=lambda rule: rule.id)), providers, digest.hexdigest()[:16])


def _word_list(file: _File) -> WordList:
    given = _checked(_List, file)
    if bool(given.words) == bool(given.pattern):
        line = line_of(file.source, "pattern") if given.words else 0
        raise PackError(file.path, Wrong.LIST_OF_ONE, "a list has either words or a pattern", line)
    return WordList(given.words, given.pattern)


def _refuse_second(files: Sequence[_File]) -> Sequence[_File]:
    """A pack of the merchant's may not replace a word list or a profile that other rules rely on."""
    seen: set[tuple[str, str]] = set()
    for file in files:
        named = file.folder, file.path.stem
        if named in seen:
            raise PackError(file.path, Wrong.SECOND_FILE, "there is a file of this name already")
        seen.add(named)
    return files


def parse_rule(file: _File, lists: Lists) -> Rule:
    path, source = file.path, file.source
    named = _FILE_NAME.fullmatch(path.name)
    if not named:
        raise PackError(path, Wrong.FILE_NAME, "a rule file is named <ID>-<name>.toml")
    given = _checked(_RuleFile, file)
    if given.id != named[1] or path.stem != f"{given.id}-{given.name}":
        reason = "id and name are not those of the file name"
        raise PackError(path, Wrong.OTHER_NAME, reason, line_of(source, "id"))
    citations = given.citations or ((given.citation,) if given.citation else ())
    if not citations:
        raise PackError(path, Wrong.NO_CITATION, "a rule needs a citation", line_of(source, "id"))
    try:
        options = expand(given.model_extra or {}, lists)
    except UnknownList as error:
        lines = enumerate(source.splitlines(), 1)
        line = next((number for number, text in lines if f"@{error.name}" in text), 0)
        raise PackError(path, Wrong.UNKNOWN_LIST, str(error), line, name=error.name) from error
    return _rule(file, given, citations, options)


def _rule(file: _File, given: _RuleFile, citations: Iterable[_Citation], options: Mapping[str, Any]) -> Rule:
    path = file.path
    default, severities = _severities(file, given.severity)
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
        absent=given.absent.model_dump() if given.absent else {},
        replace=_replacements(file, given.replace),
        path=path,
    )


def _replacements(file: _File, table: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    for written, words in table.items():
        try:
            groups = Pattern(written).groups
        except BadPattern as error:
            line = line_of(file.source, "replace")
            raise PackError(file.path, error.wrong, str(error), line, pattern=error.shown) from error
        if any(int(number) > groups for text in words for number in _GROUP.findall(text)):
            line = line_of(file.source, "replace")
            raise PackError(file.path, Wrong.NO_GROUP, f"{written!r} has no such group", line, pattern=written)
    return table


def _severities(file: _File, given: str | dict[str, SeverityWord]) -> tuple[Severity, dict[str, Severity]]:
    if isinstance(given, str):
        return Severity[given.upper()], {}
    if "default" not in given:
        line = line_of(file.source, "severity")
        raise PackError(file.path, Wrong.NO_DEFAULT, "severity as a table needs a default", line)
    table = {name: Severity[word.upper()] for name, word in given.items()}
    return table.pop("default"), table


def _dated(citation: _Citation) -> DatedCitation:
    source = Citation(citation.law, citation.article, citation.verified, citation.url)
    days = citation.effective_from, citation.effective_to
    return DatedCitation(source, *days, citation.providers, citation.beside)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # editors of Windows begin a file with a mark
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PackError(path, Wrong.UNREADABLE, f"cannot be read: {error}", line) from error
    except OSError as error:
        raise PackError(path, Wrong.UNREADABLE, f"cannot be read: {error}") from error


def _toml(path: Path, source: str, known: parsed.Table) -> dict[str, Any]:
    try:
        return parsed.read(source, known)
    except (ValueError, RecursionError) as error:  # a number or a nesting of thousands, too
        at = re.search(r"at line (\d+)", str(error))
        raise PackError(path, Wrong.TOML, str(error), int(at[1]) if at else source.count("\n") + 1) from error


def _checked(model: type[M], file: _File) -> M:
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        raise _refused(file, error) from error


def _provider(file: _File) -> Provider:
    try:
        return parse_provider(file.path.stem, file.data)
    except ValidationError as error:
        raise _refused(file, error) from error


def _refused(file: _File, error: ValidationError) -> PackError:
    return refused_field(file.path, error, line_at(file.source, error.errors(include_url=False)[0]["loc"]))


def _refuse_doubles(rules: Iterable[Rule], files: Iterable[_File]) -> None:
    seen: set[str] = set()
    for rule, file in zip(rules, files, strict=True):
        if rule.id in seen:
            reason, line = f"the id {rule.id} is taken by another rule", line_of(file.source, "id")
            raise PackError(rule.path, Wrong.ID_TAKEN, reason, line, id=rule.id)
        seen.add(rule.id)
