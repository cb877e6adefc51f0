"""The simulated Aliyun's message queues of replies (SmsUp) and delivery reports (SmsReport), at least once.

Written apart from the client. From the documents: signing, paths, leases, codes, fields. Our choice: that a temporary
key holds for ten minutes and for one queue, the form of keys and handles, and what a test orders.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from hashlib import md5, sha1
from typing import Any, Final
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from campaign_app.sandbox.calls import read_body
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.aliyun_wire import AliyunError, Asked
from campaign_app.sandbox.vendors.numbers import Handed, Numbers
from campaign_app.sandbox.vendors.signed_forms import simulated_word

NAMES: Final[Mapping[str, str]] = {"SmsUp": "Alicom-Queue-36-SmsUp", "SmsReport": "Alicom-Queue-36-SmsReport"}
KEY_HOLDS: Final = timedelta(minutes=10)
WINDOW_SECONDS: Final = 900
PAGE_MAX: Final = 16
_SPACE: Final = "http://mns.aliyuncs.com/doc/v1/"
_AUTHORIZATION: Final = re.compile(r"MNS ([^: ]+):([A-Za-z0-9+/=]+)", re.ASCII)
_HANDLE: Final = re.compile(rb"<ReceiptHandle>([^<]+)</ReceiptHandle>")
_BEIJING: Final = timezone(timedelta(hours=8))


class _Refused(Exception):
    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass(slots=True)
class _Message:
    name: str
    body: str
    at: datetime
    visible: datetime
    handle: str = ""
    taken: int = 0


@dataclass(slots=True)
class _Queue:
    """A handle holds as long as its lease."""

    messages: list[_Message] = field(default_factory=list)
    count: int = 0

    def add(self, row: Mapping[str, Any], now: datetime) -> None:
        self.count += 1
        body = b64encode(json.dumps(row, ensure_ascii=False).encode()).decode()
        self.messages.append(_Message(f"m-{self.count}", body, now, now))

    def receive(self, most: int, now: datetime, lease: timedelta) -> list[_Message]:
        found = [message for message in self.messages if message.visible <= now][:most]
        for message in found:
            message.taken, message.visible = message.taken + 1, now + lease
            message.handle = f"{message.name}-{message.taken}-{int(message.visible.timestamp() * 1000)}"
        return found

    def delete(self, handles: Sequence[str], now: datetime) -> list[str]:
        """Those that are no handle any more."""
        good = {message.handle for message in self.messages if message.handle and now < message.visible}
        self.messages = [message for message in self.messages if message.handle not in good & set(handles)]
        return [handle for handle in handles if handle not in good]


class MessageQueues:
    """`lease` in seconds; `twice`: every message is put in two times, as a sender may that lost an answer."""

    def __init__(self, platform: Platform, numbers: Numbers) -> None:
        self._platform, self._numbers = platform, numbers
        self._queues = {name: _Queue() for name in NAMES.values()}
        self._keys: dict[str, tuple[str, str, str, datetime]] = {}
        self._sent: dict[int, Mapping[str, str]] = {}
        self._refused: list[tuple[datetime, str, Mapping[str, str]]] = []
        self._phones: set[str] = set()
        self._read: dict[tuple[int, str], int] = {}
        self.lease, self.twice = 30.0, False

    def note(self, handed: Handed, phone: str, out_id: str, biz_id: str) -> None:
        """A message that was taken; only who got one answers here. What a carrier refused is reported as failed."""
        named = {"phone_number": phone.removeprefix("+86"), "out_id": out_id, "biz_id": biz_id}
        self._phones.add(phone)
        if handed.seq:
            self._sent[handed.seq] = named
        else:
            due = self._platform.now() + timedelta(seconds=self._platform.delay)
            self._refused.append((due, handed.code, named))

    def waiting(self) -> Mapping[str, int]:
        return {kind: len(self._queues[name].messages) for kind, name in NAMES.items()}

    def forget_keys(self) -> None:
        self._keys.clear()

    def give_key(self, asked: Asked) -> Mapping[str, Any]:
        """`QueryTokenForMnsQueue` of dybaseapi."""
        name, now = asked.text("QueueName"), self._platform.now()
        if NAMES.get(asked.text("MessageType")) != name:
            raise AliyunError("isv.QUEUE_NOT_EXIST")
        config, count = self._platform.config, len(self._keys) + 1
        key_id, secret, token = (simulated_word(config, f"mns {what} {now} {count}") for what in ("id", "key", "token"))
        self._keys[f"STS.{key_id}"] = secret, token, name, now + KEY_HOLDS
        times = {"CreateTime": _written(now), "ExpireTime": _written(now + KEY_HOLDS)}
        known = {"AccessKeyId": f"STS.{key_id}", "AccessKeySecret": secret, "SecurityToken": token}
        return {"MessageTokenDTO": {**known, **times}}

    async def call(self, request: Request) -> Response:
        try:
            body = await read_body(request)
            name = self._admitted(request)
            self._settle()
            if request.method == "DELETE":
                return self._delete(name, body)
            return self._receive(name, request)
        except _Refused as refused:
            inside = (
                f"<Code>{refused.code}</Code><Message>simulated</Message><RequestId>r</RequestId><HostId>h</HostId>"
            )
            return _xml("Error", inside, refused.status)

    def _admitted(self, request: Request) -> str:
        """The queue's name. Raises _Refused."""
        name, found = request.path_params["name"], _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            raise _Refused("InvalidAuthorizationHeader", 400)
        secret, token, queue, until = self._keys.get(found[1], ("", "", "", self._platform.now()))
        if until <= self._platform.now() or request.headers.get("security-token") != token:
            raise _Refused("InvalidAccessKeyId", 403)
        if not hmac.compare_digest(_signature(request, secret), found[2]):
            raise _Refused("SignatureDoesNotMatch", 403)
        if not _in_time(request.headers.get("date", ""), self._platform.now()):
            raise _Refused("TimeExpired", 408)
        if name not in self._queues:
            raise _Refused("QueueNotExist", 404)
        if queue != name:
            raise _Refused("AccessDenied", 403)
        return str(name)

    def _receive(self, name: str, request: Request) -> Response:
        most = request.query_params.get("numOfMessages", "")
        if not (most.isascii() and most.isdigit() and 1 <= int(most) <= PAGE_MAX):
            raise _Refused("InvalidArgument", 400)
        found = self._queues[name].receive(int(most), self._platform.now(), timedelta(seconds=self.lease))
        if not found:
            raise _Refused("MessageNotExist", 404)
        return _xml("Messages", "".join(map(_row, found)))

    def _delete(self, name: str, body: bytes) -> Response:
        handles = [handle.decode() for handle in _HANDLE.findall(body)]
        if not 0 < len(handles) <= PAGE_MAX:
            raise _Refused("MissingReceiptHandle", 400)
        over = self._queues[name].delete(handles, self._platform.now())
        said = "<ErrorCode>MessageNotExist</ErrorCode><ErrorMessage>simulated</ErrorMessage>"
        rows = (f"<Error>{said}<ReceiptHandle>{escape(handle)}</ReceiptHandle></Error>" for handle in over)
        return _xml("Errors", "".join(rows), 404) if over else Response(status_code=204)

    def _settle(self) -> None:
        """Lets everything come in that is due by now."""
        now, refused = self._platform.now(), self._refused
        self._refused = [each for each in refused if each[0] > now]
        for due, code, named in refused:
            if due <= now:
                self._report(named, code, due)
        for shop in self._platform.config.shops:
            streams = self._platform.streams(shop)
            for row, due in self._new(shop.number, "accepted", streams.accepted[: streams.reported]):
                if row.seq in self._sent:  # else it went out by another interface of the sandbox
                    self._report(self._sent[row.seq], self._platform.failure(row), due)
            for reply in self._new(shop.number, "inbound", streams.inbound):
                phone = self._numbers.phone_of(shop, reply.who)
                if phone in self._phones:
                    self._reply(str(phone), reply.text, reply.at)

    def _new(self, shop: int, name: str, items: list[Any]) -> list[Any]:
        start = self._read.get((shop, name), 0)
        self._read[shop, name] = len(items)
        return items[start:]

    def _report(self, named: Mapping[str, str], failure: str, due: datetime) -> None:
        at = _written(due)
        told = {"success": not failure, "err_code": failure.upper() or "DELIVERED", "err_msg": "simulated"}
        self._add("SmsReport", {**named, **told, "send_time": at, "report_time": at, "sms_size": "1"})

    def _reply(self, phone: str, text: str, at: str) -> None:
        count = self._queues[NAMES["SmsUp"]].count + 1
        written = _written(datetime.fromisoformat(at))
        row = {"phone_number": phone.removeprefix("+86"), "content": text, "send_time": written, "dest_code": "36"}
        self._add("SmsUp", {**row, "sequence_id": count})

    def _add(self, kind: str, row: Mapping[str, Any]) -> None:
        for _ in range(1 + self.twice):
            self._queues[NAMES[kind]].add(row, self._platform.now())


def names(_config: SandboxConfig) -> Mapping[str, str]:
    return {"reply_queue": NAMES["SmsUp"], "report_queue": NAMES["SmsReport"]}


def _signature(request: Request, secret: str) -> str:
    headers, query = request.headers, request.scope["query_string"].decode("ascii")
    own = sorted((name, value) for name, value in headers.items() if name.startswith("x-mns-"))
    lines = [headers.get(name, "") for name in ("content-md5", "content-type", "date")]
    lines += [f"{name}:{value}" for name, value in own]
    text = "\n".join((request.method, *lines, f"{request.url.path}{'?' if query else ''}{query}"))
    return b64encode(hmac.new(secret.encode(), text.encode(), sha1).digest()).decode()


def _in_time(written: str, now: datetime) -> bool:
    try:
        return abs((now - parsedate_to_datetime(written)).total_seconds()) <= WINDOW_SECONDS
    except (ValueError, TypeError):
        return False


def _row(message: _Message) -> str:
    digest = md5(message.body.encode(), usedforsecurity=False).hexdigest().upper()
    at = int(message.at.timestamp() * 1000)
    told = {
        "MessageId": message.name, "ReceiptHandle": message.handle, "MessageBodyMD5": digest,
        "MessageBody": message.body, "EnqueueTime": at, "FirstDequeueTime": at, "DequeueCount": message.taken,
        "NextVisibleTime": int(message.visible.timestamp() * 1000), "Priority": 8,
    }  # fmt: skip
    return f"<Message>{''.join(f'<{name}>{escape(str(value))}</{name}>' for name, value in told.items())}</Message>"


def _xml(root: str, inside: str, status: int = 200) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{_SPACE}">{inside}</{root}>'
    return Response(body, status, {"x-mns-request-id": "simulated"}, "text/xml;charset=UTF-8")


def _written(at: datetime) -> str:
    return at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
