"""The words for codes that a person meets, in both languages: `resources/words/{errors,terms}.toml`.

Each file is read at its first use and kept: 8 ms, which only those pay who show something of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from campaign_app import assets
from campaign_app.domain.errors import AppError

Language = Literal["zh_CN", "en"]
_AND: Final[Mapping[str, str]] = {"zh_CN": "、", "en": ", "}
_COLON: Final[Mapping[str, str]] = {"zh_CN": "：", "en": ": "}


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Words:
    """Everything raises AppError("asset_missing") while the words cannot be read."""

    language: Language
    cli: bool = False

    def error(self, error: AppError) -> str:
        """The sentence for a person; an error without one speaks for itself, a missing fact is …."""
        sentence = self._sentence(error.code)
        known = _facts(error)
        if "wrong" in known:
            known["reason"] = self.reason(error)
        if "rows_of" in known:
            known["rows_of"] = self.term("rooted", known["rows_of"])
            known["where"] = self.term("audit_fact", known.get("where", ""))
        if error.code == "stamp_refused":
            known["why"] = self.term("stamp_problem", known["why"])
        if "roles" in known:
            known["who"] = self.roles(known["roles"].split(","))
        return sentence.format_map(known) if sentence else str(error)

    def reason(self, error: AppError) -> str:
        """What is wrong with a rule file, without the file and the line."""
        known = _facts(error)
        return self._of("pack_problem", known["wrong"]).format_map(known) or known["reason"]

    def roles(self, roles: Iterable[str]) -> str:
        """What a team's roles are called, one behind another."""
        return _AND[self.language].join(self.term("role", role) for role in roles)

    def term(self, table: str, code: str) -> str:
        """The label, or the code itself.

        A `state_note` may also be an error's code, or go on with one (`refused:…`) and a shop's name (`at_shop:…:…`)
        or a moment (`later:…:…`). Behind an error's code may stand the provider's own (`provider_refused=…`).
        """
        label = self._of(table, code)
        if label or table != "state_note":
            return label or code
        head, cause, shop, theirs = _parts(code)
        said = self._of(table, head).format_map(_Known(shop=shop, moment=shop)) or self._bare(head, theirs) or head
        return f"{said}{_COLON[self.language]}{self._bare(cause, theirs) or cause}" if cause else said

    def called(self, table: str, text: str) -> frozenset[str]:
        """The codes of a table whose label holds this text; none for ""."""
        sought, labels = text.strip().casefold(), _read("terms").get(table, {})
        return frozenset(code for code in labels if sought and sought in self._of(table, code).casefold())

    def why(self, table: str, code: str) -> str:
        """The sentence that explains a term, or ""."""
        if table != "state_note":
            return self._of(table, code, "why_")
        head, _, shop, _ = _parts(code)
        return self._of(table, head, "why_").format_map(_Known(shop=shop, moment=shop))

    def note(self, note: str) -> str:
        """Why a campaign waits, in one sentence: with shop and cause where they are known, else as it is explained."""
        said = self.term("state_note", note)
        return said if ":" in note else self.why("state_note", note) or said

    def _of(self, table: str, code: str, kind: str = "") -> str:
        found: str = _read("terms").get(table, {}).get(code, {}).get(kind + self.language, "")
        return found

    def _bare(self, code: str, theirs: str) -> str:
        known = {"said": theirs, "number": theirs, "meaning": self.term("outcome_code", theirs)} if theirs else {}
        return self._sentence(code).format_map(_Known(known))

    def _sentence(self, code: str) -> str:
        said = _read("errors").get(code, {})
        own = said.get(f"cli_{self.language}", "") if self.cli else ""
        return own or said.get(self.language, "")


def _facts(error: AppError) -> _Known:
    return _Known({name: str(value) for name, value in error.facts.items()})


def _parts(note: str) -> tuple[str, str, str, str]:
    """What happened, the error's code, the shop where it did (or until when), the provider's code; or "" for each."""
    head, cause, shop, *_ = [*note.split(":", 2), "", ""]
    ours, _, theirs = (cause or head).partition("=")
    return (head, ours, shop, theirs) if cause else (ours, "", shop, theirs)


def load(language: Language, *, cli: bool = False) -> Words:
    """`cli`: with the command line's own sentences, which name its options."""
    return Words(language, cli)


def read_ahead() -> None:
    """Both tables at once, for a thread that nobody waits for: to read one is felt where a window asks for a word."""
    for name in ("errors", "terms"):
        _read(name)


@cache
def _read(name: str) -> Mapping[str, Any]:
    import tomllib  # with what it imports a hundredth of a second, and nothing is said before the first paint

    file = assets.path("words", f"{name}.toml")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AppError("asset_missing", f"{file} cannot be read: install the program again", asset=file.name) from error
