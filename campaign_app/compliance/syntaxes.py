"""How SMS providers write variables in their templates, and the way to and from our own `{name}`.

A provider's profile names its notation (`variable_syntax`). Numbered notations keep the order in which the variables
first appear: the provider is given the values in that order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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


_NAME: Final = "[A-Za-z][A-Za-z0-9_]{0,39}"
_ASCII_NAME: Final = re.compile(_NAME)
_NUMBER: Final = r"[1-9]\d?"
SYNTAXES: Final[Mapping[str, Syntax]] = {
    "{name}": Syntax(re.compile(r"(?<![${])\{(\w{1,40})\}(?!\})"), "{%s}"),
    "${name}": Syntax(re.compile(rf"\$\{{({_NAME})\}}"), "${%s}", once=True, names=_ASCII_NAME),
    "${1}": Syntax(re.compile(rf"\$\{{({_NUMBER}|{_NAME})\}}"), "${%s}", numbered=True, most=20),
    "{1}": Syntax(re.compile(rf"(?<![${{])\{{({_NUMBER})\}}(?!\}})"), "{%s}", numbered=True),
    "{{name}}": Syntax(re.compile(rf"\{{\{{({_NAME})\}}\}}"), "{{%s}}", names=_ASCII_NAME),
    "#name#": Syntax(re.compile(rf"#({_NAME})#"), "#%s#", names=_ASCII_NAME),
}
_BRACES: Final = re.compile(r"[{}]")


class BadTemplate(SettingsError):
    """A template cannot be read or written in a notation; the reason is one of `REASONS`."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__("template_syntax", f"{reason}: {what}", reason=reason, what=what)


REASONS: Final = ("unknown_syntax", "other_syntax", "gap", "adjacent", "twice", "too_many", "name")


@dataclass(frozen=True, slots=True)
class Exported:
    """`names` are ours in the order in which the provider wants their values."""

    text: str
    names: tuple[str, ...]


def guess(text: str) -> str:
    """The notation in which a template is written: the one that finds most; our own if there is nothing to find."""
    found = {name: len(syntax.placeholder.findall(text)) for name, syntax in SYNTAXES.items()}
    best = max(found.values())
    numbered = [name for name, count in found.items() if count == best and SYNTAXES[name].numbered and best]
    fits = [name for name in numbered if _numbers_only(text, SYNTAXES[name])]
    return next(iter(fits), next(name for name, count in found.items() if count == best))


def import_template(text: str, notation: str, names: Mapping[str, str] | None = None) -> str:
    """The template in our own `{name}`; `names` has ours for the provider's, by default they keep them.

    Raises BadTemplate: what looks like a placeholder of another notation would be sent as it stands.
    """
    syntax = _syntax(notation)
    _refuse_gap(text, syntax)
    pieces = syntax.placeholder.split(text)
    for fixed in pieces[::2]:
        if _BRACES.search(fixed):
            raise BadTemplate("other_syntax", fixed)
    ours = names or {}
    found = [f"{{{ours.get(piece, piece)}}}" if number % 2 else piece for number, piece in enumerate(pieces)]
    return "".join(found)


def export_template(body: str, notation: str) -> Exported:
    """Our template as a provider wants it. Raises BadTemplate if it cannot be written so."""
    syntax, template = _syntax(notation), Template.parse(body)
    names = tuple(dict.fromkeys(template.names))
    _refuse_unwritable(template, syntax, names)
    written = {name: syntax.form % number for number, name in enumerate(names, 1)} if syntax.numbered else {}
    text = template.literals[0]
    for name, literal in zip(template.names, template.literals[1:], strict=True):
        text += (written.get(name) or syntax.form % name) + literal
    return Exported(text, names)


def _refuse_unwritable(template: Template, syntax: Syntax, names: tuple[str, ...]) -> None:
    if template.adjacent:
        raise BadTemplate("adjacent", template.body)
    if syntax.once and len(names) != len(template.names):
        raise BadTemplate("twice", next(name for name in names if template.names.count(name) > 1))
    if syntax.most and len(names) > syntax.most:
        raise BadTemplate("too_many", str(len(names)))
    odd = [name for name in names if not syntax.numbered and not syntax.names.fullmatch(name)]
    if odd:
        raise BadTemplate("name", odd[0])
    if syntax.placeholder.search(template.fixed):
        raise BadTemplate("other_syntax", template.fixed)


def _refuse_gap(text: str, syntax: Syntax) -> None:
    """Numbers run from 1 without a gap."""
    found = {int(name) for name in syntax.placeholder.findall(text) if name.isdigit()} if syntax.numbered else set()
    missing = set(range(1, max(found, default=0) + 1)) - found
    if missing:
        raise BadTemplate("gap", str(min(missing)))


def _numbers_only(text: str, syntax: Syntax) -> bool:
    return all(name.isdigit() for name in syntax.placeholder.findall(text))


def _syntax(notation: str) -> Syntax:
    if notation not in SYNTAXES:
        raise BadTemplate("unknown_syntax", notation)
    return SYNTAXES[notation]
