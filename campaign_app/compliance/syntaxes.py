"""How SMS providers write variables in their templates, and the way to and from our own `{name}`.

A provider's profile names its notation (`variable_syntax`). Numbered notations keep the order in which the variables
first appear: the provider is given the values in that order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from campaign_app.compliance.template import Template
from campaign_app.domain.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Syntax:
    """`placeholder` finds one, its name in group 1, and `form` writes it; `once` if a variable may stand only once."""

    placeholder: re.Pattern[str]
    form: str
    numbered: bool = False
    once: bool = False
    most: int = 0
    names: re.Pattern[str] = re.compile(r"\w{1,40}")

    def variables(self, text: str) -> tuple[str, ...]:
        """Those of a text, each once, in the order in which they first stand there."""
        return tuple(dict.fromkeys(self.placeholder.findall(text)))


_NAME: Final = "[A-Za-z][A-Za-z0-9_]{0,39}"
_ASCII_NAME: Final = re.compile(_NAME)
_NUMBER: Final = r"[1-9]\d?"
OURS: Final = "{name}"
SYNTAXES: Final[Mapping[str, Syntax]] = {
    OURS: Syntax(re.compile(r"(?<![${])\{(\w{1,40})\}(?!\})"), "{%s}"),
    "${name}": Syntax(re.compile(rf"\$\{{({_NAME})\}}"), "${%s}", once=True, names=_ASCII_NAME),
    "${1}": Syntax(re.compile(rf"\$\{{({_NUMBER}|{_NAME})\}}"), "${%s}", numbered=True, most=20),
    "{1}": Syntax(re.compile(rf"(?<![${{])\{{({_NUMBER})\}}(?!\}})"), "{%s}", numbered=True, most=99),
    "{{name}}": Syntax(re.compile(rf"\{{\{{({_NAME})\}}\}}"), "{{%s}}", names=_ASCII_NAME),
    "#name#": Syntax(re.compile(rf"#({_NAME})#"), "#%s#", names=_ASCII_NAME),
}
LONGEST: Final = 2_000  # four times what any provider takes; longer is no template but a wrong file
_OUR_NAME: Final = re.compile(r"\w{1,40}")
_BRACES: Final = re.compile(r"\$?\{+\w{0,40}\}*|\}+")
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SHOWN: Final = 16


class BadTemplate(SettingsError):
    """A template cannot be read or written in a notation; the reason is one of `REASONS`.

    `at` is the place of it in the text that was given, in code points; -1 where it has none.
    """

    def __init__(self, reason: str, what: str = "", at: int = -1) -> None:
        shown = " ".join(what.split())[:_SHOWN]
        known = {"forms": " / ".join(SYNTAXES)} if reason == "unknown_syntax" else {}
        super().__init__(f"template_{reason}", f"template: {reason}", reason=reason, what=shown, at=at, **known)

    @property
    def at(self) -> int:
        return int(self.facts["at"])


REASONS: Final = (
    "unknown_syntax", "other_syntax", "gap", "adjacent", "twice", "too_many", "name", "our_name", "too_long", "unseen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """`names` are ours in the order in which the provider wants their values."""

    text: str
    names: tuple[str, ...]


def guess(text: str) -> str:
    """The notation in which a template is written: the one that finds most; our own if there is nothing to find."""
    text = text[:LONGEST]
    found = {name: len(syntax.placeholder.findall(text)) for name, syntax in SYNTAXES.items()}
    best = max(found.values())
    numbered = [name for name, count in found.items() if count == best and SYNTAXES[name].numbered and best]
    fits = [name for name in numbered if _numbers_only(text, SYNTAXES[name])]
    return next(iter(fits), next(name for name, count in found.items() if count == best))


def import_template(text: str, notation: str, names: Mapping[str, str] | None = None) -> str:
    """The template in our own `{name}`; `names` has ours for the provider's, by default they keep them.

    Raises BadTemplate: what looks like a placeholder of another notation would be sent as it stands.
    """
    syntax, ours = syntax_of(notation), names or {}
    _refuse_text(text)
    _refuse_gap(text, syntax)
    read = ""
    for place, piece, is_name in _pieces(text, syntax):
        brace = None if is_name else _BRACES.search(piece)
        if brace is not None:
            raise BadTemplate("other_syntax", brace[0], place + brace.start())
        read += f"{{{_our_name(ours.get(piece, piece), place)}}}" if is_name else piece
    return read


def export_template(body: str, notation: str) -> Exported:
    """Our template as a provider wants it. Raises BadTemplate if it cannot be written so, or not be read back."""
    syntax, template = syntax_of(notation), Template.parse(body)
    _refuse_text(body)
    names = tuple(dict.fromkeys(template.names))
    _refuse_unwritable(template, syntax, names)
    theirs = {name: str(number) if syntax.numbered else name for number, name in enumerate(names, 1)}
    text = template.literals[0]
    for name, literal in zip(template.names, template.literals[1:], strict=True):
        text += syntax.form % theirs[name] + literal
    _refuse_ambiguous(template, syntax, text)
    return Exported(text, names)


def syntax_of(notation: str) -> Syntax:
    if notation not in SYNTAXES:
        raise BadTemplate("unknown_syntax", notation)
    return SYNTAXES[notation]


def _pieces(text: str, syntax: Syntax) -> Iterator[tuple[int, str, bool]]:
    """Place, words and whether they are a variable's name, of everything in order."""
    place = 0
    for found in syntax.placeholder.finditer(text):
        yield place, text[place : found.start()], False
        yield found.start(), found[1], True
        place = found.end()
    yield place, text[place:], False


def _refuse_text(text: str) -> None:
    if len(text) > LONGEST:
        raise BadTemplate("too_long", str(LONGEST))
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        raise BadTemplate("unseen", f"U+{ord(unseen[0]):04X}", unseen.start())


def _refuse_unwritable(template: Template, syntax: Syntax, names: tuple[str, ...]) -> None:
    places = [place for place, _, is_name in _pieces(template.body, SYNTAXES[OURS]) if is_name]
    if template.adjacent:
        number = template.literals.index("", 1) - 1
        raise BadTemplate("adjacent", template.names[number], places[number])
    repeated = [number for number, name in enumerate(template.names) if name in template.names[:number]]
    if syntax.once and repeated:
        raise BadTemplate("twice", template.names[repeated[0]], places[repeated[0]])
    if syntax.most and len(names) > syntax.most:
        raise BadTemplate("too_many", str(syntax.most), places[template.names.index(names[syntax.most])])
    odd = [name for name in names if not syntax.numbered and not syntax.names.fullmatch(name)]
    if odd:
        raise BadTemplate("name", odd[0], places[template.names.index(odd[0])])


def _refuse_ambiguous(template: Template, syntax: Syntax, text: str) -> None:
    """What is fixed words here must be fixed words there: a brace is none, and what was written is read again."""
    for place, piece, is_name in _pieces(template.body, SYNTAXES[OURS]):
        brace = None if is_name else _BRACES.search(piece)
        if brace is not None:
            raise BadTemplate("other_syntax", brace[0], place + brace.start())
    read = [piece for _, piece, is_name in _pieces(text, syntax) if not is_name]
    if tuple(read) != template.literals:  # only `#` can be words here and the beginning of a variable there
        raise BadTemplate("other_syntax", template.body[template.body.index("#") :], template.body.index("#"))


def _refuse_gap(text: str, syntax: Syntax) -> None:
    """Numbers run from 1 without a gap."""
    numbers = [int(name) for name in syntax.variables(text) if name.isdigit()] if syntax.numbered else []
    missing = set(range(1, max(numbers, default=0) + 1)) - set(numbers)
    if missing:
        highest = str(max(numbers))
        place = next(place for place, piece, is_name in _pieces(text, syntax) if is_name and piece == highest)
        raise BadTemplate("gap", str(min(missing)), place)


def _our_name(name: str, place: int) -> str:
    if not _OUR_NAME.fullmatch(name):
        raise BadTemplate("our_name", name, place)
    return name


def _numbers_only(text: str, syntax: Syntax) -> bool:
    return all(name.isdigit() for name in syntax.placeholder.findall(text))
