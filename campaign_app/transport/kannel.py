"""Kannel's sendsms over HTTP: the fields of an account, one request for each part, and what the answers mean.

User and password travel in headers (`X-Kannel-…`), never in a URL, which servers write into their logs. The answers are
those of smsbox 1.4.5, seen of a real one where `tests/gateways/test_gateways_kannel.py` asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import requests

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.ports import Clock
from campaign_app.transport.reactions import Reaction, Rule
from campaign_app.transport.session import Answer, Limits, SignedSession, checked_address
from campaign_app.transport.typed_fields import bad_field, missing_field, number, prefix, word

PATH: Final = "/cgi-bin/sendsms"
LIMITS: Final = Limits(read=30.0, whole=30.0, answer_bytes=1 << 16, attempts=1)
# delivered, not delivered, refused by the centre; what only waits there says nothing final
DLR_MASK: Final = 1 | 2 | 16
_UCS2: Final = 2
_KEY_LEAST, _KEY_MOST = 16, 64
_LONGEST: Final = {"key_id": 64, "password": 64, "source": 20, "push_key": _KEY_MOST}
_TAKEN: Final = {"0: Accepted for delivery": "", "3: Queued for later delivery": "kannel_queued"}


# status, beginning of the text, what it means; the first that fits
_REFUSALS: Final = (
    (403, "Authorization failed", Rule(Reaction.ACCOUNT, "kannel_login")),
    (403, "Not routable", Rule(Reaction.NEVER, "kannel_route")),
    (403, "", Rule(Reaction.ACCOUNT, "kannel_login")),
    (404, "", Rule(Reaction.ACCOUNT, "kannel_address")),
    (400, "Sender missing", Rule(Reaction.ACCOUNT, "kannel_source")),
    # whole, and not its beginning: an answer that was cut off says nothing
    (400, "Missing receiver number, rejected", Rule(Reaction.NEVER, "kannel_no_receiver")),
    (400, "Missing receiver(s) number(s), rejected", Rule(Reaction.NEVER, "kannel_no_receiver")),
    (400, "Number(s) has/have been denied", Rule(Reaction.NEVER, "kannel_denied")),
    (400, "", Rule(Reaction.NEVER, "kannel_refused")),
    (503, "Temporal failure, try again later.", Rule(Reaction.AGAIN, "kannel_not_now")),
)


@dataclass(frozen=True, slots=True)
class Access:
    """`prefix`: before a number. `window`: requests without an answer yet, at most.

    Kannel reaches us at `push_url`, which leads to `push_port` of this machine.
    """

    base_url: str
    username: str
    password: str = field(repr=False)
    source: str
    prefix: str
    window: int
    push_port: int
    push_url: str
    push_key: str = field(repr=False)
    test: bool


def access_of(account: Account, credentials: Mapping[str, str]) -> Access:
    """Raises SettingsError for what cannot be right."""
    typed = {**account.options, **credentials, "key_id": account.key_id}
    words = {name: word(name, typed.get(name, ""), longest) for name, longest in _LONGEST.items()}
    missing = next((name for name in _LONGEST if not words[name]), None)
    if missing is not None:
        raise missing_field(missing)
    base_url, near = checked_address(account.base_url)
    window = number("window", typed.get("window", ""), 1, 32)
    port = number("push_port", typed.get("push_port", ""), 1_024, 65_535)
    push_url, _ = checked_address(typed.get("push_url") or f"http://127.0.0.1:{port}")
    test, key = typed.get("use") == "test", words["push_key"]
    # a text with spaces or % would not arrive as it was typed; a test never leaves this machine
    right = {
        "push_url": quote(push_url, safe=":/[]") == push_url,
        "push_key": len(key) >= _KEY_LEAST and quote(key, safe="") == key,
        "use": typed.get("use") == "live" or (test and near),
    }
    for name in (name for name, holds in right.items() if not holds):
        raise bad_field(name)
    return Access(
        base_url=base_url,
        username=words["key_id"],
        password=words["password"],
        source=words["source"],
        prefix=prefix(typed.get("prefix", "")),
        window=window,
        push_port=port,
        push_url=push_url,
        push_key=key,
        test=test,
    )


class _Login:
    def __init__(self, access: Access) -> None:
        self._headers = {"X-Kannel-Username": access.username, "X-Kannel-Password": access.password}

    def sign(self, request: requests.PreparedRequest, *, now: Any, nonce: str) -> None:  # noqa: ARG002
        request.headers.update(self._headers)


class SendSms:
    """One account's sendsms; many threads may share it."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._access = access
        self._session = SignedSession(access.base_url, _Login(access), clock, limits=LIMITS)

    def send(self, to: str, data: bytes, udh: bytes, dlr_url: str, minutes: int | None = None) -> str:
        """Hands over one part of a message in UCS-2. Returns "", or `kannel_queued` where no centre is connected.

        For so many `minutes` Kannel, and the centre behind it, may try; None: as long as they like.

        Raises OutcomeUnknown, RemoteUnavailable (it was not taken), RemoteRefused.
        """
        headers = {
            "X-Kannel-From": self._access.source,
            "X-Kannel-To": to,
            "X-Kannel-Coding": str(_UCS2),
            "X-Kannel-DLR-Mask": str(DLR_MASK),
            "X-Kannel-DLR-Url": dlr_url,
        }
        if udh:
            headers["X-Kannel-UDH"] = "".join(f"%{octet:02X}" for octet in udh)
        if minutes is not None:
            headers["X-Kannel-Validity"] = str(minutes)
        return self._ask(data, headers, _taken)

    def check(self) -> None:
        """Whether user and password are right: a message to nobody is refused for that alone. Raises RemoteError."""
        try:
            self._ask(b"", {"X-Kannel-From": self._access.source}, _taken)
        except RemoteRefused as refused:
            if refused.code == "kannel_no_receiver":
                return
            raise
        raise RemoteRefused("contract_broken", "The server took a message to nobody")

    def close(self) -> None:
        self._session.close()

    def _ask(self, data: bytes, headers: Mapping[str, str], read: Callable[[Answer], str]) -> str:
        return self._session.exchange(
            PATH, data, "application/octet-stream", read, safe_to_repeat=False, headers=headers, refusal=_refusal
        )


def _taken(answer: Answer) -> str:
    """Any other word may be that of a gateway that answers before it knows (`immediate-sendsms-reply`)."""
    code = _TAKEN.get(answer.body.decode("ascii", "replace").strip())
    if code is None:
        raise OutcomeUnknown("kannel_unknown", "Kannel did not say whether it took the message")
    return code


def _refusal(status: int, body: bytes) -> RemoteError | None:
    text = body.decode("ascii", "replace")
    for known, begins, rule in _REFUSALS:
        if status == known and text.startswith(begins):
            if rule.reaction is Reaction.AGAIN:
                return RemoteUnavailable(rule.code, "Kannel does not take the message now")
            wide = rule.reaction is Reaction.ACCOUNT
            return RemoteRefused(rule.code, "Kannel refuses the message", account_wide=wide)
    return None
