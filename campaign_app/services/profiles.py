"""What an entity tells of itself so that its texts are held to the right rules: trade, provider, domains, goods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from campaign_app.compliance.message import Good
from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import AccountStore
from campaign_app.domain.team import Permission
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.permitted import Permitted, needs

INDUSTRIES: Final = (
    "general",
    "food",
    "health_food",
    "medical",
    "cosmetics",
    "education",
    "real_estate",
    "alcohol",
    "finance",
    "tobacco",
)
PROVIDERS: Final = ("generic", "aliyun", "tencent", "huawei", "ucloud")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,9}[a-z][a-z0-9-]{1,62}")
_NAME_MAX: Final = 40
_PRICE_MAX: Final = 1_000_000_000
# as many as are looked for in every text without being felt
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """`domains` are those that links may lead to, and what is below them. Without one told all rules for all apply.

    `goods` are those whose page's price a text has to keep to.
    """

    industry: str = "general"
    provider: str = "generic"
    domains: tuple[str, ...] = ()
    goods: tuple[Good, ...] = ()


class Profiles(Permitted):
    def __init__(self, *, settings: AccountStore, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock

    def of(self, entity_uscc: str) -> Profile:
        return _profile(self._settings.setting(_name(entity_uscc), {}))

    @needs(Permission.VOUCH)
    def put(self, entity_uscc: str, profile: Profile, *, actor: str, seen: Profile | None = None) -> Profile:
        """Raises SettingsError("profile") for an unknown trade or provider, what is no domain, or no goods.

        `seen` is what stood there when it was read: only what differs from that is changed, and NotAllowed
        ("changed_elsewhere") is raised where somebody else changed the same since. Returns what is stored now.
        """
        name, put = _name(entity_uscc), profile

        def change(stored: Mapping[str, Any]) -> tuple[dict[str, Any], Sequence[Noted]]:
            nonlocal put
            put = profile if seen is None else _onto(_profile(stored.get(name, {})), seen, profile)
            _refuse(put)
            noted = Noted("profile_changed", actor, self._clock(), {
                "entity": entity_uscc, "industry": put.industry, "provider": put.provider,
                "domains": len(put.domains), "goods": len(put.goods),
            })  # fmt: skip
            return {name: asdict(put)}, [noted]

        self._settings.change_settings([name], change)
        return put


def _profile(stored: Mapping[str, Any]) -> Profile:
    domains, goods = stored.get("domains", ()), stored.get("goods", ())
    return Profile(**{**stored, "domains": tuple(domains), "goods": tuple(Good(**each) for each in goods)})


def _refuse(profile: Profile) -> None:
    for what, known in ((profile.industry, INDUSTRIES), (profile.provider, PROVIDERS)):
        if what not in known:
            raise SettingsError("profile", "This trade or provider is not known", what=what)
    for domain in profile.domains:
        if not is_domain(domain):
            raise SettingsError("profile", "This is no domain", what=domain)
    _refuse_wrong(profile)


def _onto(now: Profile, seen: Profile, wanted: Profile) -> Profile:
    names = [each.name for each in fields(Profile) if getattr(wanted, each.name) != getattr(seen, each.name)]
    for name in names:
        require_as_seen(*(getattr(each, name) for each in (now, seen, wanted)))
    return replace(now, **{name: getattr(wanted, name) for name in names})


def _refuse_wrong(profile: Profile) -> None:
    wrong = [good.name for good in profile.goods if not is_good(good)]
    wrong += [str(len(profile.goods))] if len(profile.goods) > MOST else []
    if wrong:
        raise SettingsError("profile", "These are no goods, or too many", what=wrong[0])


def is_good(good: Good) -> bool:
    return 1 < len(good.name.strip()) <= _NAME_MAX and 0 < good.cents < _PRICE_MAX


def is_domain(written: str) -> bool:
    return _DOMAIN.fullmatch(written) is not None


def _name(entity_uscc: str) -> str:
    return f"profile:{entity_uscc}"
