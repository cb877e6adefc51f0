"""What TOP lets be used, and who shares a request: whose texts have one signature and follow one template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.gateways.templates import Templates
from campaign_app.gateways.wordings import Allowed, Wording
from campaign_app.transport.top.calls import TopCalls
from campaign_app.transport.top.filed import NOTATION, named, signature_status, template

# TOP takes 200 (its SDK), but Aliyun behind it not more than 100: no request is larger than what both take whole
NUMBERS_MAX: Final = 100


def allowed(calls: TopCalls, account: Account) -> Allowed:
    """Of what the account names. Raises RemoteError where TOP does not say."""
    names = [name for name in named(account, "signatures") if signature_status(calls, name) == "approved"]
    filed = [template(calls, code) for code in named(account, "templates")]
    return Allowed(frozenset(names), Templates([(one.code, one.text) for one in filed if one.usable], NOTATION))


def alike(wording: Wording) -> tuple[str, str]:
    return wording.signature, wording.template.code


def plain(wordings: Mapping[str, Wording | str]) -> Mapping[str, Wording | str]:
    """Without those a value of which TOP might take for a placeholder: an older document says that it replaces ${url}

    within values, and then nobody would read what was checked.
    """
    return {text: "no_template" if _replaceable(wording) else wording for text, wording in wordings.items()}


def _replaceable(wording: Wording | str) -> bool:
    return isinstance(wording, Wording) and any("${" in value for _, value in wording.template.values)
