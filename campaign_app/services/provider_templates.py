"""A provider's template becomes the text of a campaign, and the text of a campaign a provider's template.

What the variables of a provider stand for is suggested and settled by a person; what a provider will not take is what
the rules of its own pack say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.segments import Segments
from campaign_app.compliance.syntaxes import (
    LONGEST,
    OURS,
    SYNTAXES,
    BadTemplate,
    Syntax,
    export_template,
    guess,
    import_template,
    syntax_of,
)
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.finding import Finding, Severity

MOST_VARIABLES: Final = 30  # half as many again as any provider takes; each is a row for a person to settle
ENCODINGS: Final = ("utf-8-sig", "gb18030")
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MOST_BYTES: Final = 64 * 1024
_SIGNED: Final = re.compile(r"\s*【([^【】\n]{1,40})】")
_ALIASES: Final = {
    "name": frozenset(
        ("username", "user_name", "nick", "nickname", "customer", "customername", "customer_name", "member", "xm",
         "xingming", "realname", "real_name", "姓名", "昵称", "称呼", "会员名", "用户名", "客户")
    ),
    "province": frozenset(("sheng", "省", "省份")),
    "city": frozenset(("shi", "城市", "市", "cityname", "city_name")),
}  # fmt: skip
_GREETING: Final = re.compile(r"[\s，,]{0,2}(?:[您你]好|先生|女士|亲|会员[，,：:])")
_GREETED: Final = re.compile(r"(?:尊敬的|亲爱的|尊贵的|Hi|Hello|Dear)(?:会员|客户|顾客|用户)?[\s，,：:]{0,2}$")
_IS: Final = re.compile(r"[为是：:\s]{0,2}$")


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of the provider's, as it is `written` there, and ours that it stands for; "" while nobody knows."""

    theirs: str
    written: str
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """`signature` stood in front and is no part of `body`. A slot without ours keeps the provider's name there."""

    notation: str
    signature: str
    slots: tuple[Slot, ...]
    body: str

    @property
    def unmapped(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if not slot.ours)


@dataclass(frozen=True, slots=True)
class Exported:
    """`slots` are in the order in which the provider wants the values."""

    notation: str
    text: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """What a provider's own rules say against one message, the worst first; `final_text` is that message."""

    findings: tuple[Finding, ...]
    final_text: str
    segments: Segments


def read(text: str, notation: str = "", names: Mapping[str, str] | None = None, known: Sequence[str] = ()) -> Imported:
    """The text of a campaign; `names` says what is settled ("" : nothing), all else is suggested from `known`.

    Without a `notation` it is guessed. Raises BadTemplate, its place within `text`.
    """
    signed = _SIGNED.match(text)
    start = signed.end() if signed is not None else len(text) - len(text.lstrip())
    rest = text[start:].rstrip()
    if not rest and len(text) <= LONGEST:
        raise SettingsError("template_empty", "There is nothing to convert")
    notation = notation or guess(rest)
    syntax = syntax_of(notation)
    if len(rest) <= LONGEST and len(syntax.variables(rest)) > MOST_VARIABLES:
        raise BadTemplate("too_many", str(MOST_VARIABLES))
    slots = _slots(rest, syntax, names or {}, known)
    try:
        body = import_template(rest, notation, {slot.theirs: slot.ours for slot in slots if slot.ours})
    except BadTemplate as error:
        raise _moved(error, start) from None
    return Imported(notation, signed[1] if signed is not None else "", slots, body)


def write(body: str, notation: str) -> Exported:
    """The text of a campaign as a provider's template. Raises BadTemplate, its place within `body`."""
    if not body.strip():
        raise SettingsError("template_empty", "There is nothing to convert")
    exported, syntax = export_template(body, notation), SYNTAXES[notation]
    theirs = [str(number) if syntax.numbered else name for number, name in enumerate(exported.names, 1)]
    slots = (Slot(each, syntax.form % each, name) for each, name in zip(theirs, exported.names, strict=True))
    return Exported(notation, exported.text, tuple(slots))


def refusals(engine: Engine, request: CheckRequest, provider: str) -> Refusals:
    """As `objections`. Raises SettingsError for a value that would be sent as a variable."""
    refuse_values(request.variables)
    return objections(engine, request, provider)


def refuse_values(variables: Mapping[str, str]) -> None:
    """Raises SettingsError for a value that would be sent as a variable."""
    for name, value in variables.items():
        if any(syntax.placeholder.search(value) for syntax in SYNTAXES.values()):
            raise SettingsError("template_value", "A value holds a variable", what=name)


def objections(engine: Engine, request: CheckRequest, provider: str) -> Refusals:
    """What this provider will not take of `request`; when it is sent is another question."""
    result = engine.check(replace(request, provider=provider, also=()))
    found = (each for each in result.findings if _is_providers(engine, each))
    return Refusals(tuple(sorted(found, key=lambda each: -each.severity)), result.final_text, result.segments)


def notation_of(provider: Provider) -> str:
    """Ours where nobody knows how the provider writes its variables."""
    return provider.variable_syntax or OURS


def refuse_unknown(slots: Sequence[Slot], names: Collection[str]) -> None:
    """Raises SettingsError for something that is settled of a variable that is not there."""
    strange = sorted(set(names) - {slot.theirs for slot in slots})
    if strange:
        raise SettingsError("template_no_variable", "No such variable", what=strange[0][:16])


def text_in(file: Path) -> str:
    """A template kept in a file of text, in whatever encoding Chinese programs write. Raises SettingsError."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise SettingsError("file_unreadable", "The file cannot be read", file=file.name) from error
    text = decoded(raw, file.name)
    if not text.strip():
        raise SettingsError("file_empty", "The file is empty")
    return text


def save_text(text: str, file: Path) -> None:
    """Raises SettingsError; a file that could not be written is not left half."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise SettingsError("cannot_write", "The file cannot be written", file=file.name) from error


def decoded(raw: bytes, name: str) -> str:
    """Raises SettingsError for what is too much or no text."""
    if len(raw) > _MOST_BYTES:
        raise BadTemplate("too_long", str(LONGEST))
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    for encoding in (marked,) if marked else ENCODINGS:
        try:
            return raw.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise SettingsError("template_no_text", "This is no text", file=name)


def _is_providers(engine: Engine, finding: Finding) -> bool:
    rule = engine.rule(finding.rule_id)
    of_provider = rule is not None and rule.pack == "provider" and not rule.id.startswith("TIM-")
    return of_provider and finding.severity > Severity.INFO


def _moved(error: BadTemplate, by: int) -> BadTemplate:
    at = error.at + by if error.at >= 0 else -1
    return BadTemplate(str(error.facts["reason"]), str(error.facts["what"]), at)


def _slots(text: str, syntax: Syntax, names: Mapping[str, str], known: Sequence[str]) -> tuple[Slot, ...]:
    made: list[Slot] = []
    if len(text) > LONGEST:
        return ()
    for theirs in syntax.variables(text):
        taken = {slot.ours for slot in made}
        free = [name for name in known if name not in taken]
        ours = names[theirs] if theirs in names else next(_suggestions(theirs, text, syntax, free), "")
        made.append(Slot(theirs, syntax.form % theirs, ours))
    return tuple(made)


def _suggestions(theirs: str, text: str, syntax: Syntax, known: Sequence[str]) -> Iterator[str]:
    """By its name, else by the words around it; only what customers have."""
    plain = theirs.casefold()
    yield from (name for name in known if name.casefold() == plain)
    yield from (ours for ours, others in _ALIASES.items() if ours in known and plain in others)
    found = next(each for each in syntax.placeholder.finditer(text) if each[1] == theirs)
    before, after = text[: found.start()], text[found.end() :]
    lead = _IS.sub("", before)
    yield from (name for name in known if name not in _ALIASES and (after.startswith(name) or lead.endswith(name)))
    if "name" in known and (_GREETED.search(before) or _GREETING.match(after)):
        yield "name"
    yield from (ours for ours, word in (("province", "省"), ("city", "市")) if ours in known and after.startswith(word))
