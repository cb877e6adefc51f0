"""Aliyun's RPC interface as its client and its sender both ask it: POST to `/`, signed by ACS3-HMAC-SHA256.

Signed are host, content type and every x-acs header, as by Aliyun's own SDK (tea-openapi 0.4.6), whose signature the
tests compare. Parameters go into the address, those of `SendBatchSms` that are long into the body, as that SDK does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteError, SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.transport.aliyun_codes import rule_of
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.parsing import parsed
from campaign_app.transport.rates import lowered
from campaign_app.transport.reactions import error_of
from campaign_app.transport.session import Answer, SignedSession

if TYPE_CHECKING:
    from requests import PreparedRequest

VERSION: Final = "2017-05-25"
ALGORITHM: Final = "ACS3-HMAC-SHA256"
FORM: Final = "application/x-www-form-urlencoded"
OK: Final = "OK"
T = TypeVar("T")
_CODE_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class AcsKey:
    """A pair of keys (AccessKey ID and secret)."""

    key_id: str
    secret: str = field(repr=False)

    def authorization(self, query: str, headers: Mapping[str, str], body: bytes) -> str:
        """The header for a POST to `/`. `query` is canonical; `headers` are those to sign, their names in small."""
        names = sorted(headers)
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        signed = ";".join(names)
        canonical = f"POST\n/\n{query}\n{lines}\n{signed}\n{sha256(body).hexdigest()}"
        text = f"{ALGORITHM}\n{sha256(canonical.encode()).hexdigest()}"
        signature = digest(self.secret.encode(), text.encode(), "sha256").hex()
        return f"{ALGORITHM} Credential={self.key_id},SignedHeaders={signed},Signature={signature}"


def canonical(params: Mapping[str, str]) -> str:
    """Sorted and encoded by RFC 3986, for the address and for a form alike."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(params.items()))


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


@dataclass(frozen=True, slots=True)
class AcsSigner:
    """Implements `transport.session.Signer`: every attempt has a time and a nonce of its own."""

    key: AcsKey

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:
        body = request.body or b""
        raw = body if isinstance(body, bytes) else body.encode()
        address = urlsplit(str(request.url))
        request.headers["x-acs-version"] = VERSION
        request.headers["x-acs-date"] = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        request.headers["x-acs-signature-nonce"] = nonce
        request.headers["x-acs-content-sha256"] = sha256(raw).hexdigest()
        found = {name.lower(): str(value) for name, value in request.headers.items()}
        signed = {name: value for name, value in found.items() if name.startswith("x-acs-") or name == "content-type"}
        signed["host"] = address.netloc
        request.headers["Authorization"] = self.key.authorization(address.query, signed, raw)


class _Whole(BaseModel):
    model_config = ConfigDict(extra="allow")
    Code: str


@dataclass(frozen=True, slots=True)
class Said:
    """One answer whose code is OK, and the server's Date."""

    fields: Mapping[str, Any] = field(repr=False)
    date: str = ""

    def rows(self, *names: str) -> list[Any]:
        """A list of the answer, behind these names; an absent or null one is empty. Raises ContractBroken."""
        at: Any = self.fields
        for name in names:
            at = at.get(name) if isinstance(at, Mapping) else None
        if at is None:
            return []
        if not isinstance(at, list):
            raise ContractBroken
        return at


class AliyunCalls:
    """Asks one action after another in one account's name; threads may share it."""

    def __init__(self, http: SignedSession) -> None:
        self._http = http

    def ask(
        self,
        action: str,
        params: Mapping[str, str],
        read: Callable[[Said], T],
        *,
        form: Mapping[str, str] | None = None,
        changes: bool = False,
    ) -> T:
        """What `read` makes of the answer. Raises RemoteError.

        `changes`: asked twice it would do more than once, so it is carried out at most once.
        """

        def whole(answer: Answer) -> T:
            found = _object(answer.body)
            if found["Code"] != OK:
                raise _refusal(found["Code"], action, changes=changes)
            return read(Said(found, answer.headers.get("Date", "")))

        def refusal(_status: int, body: bytes) -> RemoteError | None:
            try:
                return _refusal(_object(body)["Code"], action, changes=changes)
            except (ValidationError, ContractBroken):
                return None

        return self._http.exchange(
            f"/?{canonical(params)}" if params else "/", canonical(form or {}).encode(), FORM, whole,
            safe_to_repeat=not changes, headers={"x-acs-action": action}, refusal=refusal,
        )  # fmt: skip

    def close(self) -> None:
        self._http.close()


def calls_for(
    account: Account, credentials: Mapping[str, str], clock: Clock, *, wait: Callable[[float], object] | None = None
) -> AliyunCalls:
    """Raises SettingsError for a field that is empty or an address that cannot be right; asks nothing yet."""
    secret = credentials.get("access_key_secret", "")
    for name, value in (("key_id", account.key_id), ("access_key_secret", secret)):
        if not value:
            raise SettingsError("field_missing", "A field of the account is empty", field=name)
    lowered(account, 0)
    return AliyunCalls(SignedSession(account.base_url, AcsSigner(AcsKey(account.key_id, secret)), clock, wait=wait))


def _object(body: bytes) -> Mapping[str, Any]:
    return parsed(_Whole, body).model_dump()


def _refusal(code: str, action: str, *, changes: bool) -> RemoteError:
    """Raises ContractBroken for an error without a code."""
    if not 0 < len(code) <= _CODE_MAX:
        raise ContractBroken
    return error_of(rule_of(code), f"{action}: Aliyun refused it", code, changes=changes)
