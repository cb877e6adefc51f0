"""Tencent Cloud's API 3.0 as its documents describe it: headers, signature (TC3-HMAC-SHA256), errors within status 200.

Written apart from the client: a server that shared the signing with it would agree with whatever it does wrong. The
protocol knows no nonce, so a request that comes again within five minutes is valid.
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

from starlette.requests import Request

from campaign_app.sandbox.calls import read_body

WINDOW_SECONDS: Final = 300
VERSION: Final = "2021-01-11"
_AUTHORIZATION: Final = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/, ]+)/(?P<date>\d{4}-\d\d-\d\d)/(?P<service>[a-z]+)/tc3_request, ?"
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)


class TencentError(Exception):
    """An error of the whole request, which Tencent answers with status 200."""

    def __init__(self, code: str, message: str = "simulated") -> None:
        super().__init__(code)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Asked:
    """One admitted request."""

    action: str
    params: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        found = self.params.get(name, default)
        if not isinstance(found, str):
            raise TencentError("MissingParameter" if found is None else "InvalidParameter", name)
        return found

    def number(self, name: str, default: int | None, least: int, most: int) -> int:
        found = self.params.get(name, default)
        if found is None:
            raise TencentError("MissingParameter", name)
        if type(found) is not int or not least <= found <= most:
            raise TencentError("InvalidParameterValue.LimitVerifyFail" if name == "Limit" else "InvalidParameter", name)
        return found

    def texts(self, name: str) -> list[str]:
        found = self.params.get(name)
        if not isinstance(found or [], list) or not all(isinstance(each, str) for each in found or []):
            raise TencentError("InvalidParameter", name)
        return found or []


async def admitted(request: Request, key: tuple[str, str], now: datetime) -> Asked:
    """Raises TencentError."""
    body = await read_body(request)
    headers = request.headers
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or not {"content-type", "host"} <= set(found["signed"].split(";")):
        raise TencentError("AuthFailure.InvalidAuthorization")
    if found["id"] != key[0]:
        raise TencentError("AuthFailure.SecretIdNotFound")
    timestamp = headers.get("x-tc-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp, re.ASCII):
        raise TencentError("InvalidParameter", "X-TC-Timestamp")
    asked_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs((now - asked_at).total_seconds()) > WINDOW_SECONDS or found["date"] != asked_at.strftime("%Y-%m-%d"):
        raise TencentError("AuthFailure.SignatureExpire")
    if found["service"] != "sms" or not hmac.compare_digest(
        _signature(request, body, found, key[1]), found["signature"]
    ):
        raise TencentError("AuthFailure.SignatureFailure")
    if headers.get("x-tc-version") != VERSION:
        raise TencentError("NoSuchVersion")
    return Asked(headers.get("x-tc-action", ""), _object(request, body))


def _signature(request: Request, body: bytes, found: re.Match[str], secret: str) -> str:
    signed = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in found["signed"].split(";"))
    lines = ["POST", "/", "", signed, found["signed"], hashlib.sha256(body).hexdigest()]
    scope = f"{found['date']}/{found['service']}/tc3_request"
    hashed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{request.headers['x-tc-timestamp']}\n{scope}\n{hashed}"
    key = b"TC3" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _object(request: Request, body: bytes) -> Mapping[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise TencentError("UnsupportedProtocol", "Content-Type")
    try:
        found = json.loads(body)
    except ValueError:
        raise TencentError("InvalidParameter", "the body is no JSON") from None
    if not isinstance(found, dict):
        raise TencentError("InvalidParameter", "the body is no object")
    return found
