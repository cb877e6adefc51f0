"""Client of Tencent Cloud SMS: the connection can be checked and the signatures read; it knows no customers."""

from __future__ import annotations

from typing import Final

from campaign_app.compliance.syntaxes import SYNTAXES
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.domain.signature import FiledTemplate, Signature
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.tencent import ADAPTER
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.forms import skew
from campaign_app.transport.tencent import VERSION, TencentCalls
from campaign_app.transport.tencent_filed import NOTATION, USABLE, FiledSignature, signatures, templates
from campaign_app.transport.tencent_filed import FiledTemplate as ListedTemplate
from campaign_app.transport.tencent_packages import packages
from campaign_app.transport.tencent_session import calls_for

_STATUS: Final = {USABLE: "approved", 1: "pending", 2: "pending", -1: "rejected"}


def platform_of(parts: Parts) -> TencentPlatform:
    """Raises SettingsError for what cannot be right; asks nothing yet."""
    calls = calls_for(parts.account, parts.credentials, parts.clock, wait=parts.wait)
    return TencentPlatform(parts.account, calls, parts.clock)


class TencentPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, calls: TencentCalls, clock: Clock) -> None:
        super().__init__(account, clock)
        self._calls = calls

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Asks for the packages of the application and for the signatures: keys and SdkAppId have to be right."""
        behind, problem, left = 0.0, "", None
        try:
            now = self._clock()
            left, date = packages(self._calls, self._account.key_id, now)
            behind = skew(date, now)
            signatures(self._calls)
        except RemoteRefused as refused:
            if refused.code != "clock_skew":
                raise
            problem = refused.code
        return ConnectionReport(
            ok=not problem,
            issuer_uscc=ADAPTER.issuer,
            issuer_name=ADAPTER.issuer_name,
            api_version=VERSION,
            simulated=on_this_machine(self._account.base_url),
            clock_skew_seconds=behind,
            pinned_keys="",
            problem=problem,
            parts_left=left,
        )

    def parts_left(self) -> int | None:
        """Implements `domain.ports.Prepaid`."""
        return packages(self._calls, self._account.key_id, self._clock()).left

    def signatures(self) -> tuple[Signature, ...]:
        """Tencent does not say what a signature may be used for. Whose it is it says by the name of a qualification."""
        return tuple(map(_signature, signatures(self._calls)))

    def templates(self) -> tuple[FiledTemplate, ...]:
        """Implements `domain.ports.TemplateList`. Whether one is for marketing Tencent does not tell."""
        return tuple(map(_template, templates(self._calls)))

    def close(self) -> None:
        self._calls.close()


def _template(one: ListedTemplate) -> FiledTemplate:
    status = "unknown" if one.status is None else _STATUS.get(one.status, "unknown")
    names = tuple(dict.fromkeys(SYNTAXES[NOTATION].placeholder.findall(one.text)))
    reason = one.reply if status == "rejected" else ""
    sends = NOTATION if one.status == USABLE else ""
    return FiledTemplate(
        code=one.template_id,
        kind="unknown",
        status=status,
        name=one.name,
        text=one.text,
        variables=names,
        reason=reason,
        sends=sends,
    )


def _signature(one: FiledSignature) -> Signature:
    """A state that is new is unknown, which counts as unusable; see `transport.tencent_filed` for the filing."""
    status = "unknown" if one.status is None else _STATUS.get(one.status, "unknown")
    filed = {USABLE: True, 2: False, -1: False}.get(one.status) if one.status is not None else None
    return Signature(
        text=one.name, owner_uscc="", source="unknown", status=status, carrier_filed=filed, owner_name=one.owner,
        owner_open=True,
    )  # fmt: skip
