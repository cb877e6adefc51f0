"""TOP's protocol as its documents describe it: parameters in query and body, three ways to sign, XML or JSON."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from campaign_app.sandbox.calls import read_body

BEIJING: Final = timezone(timedelta(hours=8))
TIME: Final = "%Y-%m-%d %H:%M:%S"
WINDOW_SECONDS: Final = 600
SIGN_METHODS: Final = ("md5", "hmac", "hmac-sha256")


class TopError(Exception):
    """An `error_response`. TOP answers it with HTTP status 200."""

    def __init__(self, code: int, message: str, sub_code: str = "", sub_message: str = "") -> None:
        super().__init__(message)
        self.fields: dict[str, Any] = {"code": code, "msg": message}
        if sub_code:
            self.fields |= {"sub_code": sub_code, "sub_msg": sub_message}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request's parameters, wherever they stood."""

    params: Mapping[str, str]

    @property
    def method(self) -> str:
        return self.params.get("method", "")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        written = self.params.get(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", written, re.ASCII) or not least <= int(written) <= most:
            raise TopError(41, "Invalid Arguments", "isv.invalid-parameter", f"{name}: {least} to {most}")
        return int(written)

    def moment(self, name: str) -> int | None:
        """In seconds."""
        written = self.params.get(name)
        if written is None:
            return None
        try:
            return int(datetime.strptime(written, TIME).replace(tzinfo=BEIJING).timestamp())
        except ValueError:
            raise TopError(41, "Invalid Arguments", "isv.invalid-parameter", f"{name}: no such time") from None


async def asked(request: Request) -> Asked:
    """Raises TopError for a parameter that stands there twice."""
    body = (await read_body(request)).decode("utf-8", "replace")
    pairs = parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True)
    if body:
        pairs += parse_qsl(body, keep_blank_values=True)
    if len({name for name, _ in pairs}) != len(pairs):
        raise TopError(41, "Invalid Arguments", "isv.invalid-parameter", "a parameter is there twice")
    return Asked(dict(pairs))


def require_signed(params: Mapping[str, str], app: tuple[str, str], now: datetime) -> None:
    """Raises TopError. What is not in TOP's documents any more (24 to 34) answers as its names say."""
    app_key, secret = app
    for name, code, words in (
        ("method", 21, "Missing Method"),
        ("app_key", 28, "Missing App Key"),
        ("timestamp", 30, "Missing Timestamp"),
        ("v", 32, "Missing Version"),
        ("sign", 24, "Missing Signature"),
    ):
        if not params.get(name):
            raise TopError(code, words)
    if params["app_key"] != app_key:
        raise TopError(29, "Invalid App Key")
    if params["v"] != "2.0":
        raise TopError(33, "Invalid Version")
    if params.get("format", "xml") not in ("xml", "json"):
        raise TopError(23, "Invalid Format")
    if abs((now - _time_of(params["timestamp"])).total_seconds()) > WINDOW_SECONDS:
        raise TopError(31, "Invalid Timestamp")
    method = params.get("sign_method", "")
    if method not in SIGN_METHODS or not hmac.compare_digest(_sign(params, secret, method), params["sign"].encode()):
        raise TopError(25, "Invalid Signature")


def _time_of(written: str) -> datetime:
    """A Beijing time, or milliseconds as TOP's own SDK writes them."""
    try:
        if re.fullmatch(r"[0-9]{13}", written, re.ASCII):
            return datetime.fromtimestamp(int(written) / 1000, UTC)
        return datetime.strptime(written, TIME).replace(tzinfo=BEIJING)
    except ValueError:
        raise TopError(31, "Invalid Timestamp") from None


def _sign(params: Mapping[str, str], secret: str, method: str) -> bytes:
    text = "".join(f"{name}{value}" for name, value in sorted(params.items()) if name != "sign").encode()
    key = secret.encode()
    if method == "md5":
        digest = hashlib.md5(key + text + key, usedforsecurity=False).hexdigest()
    else:
        digest = hmac.digest(key, text, "md5" if method == "hmac" else "sha256").hex()
    return digest.upper().encode()


def answer(name: str, fields: Mapping[str, Any], params: Mapping[str, str]) -> Response:
    """XML unless JSON is asked for; a list is wrapped in its element's name unless `simplify` is."""
    if params.get("format", "xml") != "json":
        text = f'<?xml version="1.0" encoding="utf-8" ?>{_xml(name, fields)}'
        return Response(text, media_type="text/xml;charset=UTF-8")
    plain = _simple(fields) if params.get("simplify") == "true" else fields
    return Response(json.dumps({name: plain}, ensure_ascii=False), media_type="text/javascript;charset=UTF-8")


def _simple(value: Any) -> Any:
    """Without the names of the lists' elements."""
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(next(iter(value.values())), list):
        return next(iter(value.values()))
    return {name: _simple(inner) for name, inner in value.items()}


def _xml(name: str, value: Any) -> str:
    if isinstance(value, dict):
        is_list = any(isinstance(inner, list) for inner in value.values())
        inside = "".join(_xml(inner_name, inner) for inner_name, inner in value.items())
        return f'<{name} list="true">{inside}</{name}>' if is_list else f"<{name}>{inside}</{name}>"
    if isinstance(value, list):
        return "".join(_xml(name, each) for each in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"
