"""One message as each way out would carry it: by what rules, as which template, in how many parts, or why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.segments import (
    UCS2,
    Segments,
    cn_segments,
    cut_marks,
    gsm_parts,
    gsm_segments,
    tearing_marks,
    ucs2_parts,
    units,
)
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.domain.filing import Register
from campaign_app.domain.finding import Finding, Severity
from campaign_app.domain.platform import Capabilities, is_carrier, sends_itself
from campaign_app.services.accounts import Accounts
from campaign_app.services.carriers import rules_for
from campaign_app.services.composing import Setting
from campaign_app.services.profiles import PROVIDERS
from campaign_app.services.provider_templates import Exported, notation_of, objections, refuse_values, write
from campaign_app.services.readers import Reader
from campaign_app.services.texts import filed_of

# the rules know both as no provider of their own; they file templates as Aliyun does
NOTATIONS: Final[Mapping[str, str]] = {"top": "${name}", "pinduoduo": "${name}"}
# whoever can carry messages without knowing the people; a platform of shops that files templates may be chosen to
KNOWN: Final = (*(name for name in PROVIDERS if name != "generic"), "smpp", "kannel", *NOTATIONS)
Cut = tuple[Segments, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Channel:
    """`rules` names the provider whose rules hold there. Without an `account` nobody has connected one.

    `shops` are those whose messages leave by it, the account itself last.
    """

    platform: str
    rules: str
    account: Account | None = None
    shops: tuple[int, ...] = ()

    def shop_of(self, reader: Reader) -> int | None:
        """Whose filing of the signature holds."""
        return reader.shop if reader.shop in self.shops else next(iter(self.shops), None)


@dataclass(frozen=True, slots=True)
class Side:
    """A message on one way. `accounts` are those that carry it so, none for a provider that is not connected.

    `notation`: how the provider writes variables in its templates, where it takes those with a signature that it puts
    in front itself; then there is an `exported` template or an `error` why there is none. "": it takes the whole text.
    `marks` and `torn` as `services.composing.Composed` has them, but as this way cuts; `findings` the worst first.
    """

    platform: str
    rules: str
    accounts: tuple[Account, ...]
    text: str
    segments: Segments
    marks: tuple[int, ...]
    torn: tuple[int, ...]
    findings: tuple[Finding, ...]
    notation: str = ""
    exported: Exported | None = None
    error: AppError | None = None

    @property
    def key(self) -> tuple[str, tuple[int, ...]]:
        return self.platform, tuple(account.id for account in self.accounts)

    @property
    def level(self) -> str:
        """block, warn or ok."""
        worst = max((each.severity for each in self.findings), default=Severity.INFO)
        if self.error is not None or worst is Severity.BLOCK:
            return "block"
        return "warn" if worst is Severity.WARN else "ok"


def channels_of(accounts: Accounts, told: str, register: Register) -> tuple[Channel, ...]:
    """The connected accounts that can carry messages of the register's entity.

    `told`: the provider behind those that do not say who they are, as the entity tells it.
    """
    mine = {way.carrier for way in register.ways}
    found = (account for account in accounts.all() if account.id in mine and _carries(accounts, account))
    return tuple(
        Channel(each.platform, rules_for(each.platform, told), each, _shops(register, each.id)) for each in found
    )


def others(channels: Iterable[Channel], told: str) -> tuple[Channel, ...]:
    """Every known way that is not among `channels`."""
    connected = {channel.platform for channel in channels}
    return tuple(Channel(name, rules_for(name, told)) for name in KNOWN if name not in connected)


def sides(
    engine: Engine,
    setting: Setting,
    channels: Iterable[Channel],
    body: str,
    signature: str,
    reader: Reader,
    tick: Callable[[], object] = lambda: None,
) -> tuple[Side, ...]:
    """In the order of the channels; accounts of one platform that carry it alike are one.

    `tick` is called before each channel, and may raise.
    """
    found: dict[object, Side] = {}
    for channel in channels:
        tick()
        side = _side(engine, setting, channel, body, signature, reader)
        alike = side.platform, side.text, side.findings
        known = found.get(alike)
        found[alike] = side if known is None else replace(known, accounts=(*known.accounts, *side.accounts))
    return tuple(found.values())


def _side(engine: Engine, setting: Setting, channel: Channel, body: str, signature: str, reader: Reader) -> Side:
    filed, ports = filed_of(setting.register, signature, setting.now, channel.shop_of(reader))
    held = ports if channel.account is not None else ()
    request = replace(setting.request(body, signature, reader), signature=filed, ports=held)
    said = objections(engine, request, channel.rules)
    segments, marks, torn = _CUTS.get(channel.platform, _as_billed)(said.final_text)
    accounts = () if channel.account is None else (channel.account,)
    made = Side(
        platform=channel.platform,
        rules=channel.rules,
        accounts=accounts,
        text=said.final_text,
        segments=segments,
        marks=marks,
        torn=torn,
        findings=said.findings,
    )
    notation = _notation(engine, channel.platform)
    if not notation:
        return made
    try:
        refuse_values(request.variables)
        return replace(made, notation=notation, exported=write(body, notation))
    except AppError as error:
        return replace(made, notation=notation, error=error)


def _notation(engine: Engine, platform: str) -> str:
    """ "" where the text itself is taken."""
    if platform in PROVIDERS:
        return notation_of(engine.providers[platform])
    return NOTATIONS.get(platform, "")


def _carries(accounts: Accounts, account: Account) -> bool:
    try:
        offers: Capabilities = accounts.offer_of(account).capabilities
    except SettingsError:
        return False  # of a platform that is no longer there
    chosen = account.sender_account_id == account.id
    return account.state == "connected" and (is_carrier(offers) or sends_itself(offers, chosen=chosen))


def _shops(register: Register, carrier: int) -> tuple[int, ...]:
    shops = [way.shop for way in register.ways if way.carrier == carrier]
    return tuple(sorted(shops, key=lambda shop: (shop == carrier, shop)))


def _as_billed(text: str) -> Cut:
    return cn_segments(text), cut_marks(text), tearing_marks(text)


def _at_the_centre(text: str) -> Cut:
    """As `transport.smpp.texts` cuts: GSM-7 where its alphabet has every character, and no character in two."""
    return gsm_segments(text), _ends(gsm_parts(text)[1]), ()


def _at_the_gateway(text: str) -> Cut:
    """As `gateways.kannel` cuts: UCS-2 always, and no character in two."""
    parts = ucs2_parts(text)
    return Segments(UCS2, units(text), len(parts)), _ends(parts), ()


def _ends(parts: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(accumulate(map(len, parts[:-1])))


_CUTS: Final[Mapping[str, Callable[[str], Cut]]] = {"smpp": _at_the_centre, "kannel": _at_the_gateway}
