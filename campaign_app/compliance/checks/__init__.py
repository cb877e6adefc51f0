"""The kinds of check that rule files may name, one file each."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from campaign_app.compliance.checks import (
    campaign,
    claims,
    disguise,
    goods,
    links,
    numbers,
    opt_out,
    phrases,
    pinyin,
    signature,
    signature_use,
    size_and_time,
    variables,
)
from campaign_app.compliance.checks.base import Builder, Check
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.refused import BadPattern, PackError, Wrong, line_of, refused_field
from campaign_app.compliance.rule import Rule

_SIMPLE: Final[dict[str, Builder]] = {
    **campaign.KINDS,
    **claims.KINDS,
    **disguise.KINDS,
    **goods.KINDS,
    **links.KINDS,
    **numbers.KINDS,
    **opt_out.KINDS,
    **phrases.KINDS,
    **pinyin.KINDS,
    **signature.KINDS,
    **signature_use.KINDS,
    **size_and_time.KINDS,
    **variables.KINDS,
}
_SEVERAL: Final = campaign.several(_SIMPLE)


def build(rule: Rule, table: FoldTable) -> tuple[Check, ...]:
    """The checks of a rule, to be asked apart. Raises PackError if it cannot work."""
    if rule.kind != "several" and rule.kind not in _SIMPLE:
        reason = f"{rule.id}: no kind of check is called {rule.kind!r}"
        raise PackError(rule.path, Wrong.UNKNOWN_KIND, reason, line_of(_text(rule), "kind"), kind=rule.kind)
    try:
        if rule.kind == "several":
            return _SEVERAL(rule.options, table).checks
        return (_SIMPLE[rule.kind](rule.options, table),)
    except ValidationError as error:
        keys = [part for part in error.errors(include_url=False)[0]["loc"] if isinstance(part, str)]
        raise refused_field(rule.path, error, line_of(_text(rule), keys[-1]), rule.id) from error
    except BadPattern as error:
        line = _line(_text(rule), table, error)
        raise PackError(rule.path, error.wrong, f"{rule.id}: {error}", line, pattern=error.shown) from error


def _line(text: str, table: FoldTable, error: BadPattern) -> int:
    """Where the pattern stands as it was folded; else where there should be words to look for."""
    lines = enumerate(text.splitlines(), 1) if error.source else ()
    found = next((number for number, line in lines if error.source in table.pattern(line)), 0)
    words = "kind" if error.wrong is Wrong.NO_CHECKS else "phrases"
    return found or line_of(text, words) or line_of(text, "kind")


def _text(rule: Rule) -> str:
    """Of the rule's file, "" if it cannot be read any more."""
    try:
        return rule.path.read_text("utf-8")
    except OSError:
        return ""
