"""The wordings by which consent is asked for: agreements, consent screens and invitations, held to rules of their own.

The rules are data, `<ID>-<name>.toml`, with cases that each must find what it says. One either marks words (`patterns`,
less those that `unless` covers, and none at all where the text holds what it otherwise `lacks`), or names what is
missing (`ask`) from a text that asks for consent at all (`when`). Patterns are of the squeezed text: spaces, line
ends and invisible characters hide nothing, and every span is that of the text as it was given.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from campaign_app.compliance.normalize import Folded, FoldTable
from campaign_app.compliance.patterns import Pattern
from campaign_app.compliance.refused import BadPattern, PackError, Wrong
from campaign_app.compliance.rule import DatedCitation
from campaign_app.domain.finding import Citation, Finding, Severity, Span

KINDS: Final = ("agreement", "screen", "invitation")
LONGEST: Final = 200_000  # characters; a longer text is no wording
MOST: Final = 50  # findings of one rule
Kind = Literal["agreement", "screen", "invitation"]
Word = Annotated[str, StringConstraints(min_length=1)]


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
    beside: bool = False


class _Ask(_Strict):
    what: _Words
    any: tuple[Word, ...]


class _Case(_Strict):
    text: Word
    finds: tuple[str, ...]
    kind: Kind = "agreement"


class _File(_Strict):
    id: Word
    name: Word
    severity: Literal["block", "warn", "info"]
    kinds: frozenset[Kind]
    about: _Words
    message: _Words
    fix: _Words
    citations: tuple[_Citation, ...]
    patterns: tuple[Word, ...] = ()
    unless: tuple[Word, ...] = ()
    lacks: tuple[Word, ...] = ()
    when: tuple[Word, ...] = ()
    ask: tuple[_Ask, ...] = ()
    case: tuple[_Case, ...]


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    finds: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class WordingRule:
    """`asks`: what a text has to say, with the patterns of which one has to be there."""

    id: str
    name: str
    severity: Severity
    kinds: frozenset[str]
    about: dict[str, str]
    message: dict[str, str]
    fix: dict[str, str]
    citations: tuple[DatedCitation, ...]
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    lacks: tuple[Pattern, ...]
    when: tuple[Pattern, ...]
    asks: tuple[tuple[dict[str, str], tuple[Pattern, ...]], ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Wordings:
    """All rules of one state of the files; `version` is a hash of their content."""

    rules: tuple[WordingRule, ...]
    version: str
    table: FoldTable

    def check(self, text: str, kind: str, day: date, language: str = "zh_CN") -> tuple[Finding, ...]:
        """In order of place, what is missing first. By the law of `day`."""
        folded = self.table.text(text)
        found = [
            finding for rule in self.rules if kind in rule.kinds for finding in _findings(rule, folded, day, language)
        ]
        return tuple(sorted(found, key=lambda each: (each.span.start, each.span.end, each.rule_id)))


def load_wordings(folder: Path, table: FoldTable) -> Wordings:
    """Raises PackError for the first file that cannot be used."""
    digest, rules = hashlib.sha256(), []
    for path in sorted(folder.glob("*.toml")):
        source = path.read_text("utf-8")
        digest.update(f"{path.name}\0{len(source)}\0{source}".encode())
        rules.append(_rule(path, source, table))
    return Wordings(tuple(rules), digest.hexdigest()[:16], table)


def _rule(path: Path, source: str, table: FoldTable) -> WordingRule:
    try:
        given = _File.model_validate(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PackError(path, Wrong.TOML, str(error)) from error
    if path.stem != f"{given.id}-{given.name}":
        raise PackError(path, Wrong.OTHER_NAME, "id and name are not those of the file name")
    if bool(given.patterns) == bool(given.ask):
        raise PackError(path, Wrong.NO_CHECKS, "a rule has either patterns or what it asks for")

    def made(sources: Iterable[str]) -> tuple[Pattern, ...]:
        try:
            return tuple(Pattern(table.pattern(each)) for each in sources)
        except BadPattern as error:
            raise PackError(path, error.wrong, str(error), pattern=error.shown) from error

    return WordingRule(
        given.id, given.name, Severity[given.severity.upper()], frozenset(given.kinds), given.about.model_dump(),
        given.message.model_dump(), given.fix.model_dump(), tuple(map(_dated, given.citations)), made(given.patterns),
        made(given.unless), made(given.lacks), made(given.when),
        tuple((each.what.model_dump(), made(each.any)) for each in given.ask),
        tuple(Case(each.text, each.finds, each.kind) for each in given.case),
    )  # fmt: skip


def _dated(given: _Citation) -> DatedCitation:
    source = Citation(given.law, given.article, given.verified, given.url)
    return DatedCitation(source, given.effective_from, given.effective_to, beside=given.beside)


def _findings(rule: WordingRule, text: Folded, day: date, language: str) -> Iterator[Finding]:
    own = [dated.citation for dated in rule.citations if not dated.beside and dated.holds(day, "")]
    beside = tuple(dated.citation for dated in rule.citations if dated.beside and dated.holds(day, ""))
    base = Finding(
        rule.id, rule.severity, Span(0, 0), "", rule.message[language],
        (own or [dated.citation for dated in rule.citations])[-1], rule.fix[language], beside,
    )  # fmt: skip
    if rule.asks:
        for what in _missing(rule, text.squeezed):
            yield replace(base, message=base.message.replace("{match}", what[language]))
        return
    if any(pattern.regex.search(text.squeezed) for pattern in rule.lacks):
        return
    for start, end in _marked(rule, text.squeezed):
        first, last = text.squeezed_span(start, end)
        words = text.raw[first:last]
        yield replace(base, span=Span(first, last), text=words, message=base.message.replace("{match}", words))


def _missing(rule: WordingRule, text: str) -> list[dict[str, str]]:
    if not any(pattern.regex.search(text) for pattern in rule.when):
        return []
    return [what for what, any_of in rule.asks if not any(pattern.regex.search(text) for pattern in any_of)]


def _marked(rule: WordingRule, text: str) -> Sequence[tuple[int, int]]:
    """Each stretch once: of those that overlap the first that begins, and of equals the longest."""
    excused = [match.span() for pattern in rule.unless for match in pattern.regex.finditer(text)]
    spans = sorted(
        (match.span() for pattern in rule.patterns for match in pattern.regex.finditer(text)),
        key=lambda span: (span[0], -span[1]),
    )
    found: list[tuple[int, int]] = []
    for start, end in spans:
        free = not any(first < end and start < last for first, last in excused)
        if free and (not found or found[-1][1] <= start) and len(found) < MOST:
            found.append((start, end))
    return found
