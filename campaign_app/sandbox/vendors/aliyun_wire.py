"""Aliyun's RPC interface as its documents describe it: headers, signature (ACS3-HMAC-SHA256), nonces, errors.

Written apart from the client: a server that shared the signing with it would agree with whatever it does wrong. Our
choice: the window of the clock, and the status of each error; a refusal by the gateway is 400, one by SMS is 200.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from starlette.requests import Request

from campaign_app.sandbox.calls import read_body

WINDOW_SECONDS: Final = 900
VERSION: Final = "2017-05-25"
_AUTHORIZATION: Final = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<id>[^, ]+), ?SignedHeaders=(?P<signed>[a-z0-9;-]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)
_MUST: Final = frozenset(
    {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-content-sha256", "x-acs-signature-nonce"}
)


class AliyunError(Exception):
    """`status` 400: the gateway's own; 200: of the SMS interface behind it."""

    def __init__(self, code: str, status: int = 200) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class Asked:
    """One admitted request."""

    action: str
    params: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        found = self.params.get(name, default)
        if found is None:
            raise AliyunError(f"Missing{name}", 400)
        return found

    def number(self, name: str, default: int | None, least: int, most: int) -> int:
        found = self.text(name, None if default is None else str(default))
        if not re.fullmatch(r"[0-9]{1,9}", found, re.ASCII) or not least <= int(found) <= most:
            raise AliyunError("isv.INVALID_PARAMETERS")
        return int(found)

    def json(self, name: str, default: str | None = None) -> Any:
        try:
            return json.loads(self.text(name, default))
        except ValueError:
            raise AliyunError("isv.INVALID_JSON_PARAM") from None


class Door:
    """Lets in who has the key, at the right time, once."""

    def __init__(self, key: tuple[str, str]) -> None:
        self._key_id, self._secret = key
        self._nonces: set[str] = set()

    async def admitted(self, request: Request, now: datetime) -> Asked:
        """Raises AliyunError."""
        body, headers = await read_body(request), request.headers
        found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if found is None or not set(found["signed"].split(";")) >= _MUST:
            raise AliyunError("IncompleteSignature", 400)
        if found["id"] != self._key_id:
            raise AliyunError("InvalidAccessKeyId.NotFound", 400)
        if not _in_time(headers["x-acs-date"], now):
            raise AliyunError("InvalidTimeStamp.Expired", 400)
        good = hmac.compare_digest(self._signature(request, body, found["signed"]), found["signature"])
        if not good or headers["x-acs-content-sha256"] != hashlib.sha256(body).hexdigest():
            raise AliyunError("SignatureDoesNotMatch", 400)
        if headers["x-acs-signature-nonce"] in self._nonces:
            raise AliyunError("SignatureNonceUsed", 400)
        self._nonces.add(headers["x-acs-signature-nonce"])
        if headers["x-acs-version"] != VERSION:
            raise AliyunError("InvalidVersion", 400)
        return Asked(headers["x-acs-action"], _params(request, body))

    def _signature(self, request: Request, body: bytes, signed: str) -> str:
        pairs = sorted(parse_qsl(request.scope["query_string"].decode("ascii"), keep_blank_values=True))
        query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
        lines = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed.split(";"))
        parts = ("POST", "/", query, lines, signed, hashlib.sha256(body).hexdigest())
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()}"
        return hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _in_time(written: str, now: datetime) -> bool:
    try:
        at = datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs((now - at).total_seconds()) <= WINDOW_SECONDS


def _params(request: Request, body: bytes) -> Mapping[str, str]:
    pairs = parse_qsl(request.scope["query_string"].decode("ascii"), keep_blank_values=True)
    pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    if len({name for name, _ in pairs}) != len(pairs):
        raise AliyunError("InvalidParameter", 400)
    return dict(pairs)
