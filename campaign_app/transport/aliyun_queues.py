"""Aliyun's message queues of replies (SmsUp) and delivery reports (SmsReport), as its documents describe them.

dybaseapi gives a temporary key for one queue; the queue (MNS 2015-06-06) leases its messages: one that is not deleted
before its lease ends comes again. Signing, paths, polling and codes are documented (help.aliyun.com, 27487, 35137,
34478, 27501), the two addresses and the coding of a message are those of Aliyun's own examples (101887). Unverified:
for how long a key holds, so none is used for more than five minutes; what a refused key is answered, so whatever
refuses the account asks for another one once; how long these queues' leases are (30 s by default, documented).
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from hmac import digest
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.domain.ports import Clock
from campaign_app.transport.aliyun import AcsKey, AcsSigner, AliyunCalls, Said
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.listing import fields, plain_text
from campaign_app.transport.reactions import Reaction, Rule, error_of
from campaign_app.transport.session import Answer, Limits, SignedSession, checked_address
from campaign_app.transport.typed_fields import bad_field
from campaign_app.transport.xml_tree import read_xml

if TYPE_CHECKING:
    from requests import PreparedRequest

# the field of the account that names a queue → the stream that it holds, and Aliyun's word for it
QUEUES: Final[Mapping[str, tuple[str, str]]] = {
    "reply_queue": ("inbound", "SmsUp"),
    "report_queue": ("reports", "SmsReport"),
}
KEYS: Final = "https://dybaseapi.aliyuncs.com"
MESSAGES: Final = "https://1943695596114318.mns.cn-hangzhou.aliyuncs.com"
PAGE: Final = 16
LIMITS: Final = Limits(connect=5.0, read=10.0, whole=20.0)
# a lease may begin as long after it was asked for: nothing is repeated behind the back of who waits for its end
ONCE: Final = replace(LIMITS, attempts=1)
_VERSION: Final = "2015-06-06"
_XML: Final = "text/xml;charset=UTF-8"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,255}", re.ASCII)
_KEY_AGE: Final = timedelta(minutes=5)
# a key that is refused at this age and was never good will not be better the next time
_YOUNG: Final = timedelta(minutes=1)
_TEXT_MAX: Final = 4_000
_UNSURE: Final = Rule(Reaction.UNSURE, "server_error")
_NEVER: Final = Rule(Reaction.NEVER, "provider_refused")
_EMPTY: Final = "MessageNotExist"
_OVER: Final = frozenset({_EMPTY, "ReceiptHandleError"})
CODES: Final[Mapping[str, Rule]] = {
    _EMPTY: _NEVER,
    "ReceiptHandleError": _NEVER,
    "QueueNotExist": Rule(Reaction.ACCOUNT, "queue_unknown"),
    "AccessDenied": Rule(Reaction.ACCOUNT, "permission"),
    "InvalidAccessKeyId": Rule(Reaction.ACCOUNT, "unauthorized_key"),
    "SignatureDoesNotMatch": Rule(Reaction.ACCOUNT, "bad_signature"),
    "TimeExpired": Rule(Reaction.ACCOUNT, "clock_skew"),
    "QpsLimitExceeded": Rule(Reaction.AGAIN, "throttled"),
    "InternalError": _UNSURE,
    "InternalServerError": _UNSURE,
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leased:
    """One message; `content` is None where it cannot be read, `raw` what came."""

    handle: str
    content: Mapping[str, Any] | None = field(repr=False)
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MnsKey:
    key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    asked_at: datetime

    def authorization(self, method: str, resource: str, headers: Mapping[str, str]) -> str:
        """`headers` by their names in small. Signed besides the address are date, content and the x-mns ones."""
        named = [headers.get(name, "") for name in ("content-md5", "content-type", "date")]
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-mns-"))
        text = "\n".join((method, *named, lines + resource))
        return f"MNS {self.key_id}:{b64encode(digest(self.secret.encode(), text.encode(), 'sha1')).decode()}"


class MnsSigner:
    """Implements `transport.session.Signer` with the key at hand."""

    def __init__(self) -> None:
        self.key: MnsKey | None = None

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:  # noqa: ARG002 MNS knows none
        assert self.key is not None
        address = urlsplit(str(request.url))
        request.headers["Date"] = format_datetime(now, usegmt=True)
        request.headers["x-mns-version"] = _VERSION
        request.headers["security-token"] = self.key.token
        found = {name.lower(): str(value) for name, value in request.headers.items()}
        resource = f"{address.path}?{address.query}" if address.query else address.path
        request.headers["Authorization"] = self.key.authorization(str(request.method), resource, found)


class MnsQueue:
    """One queue of one account; threads may share it."""

    def __init__(self, kind: str, name: str, keys: AliyunCalls, http: SignedSession, signer: MnsSigner) -> None:
        self._kind, self._name, self._keys, self._http, self._signer = kind, name, keys, http, signer
        self._lock = Lock()
        self._proven = False

    def ready(self, now: datetime) -> None:
        """Sees to a key, so that `receive` is one question. Raises RemoteError."""
        with self._lock:
            key = self._signer.key
            if key is None or abs(now - key.asked_at) >= _KEY_AGE:
                self.check(now)

    def receive(self, now: datetime) -> tuple[Leased, ...] | None:
        """The next messages, leased, at once: a queue that is empty is not waited for. Raises RemoteError.

        None where a key that was good before is refused: nothing was leased, and `ready` asks for another one.
        """
        with self._lock:
            try:
                found = self._ask("GET", f"?numOfMessages={PAGE}&waitseconds=0", b"", _messages, changes=True)
            except RemoteRefused as refused:
                if refused.facts.get("said") != _EMPTY:
                    self._give_up_key(refused, now)
                    return None
                found = ()
            self._proven = True
            return found

    def _give_up_key(self, refused: RemoteRefused, now: datetime) -> None:
        """Raises `refused` where no other key would help."""
        key = self._signer.key
        young = key is None or abs(now - key.asked_at) < _YOUNG
        if not refused.account_wide or (young and not self._proven):
            raise refused
        self._signer.key = None

    def delete(self, handles: Sequence[str], now: datetime) -> None:
        """Those whose lease is over stay, and come again. Raises RemoteError."""
        rows = "".join(f"<ReceiptHandle>{escape(handle)}</ReceiptHandle>" for handle in handles)
        body = f'<ReceiptHandles xmlns="http://mns.aliyuncs.com/doc/v1/">{rows}</ReceiptHandles>'.encode()
        self.ready(now)
        with self._lock:
            try:
                self._ask("DELETE", "", body, lambda _: None, changes=False)
            except RemoteRefused as refused:
                if refused.facts.get("said") not in _OVER:
                    self._give_up_key(refused, now)

    def check(self, now: datetime) -> None:
        """Whether a key is given for this queue. Raises RemoteError."""
        self._signer.key, self._proven = self._new_key(now), False

    def close(self) -> None:
        self._keys.close()
        self._http.close()

    def _ask(self, method: str, query: str, body: bytes, read: Callable[[Answer], T], *, changes: bool) -> T:
        return self._http.exchange(
            f"/queues/{self._name}/messages{query}", body, _XML, read, safe_to_repeat=not changes,
            refusal=lambda status, said: _refusal(status, said, self._kind, changes=changes), method=method,
        )  # fmt: skip

    def _new_key(self, now: datetime) -> MnsKey:
        def read(said: Said) -> MnsKey:
            found = fields(said.fields.get("MessageTokenDTO"))
            names = ("AccessKeyId", "AccessKeySecret", "SecurityToken")
            key_id, secret, token = (plain_text(found.get(name), _TEXT_MAX) for name in names)
            if not (key_id and secret and token):
                raise ContractBroken
            return MnsKey(key_id, secret, token, now)

        return self._keys.ask("QueryTokenForMnsQueue", {"MessageType": self._kind, "QueueName": self._name}, read)


def queues_for(
    account: Account,
    credentials: Mapping[str, str],
    clock: Clock,
    *,
    wait: Callable[[float], object] | None = None,
) -> Mapping[str, MnsQueue]:
    """By stream, those that the account names. A simulator has them at its own address.

    Raises SettingsError for a name that is none, or an address; asks nothing yet.
    """
    here = checked_address(account.base_url)[1]
    keys, messages = (account.base_url, account.base_url) if here else (KEYS, MESSAGES)
    found: dict[str, MnsQueue] = {}
    for typed, (stream, kind) in QUEUES.items():
        name = account.options.get(typed, "")
        if not name:
            continue
        if not _NAME.fullmatch(name):
            raise bad_field(typed)
        signer, own = MnsSigner(), AcsSigner(AcsKey(account.key_id, credentials.get("access_key_secret", "")))
        calls = AliyunCalls(SignedSession(keys, own, clock, limits=LIMITS, wait=wait))
        http = SignedSession(messages, signer, clock, limits=ONCE, wait=wait)
        found[stream] = MnsQueue(kind, name, calls, http, signer)
    return found


def _messages(answer: Answer) -> tuple[Leased, ...]:
    """Raises ContractBroken for what is no list of messages, or where one cannot be deleted for want of a handle."""
    root = read_xml(answer.body)
    if "Messages" not in root:
        raise ContractBroken
    found = fields(root["Messages"]).get("Message", [])
    leased = []
    for row in found if isinstance(found, list) else [found]:
        handle = fields(row).get("ReceiptHandle")
        if not isinstance(handle, str) or not handle:
            raise ContractBroken
        body = fields(row).get("MessageBody")
        leased.append(Leased(handle, _content(body), body if isinstance(body, str) else ""))
    return tuple(leased)


def _content(body: object) -> Mapping[str, Any] | None:
    """Base64 over JSON."""
    try:
        found = json.loads(b64decode(body if isinstance(body, str) else "", validate=True))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refusal(status: int, body: bytes, kind: str, *, changes: bool) -> RemoteError | None:
    """None for what is no answer of a queue. Of a code that is new the status tells."""
    try:
        root = read_xml(body)
    except ContractBroken:
        return None
    code = _code(root)
    rule = CODES.get(code, _UNSURE if status >= 500 else _NEVER)
    return error_of(rule, f"{kind}: the queue refused it", code, changes=changes) if code else None


def _code(root: Mapping[str, Any]) -> str:
    """Of several errors (a delete that succeeded in part) one that is not about a lease, where there is any."""
    if "Errors" not in root:
        return plain_text(fields(root.get("Error")).get("Code"), 120)
    found = fields(root["Errors"]).get("Error", [])
    rows = found if isinstance(found, list) else [found]
    codes = [plain_text(fields(row).get("ErrorCode"), 120) for row in rows]
    return next((code for code in codes if code not in _OVER), codes[0] if codes else "")
