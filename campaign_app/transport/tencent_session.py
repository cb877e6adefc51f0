"""The calls of one Tencent account, from what the workspace keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.transport.rates import lowered
from campaign_app.transport.session import SignedSession
from campaign_app.transport.tencent import Tc3Key, Tc3Signer, TencentCalls

REGION: Final = "ap-guangzhou"


def calls_for(
    account: Account, credentials: Mapping[str, str], clock: Clock, *, wait: Callable[[float], object] | None = None
) -> TencentCalls:
    """Raises SettingsError for a field that is empty or an address that cannot be right; asks nothing yet."""
    known = {**account.options, **credentials}
    for name in ("secret_id", "secret_key"):
        if not known.get(name):
            raise SettingsError("field_missing", "A field of the account is empty", field=name)
    lowered(account, 0)
    signer = Tc3Signer(Tc3Key(known["secret_id"], known["secret_key"]), known.get("region") or REGION)
    return TencentCalls(SignedSession(account.base_url, signer, clock, wait=wait))
