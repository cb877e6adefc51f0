"""Client of Aliyun SMS: the connection can be checked and the signatures read; it knows no customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from campaign_app.compliance.syntaxes import SYNTAXES
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.domain.signature import FiledTemplate, Signature
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.aliyun import ADAPTER
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.aliyun import VERSION, AliyunCalls, calls_for
from campaign_app.transport.aliyun_filed import (
    NOTATION,
    PASSED,
    PROMOTION,
    SIGNATURES,
    Filing,
    ListedSignature,
    ListedTemplate,
    extensions,
    filing,
    signatures,
    templates,
)
from campaign_app.transport.aliyun_queues import MnsQueue, queues_for
from campaign_app.transport.forms import skew

_STATUS: Final = {
    PASSED: "approved",
    "AUDIT_STATE_INIT": "pending",
    "AUDIT_STATE_NOT_PASS": "rejected",
    "AUDIT_STATE_CANCEL": "rejected",
}
_KINDS: Final = {0: "code", 1: "notice", PROMOTION: "promotion", 3: "international"}
# Aliyun knows no purposes: a general signature counts for retail, as native consents do, and never for finance
_SCOPES: Final = ("retail",)


def platform_of(parts: Parts) -> AliyunPlatform:
    """Raises SettingsError for what cannot be right; asks nothing yet."""
    calls = calls_for(parts.account, parts.credentials, parts.clock, wait=parts.wait)
    queues = queues_for(parts.account, parts.credentials, parts.clock, wait=parts.wait)
    return AliyunPlatform(parts.account, calls, parts.clock, tuple(queues.values()))


class AliyunPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, calls: AliyunCalls, clock: Clock, queues: Sequence[MnsQueue] = ()) -> None:
        super().__init__(account, clock)
        self._calls, self._queues = calls, queues

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Asks for one signature, and for a key of each queue: the key has to be right, and permitted to ask."""
        behind, problem = 0.0, ""
        try:
            date = self._calls.ask(SIGNATURES, {"PageIndex": "1", "PageSize": "1"}, lambda said: said.date)
            behind = skew(date, self._clock())
            for queue in self._queues:
                queue.check(self._clock())
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
        )

    def signatures(self) -> tuple[Signature, ...]:
        """With what `GetSmsSign` says of each that is approved: whose it is, and which carriers have it."""
        listed = signatures(self._calls)
        ports = extensions(self._calls) if listed else {}
        return tuple(
            replace(
                _signature(one, filing(self._calls, one.name) if one.state == PASSED else Filing(), self._account),
                port=ports.get(one.name, ""),
            )
            for one in listed
        )

    def templates(self) -> tuple[FiledTemplate, ...]:
        """Implements `domain.ports.TemplateList`."""
        return tuple(map(_template, templates(self._calls)))

    def close(self) -> None:
        self._calls.close()
        for queue in self._queues:
            queue.close()


def _template(one: ListedTemplate) -> FiledTemplate:
    """What is told of a template that was not refused is no reason."""
    status = _STATUS.get(one.state, "unknown")
    names = tuple(dict.fromkeys(SYNTAXES[NOTATION].placeholder.findall(one.text)))
    kind = "unknown" if one.kind is None else _KINDS.get(one.kind, "unknown")
    reason, sends = one.reason if status == "rejected" else "", NOTATION if one.usable else ""
    return FiledTemplate(
        code=one.code,
        kind=kind,
        status=status,
        name=one.name,
        text=one.text,
        variables=names,
        reason=reason,
        sends=sends,
    )


def _signature(one: ListedSignature, filed: Filing, account: Account) -> Signature:
    """What is not plainly the account's own is nobody's, a state that is new is unknown: neither can be used."""
    return Signature(
        text=one.name,
        owner_uscc=account.entity_uscc if filed.own else "",
        source=filed.source,
        status="pending" if filed.letter_due else _STATUS.get(one.state, "unknown"),
        carrier_filed=filed.filed,
        scopes=_SCOPES if one.usable else (),
        carriers=filed.carriers,
        owner_open=one.state == PASSED and filed.own is None,
    )
