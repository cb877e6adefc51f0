"""Errors as problem+json (RFC 9457), whatever goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from campaign_app.transport.wire import Problem

MEDIA_TYPE: Final = "application/problem+json"
_CODES: Final = {404: "not_found", 405: "method_not_allowed"}


class Refused(Exception):
    """A request that is answered with a problem."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code)
    return Response(body.model_dump_json(), status, headers, media_type=MEDIA_TYPE)


def invalid(error: ValidationError) -> Refused:
    """Says where and what, never which value: values are personal data."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return Refused(400, "bad_json", "the body is no JSON")
    where = ".".join(str(part) for part in first["loc"])
    return Refused(422, "invalid_request", f"{where or 'body'}: {first['msg']}")


async def on_refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(error.status, error.code, error.detail, error.headers)


async def on_http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "refused")
    return problem(error.status_code, code, str(error.detail), error.headers)


async def on_bug(_request: Request, _error: Exception) -> Response:
    return problem(500, "internal", "the sandbox has a bug: see its standard error")
