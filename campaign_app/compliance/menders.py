"""Ideas of how to mend a finding, by kind of check; whether an idea is any good is for `fixes` to find out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from campaign_app.compliance.leftovers import attribute
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.normalize import LOOKALIKE, TRADITIONAL, WIDTH, FoldTable
from campaign_app.compliance.opt_outs import STANDARD, OptOut, find_opt_outs
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.rule import Rule
from campaign_app.domain.finding import Finding

_STOPS: Final = "，。；！？、,;!?"
_PAUSES: Final = "，；、,;"
_ENDS: Final = "。！？!?."
_CLAUSE_BORDER: Final = re.compile("[，。；！？,;!?\n]")
_FARTHEST: Final = 80
_PRICE: Final = re.compile(r"\s*(\d[\d,.]*)(?!\s*[元块\d])")
_GROUP: Final = re.compile(r"\\(\d)")
_LEFT_OVER: Final = re.compile(r"[${#\[&%<=]*(\w{1,40})[}#\];%>]*")
_A_NAME: Final = re.compile(r"\W*(?:客户|会员|收件人|用户|顾客)?(?:姓名|名字|昵称|称呼)\W*")


class Edit(NamedTuple):
    """text[start:end] becomes `replacement`."""

    start: int
    end: int
    replacement: str


class Idea(NamedTuple):
    """`label` is a key of the fixes' labels, `replacement` the words to show in it."""

    label: str
    replacement: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Place:
    finding: Finding
    text: str
    request: CheckRequest
    providers: tuple[Provider, ...]
    table: FoldTable
    rule: Rule

    @property
    def start(self) -> int:
        return self.finding.span.start

    @property
    def end(self) -> int:
        return self.finding.span.end

    @property
    def opt_outs(self) -> tuple[str, ...]:
        """The forms to write: of each provider the one that it likes best."""
        return tuple(dict.fromkeys((one.opt_out_forms or (STANDARD,))[0] for one in self.providers))

    @property
    def last_opt_out(self) -> OptOut | None:
        """At places of the final text."""
        offset = len(self.request.signature.text) + 2
        found = find_opt_outs(self.table.text(self.text[offset:]))
        last = found[-1] if found else None
        return last and OptOut(last.start + offset, last.end + offset, last.form, last.standard)


Mender = Callable[[Place], Iterator[Idea]]


def other_words(place: Place) -> Iterator[Idea]:
    """What the rule says to write instead of these words."""
    written = place.finding.text
    folded = place.table.phrase(written)
    for source, instead in place.rule.replace.items():
        match = re.fullmatch(source, written)
        if match:
            for words in instead:
                yield _instead(place, _GROUP.sub(partial(_part, match), words))
        elif re.fullmatch(place.table.pattern(source), folded):
            # what is folded has lost its own looks: only whole words can stand for it
            yield from (_instead(place, words) for words in instead if not _GROUP.search(words))


def delete(place: Place) -> Iterator[Idea]:
    if place.end > place.start:
        start, end = attribute(place.text, place.start, place.end)
        yield Idea("delete", place.text[start:end], (_without(place.text, start, end),))


def delete_clause(place: Place) -> Iterator[Idea]:
    if place.end > place.start:
        yield Idea("delete_clause", "", (_without(place.text, *_clause(place)),))


def append_opt_out(place: Place) -> Iterator[Idea]:
    for form in place.opt_outs:
        yield Idea("append", form, (_at_end(place.text, form),))


def write_opt_out(place: Place) -> Iterator[Idea]:
    """A provider's form at the place of another one; the gap before it goes too."""
    start = len(place.text[: place.start].rstrip())
    standard = place.last_opt_out
    forms = [standard.standard] if standard and place.rule.kind == "opt_out_diluted" else []
    for form in dict.fromkeys([*forms, *place.opt_outs]):
        yield Idea("replace", form, (Edit(start, place.end, form),))


def move_opt_out(place: Place) -> Iterator[Idea]:
    form = place.finding.text
    for each in dict.fromkeys([form, *place.opt_outs]):
        yield from _moved(place, each)


def insert_sentence(place: Place) -> Iterator[Idea]:
    """A sentence that has to be there, in front of the opt-out."""
    parts = place.rule.options.get("check", (place.rule.options,))
    sentence = next(part["phrases"][0] for part in parts if part.get("kind", "required") == "required")
    last = place.last_opt_out
    at = last.start if last else len(place.text)
    closed = _at_end(place.text[:at], f"{sentence}。")
    yield Idea("insert", sentence, (closed,))


def quotation_marks(place: Place) -> Iterator[Idea]:
    inner = place.finding.text[1:-1]
    if inner and place.finding.text[0] == "【":
        yield Idea("quotes", "", (Edit(place.start, place.start + 1, "“"), Edit(place.end - 1, place.end, "”")))


def delete_invisible(place: Place) -> Iterator[Idea]:
    yield Idea("invisible", "", (Edit(place.start, place.end, ""),))


def usual_characters(place: Place) -> Iterator[Idea]:
    """Full-width, styled, look-alike and traditional characters by the usual ones."""
    folded = place.table.text(place.finding.text)
    odd = WIDTH | LOOKALIKE | TRADITIONAL
    flags = folded.flags.tolist()
    chars = [_usual(place.table, c) if f & odd else c for c, f in zip(place.finding.text, flags, strict=True)]
    yield _instead(place, "".join(chars))


def join(place: Place) -> Iterator[Idea]:
    together = "".join(char for char in place.finding.text if not place.table.skips(char))
    yield Idea("join", together, (Edit(place.start, place.end, together),))


def plain_marks(place: Place) -> Iterator[Idea]:
    """¥199 is 199元, and one mark is enough."""
    price = _PRICE.match(place.text, place.end)
    if place.finding.text in ("¥", "￥") and price:
        number = price[1].rstrip(",.")
        first, last = price.start(1), price.start(1) + len(number)
        edits = (Edit(place.start, first, ""), Edit(last, last, "元"))
        yield Idea("replace", f"{number}元", edits)
    mark = place.finding.text[:1]
    if mark and mark in _STOPS + "~～…":
        yield _instead(place, mark)


def space_after(place: Place) -> Iterator[Idea]:
    """Between a link and the opt-out that it swallowed the beginning of."""
    for length in (2, 1):
        yield Idea("space", "", (Edit(place.end - length, place.end - length, " "),))


def cut_query(place: Place) -> Iterator[Idea]:
    at = place.finding.text.find("?")
    if at > 0:
        yield Idea("cut_query", "", (Edit(place.start + at, place.end, ""),))


def mask(place: Place) -> Iterator[Idea]:
    digits = "".join(filter(str.isalnum, place.finding.text))
    yield _instead(place, f"尾号{digits[-4:]}")


def our_placeholder(place: Place) -> Iterator[Idea]:
    """${name} of another provider, and {姓名} as people write it, are {name} here, if there is such a variable."""
    named = _LEFT_OVER.fullmatch(place.finding.text)
    meant = "name" if _A_NAME.fullmatch(place.finding.text) else named[1] if named else ""
    if meant in place.request.variables:
        yield _instead(place, f"{{{meant}}}")


def _part(match: re.Match[str], group: re.Match[str]) -> str:
    return match[int(group[1])] or ""


def _instead(place: Place, words: str) -> Idea:
    return Idea("replace", words, (Edit(place.start, place.end, words),))


def _without(text: str, start: int, end: int) -> Edit:
    """Deletes text[start:end], and a stop or a space that would be left with nothing in front of it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if after and before and after in _ENDS and before in _PAUSES:
        return Edit(start - 1, end, "")
    if before == after == " ":
        return Edit(start, end + 1, "")
    if after and after in _STOPS and (before in "】\n" or before in _STOPS):
        return Edit(start, end + 1, "")
    return Edit(start, end, "")


def _clause(place: Place) -> tuple[int, int]:
    """The clause around the finding."""
    low = max(place.text.find("】") + 1, place.start - _FARTHEST)
    borders = [match.end() for match in _CLAUSE_BORDER.finditer(place.text, low, place.start)]
    right = _CLAUSE_BORDER.search(place.text, place.end, place.end + _FARTHEST)
    return borders[-1] if borders else low, right.start() if right else min(len(place.text), place.end + _FARTHEST)


def _at_end(text: str, words: str) -> Edit:
    end = len(text.rstrip())
    stop = "" if text[end - 1] in _ENDS or text[end - 1] == "】" else "。"
    replaced = end - 1 if text[end - 1] in _PAUSES else end
    return Edit(replaced, len(text), f"{stop}{words}")


def _moved(place: Place, form: str) -> Iterator[Idea]:
    if place.text[place.end :].strip(_STOPS + " "):
        yield Idea("move", "", (_without(place.text, place.start, place.end), _at_end(place.text, form)))
    else:
        yield Idea("move", "", (Edit(place.start, len(place.text), form),))


def _usual(table: FoldTable, char: str) -> str:
    """The character that it stands for, in its own case where that can be told."""
    plain, standard = chr(int(table.fold[ord(char)])), unicodedata.normalize("NFKC", char)
    if len(standard) == 1 and standard.isascii():
        return standard
    return plain.upper() if char.isupper() else plain


_WORDS: Final[tuple[Mender, ...]] = (other_words, delete, delete_clause)
MENDERS: Final[Mapping[str, tuple[Mender, ...]]] = {
    "phrases": _WORDS,
    "echo": _WORDS,
    "claim_prize": (delete_clause,),
    "claim_urgency": (delete_clause,),
    "required": (insert_sentence,),
    "opt_out_missing": (append_opt_out,),
    "opt_out_form": (write_opt_out,),
    "opt_out_position": (move_opt_out,),
    "opt_out_obstacle": (write_opt_out,),
    "opt_out_diluted": (write_opt_out,),
    "opt_out_repeated": (delete,),
    "signature_second": (delete,),
    "signature_in_body": (quotation_marks, delete),
    "signature_brackets": (delete,),
    "disguise_invisible": (delete_invisible,),
    "disguise_styled": (usual_characters,),
    "disguise_spread": (join, delete),
    "disguise_traditional": (usual_characters,),
    "disguise_decorated": (plain_marks, delete),
    "disguise_mixed": (usual_characters,),
    "link_foreign": (delete, delete_clause),
    "link_unsafe": (delete, delete_clause),
    "link_glued": (space_after,),
    "link_personal": (cut_query, delete, delete_clause),
    "number_mobile": (delete_clause, delete),
    "number_personal": (mask,),
    "variables_unfilled": (our_placeholder, delete),
}
