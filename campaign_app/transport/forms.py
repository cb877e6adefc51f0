"""Gateways that take a signed form and answer with JSON, whatever the status: what their clients have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from pydantic import RootModel

from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.transport.errors import ContractBroken, http_date
from campaign_app.transport.parsing import parsed
from campaign_app.transport.session import Answer

if TYPE_CHECKING:
    from requests import PreparedRequest

FORM: Final = "application/x-www-form-urlencoded;charset=utf-8"


class _Object(RootModel[dict[str, Any]]):
    """A JSON object of which nothing is known yet."""


@dataclass(frozen=True, slots=True)
class FormSigner:
    """Implements `transport.session.Signer`: adds what every request carries, then the signature over all of it.

    So every attempt has a time of its own, and the token that is valid by then.
    """

    public: Callable[[datetime], Mapping[str, str]]
    signature: Callable[[Mapping[str, str]], str]

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:  # noqa: ARG002 - none is sent
        asked = request.body or b""
        text = asked.decode() if isinstance(asked, bytes) else str(asked)
        params = {**dict(parse_qsl(text, keep_blank_values=True)), **self.public(now)}
        params.pop("sign", None)
        request.prepare_body(urlencode({**params, "sign": self.signature(params)}), None)


class Unsigned:
    """Implements `transport.session.Signer` for token endpoints, where the secret itself is in the form."""

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:
        """Leaves the request as it is."""


def form(params: Mapping[str, str]) -> bytes:
    return urlencode(params).encode()


def json_object(answer: Answer) -> Mapping[str, Any]:
    """Raises ValidationError for anything else, which `transport.errors.translated` knows."""
    return parsed(_Object, answer.body).root


def part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within an answer. Raises ContractBroken."""
    inner = found.get(name)
    if not isinstance(inner, dict):
        raise ContractBroken
    return inner


def whole(value: object) -> int:
    """A whole number that is not negative, written as one or as its digits. Raises ContractBroken."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    if type(value) is not int or not 0 <= value < 10**15:
        raise ContractBroken
    return value


def blamed(error: RemoteError, answer: Answer, now: datetime, window: float) -> RemoteError:
    """A refusal of a gateway whose clock is more than `window` seconds from ours: none of its codes says that reliably,

    and whatever else is wrong, the clock has to be set right first.
    """
    behind = skew(answer.headers.get("Date", ""), now)
    if not isinstance(error, RemoteRefused) or abs(behind) <= window:
        return error
    words = "The platform refuses a request whose time is too far from its own"
    return RemoteRefused("clock_skew", words, account_wide=True, skew_seconds=round(behind))


def skew(date: str, now: datetime) -> float:
    """A gateway's clock, as the Date of its answer has it, minus ours; 0 where it does not say the time."""
    at = http_date(date)
    return 0.0 if at is None else (at - now).total_seconds()
