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
from campaign_app.compliance.packs import PackError
from campaign_app.compliance.patterns import BadPattern
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
        raise _refused(rule, table, f"no kind of check is called {rule.kind!r}", "kind")
    try:
        if rule.kind == "several":
            return _SEVERAL(rule.options, table).checks
        return (_SIMPLE[rule.kind](rule.options, table),)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = [part for part in first["loc"] if isinstance(part, str)]
        raise _refused(rule, table, f"{'.'.join(map(str, first['loc']))}: {first['msg']}", keys[-1]) from error
    except BadPattern as error:
        raise _refused(rule, table, str(error), error.source) from error


def _refused(rule: Rule, table: FoldTable, reason: str, wanted: str = "") -> PackError:
    """With the line of the rule's file that holds what is wrong, if it can be read and found."""
    try:
        lines = rule.path.read_text("utf-8").splitlines()
    except OSError:
        lines = []
    found = (number for number, line in enumerate(lines, 1) if wanted and wanted in table.pattern(line))
    return PackError(rule.path, f"{rule.id}: {reason}", next(found, 0))
