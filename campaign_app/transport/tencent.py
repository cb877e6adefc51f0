"""Tencent Cloud's API 3.0 (TC3-HMAC-SHA256), as its client and its sender both ask it.

Signed are content type, host and body, as by Tencent's own SDK (3.1.195), whose signatures the tests compare. The
protocol knows no nonce: a request that is repeated within five minutes is valid.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from campaign_app.domain.errors import RemoteError
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.parsing import parsed
from campaign_app.transport.reactions import error_of
from campaign_app.transport.session import Answer, SignedSession
from campaign_app.transport.tencent_codes import rule_of

if TYPE_CHECKING:
    from requests import PreparedRequest

SERVICE: Final = "sms"
VERSION: Final = "2021-01-11"
CONTENT_TYPE: Final = "application/json"
T = TypeVar("T")
_CODE_MAX: Final = 120
_SIGNED: Final = "content-type;host"


@dataclass(frozen=True, slots=True)
class Tc3Key:
    """A pair of keys (SecretId and SecretKey)."""

    secret_id: str
    secret_key: str = field(repr=False)

    def authorization(self, service: str, content_type: str, host: str, body: bytes, timestamp: int) -> str:
        """The header for a POST to `/` without a query."""
        date = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
        scope = f"{date}/{service}/tc3_request"
        headers = f"content-type:{content_type}\nhost:{host}\n"
        canonical = f"POST\n/\n\n{headers}\n{_SIGNED}\n{sha256(body).hexdigest()}"
        text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        key = f"TC3{self.secret_key}".encode()
        for part in (date, service, "tc3_request"):
            key = digest(key, part.encode(), "sha256")
        signature = digest(key, text.encode(), "sha256").hex()
        named = f"Credential={self.secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
        return f"TC3-HMAC-SHA256 {named}"


@dataclass(frozen=True, slots=True)
class Tc3Signer:
    """Implements `transport.session.Signer`: every attempt has a time of its own."""

    key: Tc3Key
    region: str

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:  # noqa: ARG002 - there is none
        body = request.body or b""
        timestamp = int(now.timestamp())
        host = urlsplit(str(request.url)).netloc
        content_type = request.headers["Content-Type"]
        raw = body if isinstance(body, bytes) else str(body).encode()
        request.headers["X-TC-Version"] = VERSION
        request.headers["X-TC-Region"] = self.region
        request.headers["X-TC-Timestamp"] = str(timestamp)
        request.headers["Authorization"] = self.key.authorization(SERVICE, content_type, host, raw, timestamp)


class _Envelope(BaseModel):
    Response: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: what stands under `Response`, and the server's Date."""

    fields: Mapping[str, Any] = field(repr=False)
    date: str = ""

    def rows(self, name: str) -> list[Any]:
        """A list of the answer; Tencent writes null for an empty one. Raises ContractBroken."""
        found = self.fields.get(name)
        if name in self.fields and found is None:
            return []
        if not isinstance(found, list):
            raise ContractBroken
        return found


class TencentCalls:
    """Asks one action after another in one account's name; threads may share it."""

    def __init__(self, http: SignedSession) -> None:
        self._http = http

    def ask(self, action: str, params: Mapping[str, Any], read: Callable[[Said], T], *, changes: bool = False) -> T:
        """What `read` makes of the answer. Raises RemoteError.

        `changes`: asked twice it would do more than once, so it is carried out at most once.
        """

        def whole(answer: Answer) -> T:
            found = parsed(_Envelope, answer.body).Response
            if "Error" in found:
                raise _refusal(found["Error"], action, changes=changes)
            return read(Said(found, answer.headers.get("Date", "")))

        body = json.dumps(params, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"X-TC-Action": action}
        return self._http.exchange("/", body, CONTENT_TYPE, whole, safe_to_repeat=not changes, headers=headers)

    def close(self) -> None:
        self._http.close()


def refusal_of(code: str, action: str, *, changes: bool) -> RemoteError:
    return error_of(rule_of(code), f"{action}: Tencent Cloud refused it", code, changes=changes)


def _refusal(error: object, action: str, *, changes: bool) -> RemoteError:
    """Raises ContractBroken for an error without a code."""
    code = error.get("Code") if isinstance(error, dict) else None
    if not isinstance(code, str) or not 0 < len(code) <= _CODE_MAX:
        raise ContractBroken
    return refusal_of(code, action, changes=changes)
