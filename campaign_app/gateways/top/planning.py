"""What TOP lets be used, and who shares a request: whose texts have one signature and follow one template."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

from campaign_app.compliance.filed import Templates
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.gateways.planning import apart
from campaign_app.gateways.wordings import Allowed, Wording
from campaign_app.transport.top.calls import TopCalls
from campaign_app.transport.top.filed import NOTATION, signature_status, template
from campaign_app.transport.typed import names_in

T = TypeVar("T")
# TOP takes 200 (its SDK), but Aliyun behind it not more than 100: no request is larger than what both take whole
NUMBERS_MAX: Final = 100


def allowed(calls: TopCalls, account: Account) -> Allowed:
    """Of what the account names, without what TOP refuses to tell of. Raises RemoteError where it tells of nothing."""
    signatures, templates = names_in(account, "signatures"), names_in(account, "templates")
    statuses = {name: _told(signature_status, calls, name) for name in signatures}
    found = [_told(template, calls, code) for code in templates]
    filed = [(one.code, one.text) for one in found if one is not None and one.usable]
    approved = frozenset(name for name, status in statuses.items() if status == "approved")
    return Allowed(approved, Templates(filed, NOTATION))


def _told(look_up: Callable[[TopCalls, str], T], calls: TopCalls, name: str) -> T | None:
    """None where TOP refuses this one name; a name that was mistyped stops nobody who needs another."""
    try:
        return look_up(calls, name)
    except RemoteRefused as refused:
        if refused.account_wide or refused.code != "refused":
            raise
    return None


def alike(wording: Wording) -> Hashable:
    return wording.signature, wording.template.code, apart(wording)
