"""The kinds of check that rule files may name, one file each."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from campaign_app.compliance.checks import (
    campaign,
    claims,
    disguise,
    links,
    numbers,
    opt_out,
    phrases,
    signature,
    signature_use,
    size_and_time,
    variables,
)
from campaign_app.compliance.checks.base import Builder, Check
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.patterns import BadPattern
from campaign_app.compliance.rule import Rule
from campaign_app.domain.errors import SettingsError

_SIMPLE: Final[dict[str, Builder]] = {
    **campaign.KINDS,
    **claims.KINDS,
    **disguise.KINDS,
    **links.KINDS,
    **numbers.KINDS,
    **opt_out.KINDS,
    **phrases.KINDS,
    **signature.KINDS,
    **signature_use.KINDS,
    **size_and_time.KINDS,
    **variables.KINDS,
}
_SEVERAL: Final = campaign.several(_SIMPLE)


def build(rule: Rule, table: FoldTable) -> tuple[Check, ...]:
    """The checks of a rule, to be asked apart. Raises SettingsError("rule_pack") if it cannot work."""
    if rule.kind != "several" and rule.kind not in _SIMPLE:
        raise _refused(rule, f"no kind of check is called {rule.kind!r}")
    try:
        if rule.kind == "several":
            return _SEVERAL(rule.options, table).checks
        return (_SIMPLE[rule.kind](rule.options, table),)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _refused(rule, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except BadPattern as error:
        raise _refused(rule, str(error)) from error


def _refused(rule: Rule, reason: str) -> SettingsError:
    name = f"{rule.pack}/{rule.id}-{rule.name}.toml"
    return SettingsError("rule_pack", f"{name}: {reason}", file=name, reason=reason)
