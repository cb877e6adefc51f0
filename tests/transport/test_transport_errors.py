"""Every trouble of a server or a library has one error of ours, and nothing else shines through."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import urllib3.exceptions as u3
from pydantic import ValidationError

from campaign_app.domain.errors import NotFound, OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.transport.errors import AnswerTooLarge, ContractBroken, Redirected, SeeOther, status_error, translated
from campaign_app.transport.forms import Unsigned
from campaign_app.transport.session import SignedSession
from campaign_app.transport.wire import Issuer
from tests.helpers.replay import Replay, Reply

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
PHONE = "13800000001"


def refused_connection() -> Exception:
    reason = u3.NewConnectionError(None, f"Connection refused {PHONE}")  # type: ignore[arg-type]
    return requests.ConnectionError(u3.MaxRetryError(None, f"/x?phone={PHONE}", reason))  # type: ignore[arg-type]


def tls(cause: Exception) -> Exception:
    return requests.exceptions.SSLError(u3.MaxRetryError(None, "/x", u3.SSLError(cause)))  # type: ignore[arg-type]


def invalid(body: str) -> Exception:
    try:
        Issuer.model_validate_json(body)
    except ValidationError as error:
        return error
    raise AssertionError(body)


TROUBLES = [
    # error, its kind when read-only, its kind when it changes something, code
    (refused_connection(), RemoteUnavailable, RemoteUnavailable, "unreachable"),
    (requests.ConnectTimeout(), RemoteUnavailable, RemoteUnavailable, "unreachable"),
    (requests.ReadTimeout(), RemoteUnavailable, OutcomeUnknown, "timeout"),
    (u3.ReadTimeoutError(None, None, PHONE), RemoteUnavailable, OutcomeUnknown, "timeout"),  # type: ignore[arg-type]
    (requests.ConnectionError(u3.ProtocolError("aborted")), RemoteUnavailable, OutcomeUnknown, "connection_cut"),
    (requests.exceptions.ChunkedEncodingError(), RemoteUnavailable, OutcomeUnknown, "connection_cut"),
    (u3.ProtocolError("cut", u3.IncompleteRead(3, 4)), RemoteUnavailable, OutcomeUnknown, "connection_cut"),
    (u3.DecodeError(), RemoteUnavailable, OutcomeUnknown, "connection_cut"),
    (tls(ssl.SSLEOFError()), RemoteUnavailable, OutcomeUnknown, "connection_cut"),
    (tls(ssl.SSLCertVerificationError()), RemoteRefused, RemoteRefused, "tls"),
    (tls(ssl.SSLError("bad record")), RemoteRefused, OutcomeUnknown, "tls"),
    (OSError("Could not find a suitable TLS CA certificate bundle"), RemoteRefused, RemoteRefused, "tls"),
    (invalid('{"uscc": "138'), RemoteUnavailable, OutcomeUnknown, "answer_cut"),
    (invalid("<html>13800000001</html>"), RemoteRefused, OutcomeUnknown, "contract_broken"),
    (invalid('{"uscc": 13800000001}'), RemoteRefused, OutcomeUnknown, "contract_broken"),
    (ContractBroken(), RemoteRefused, OutcomeUnknown, "contract_broken"),
    (AnswerTooLarge(), RemoteRefused, OutcomeUnknown, "answer_too_large"),
    (Redirected(), RemoteRefused, RemoteRefused, "redirected"),
    (SeeOther(), RemoteUnavailable, OutcomeUnknown, "redirected"),
    (requests.exceptions.InvalidHeader(PHONE), RemoteRefused, RemoteRefused, "bad_request"),
    (requests.RequestException("new trouble"), RemoteUnavailable, OutcomeUnknown, "connection_cut"),
]


def caught(error: Exception, *, changes: bool) -> RemoteError:
    with pytest.raises(RemoteError) as info, translated("GET /v1/meta", changes=changes):
        raise error
    return info.value


@pytest.mark.parametrize(("error", "reading", "changing", "code"), TROUBLES, ids=lambda v: getattr(v, "__name__", None))
def test_each_trouble_becomes_one_error(error: Exception, reading: type, changing: type, code: str) -> None:
    for changes, kind in ((False, reading), (True, changing)):
        ours = caught(error, changes=changes)
        assert (type(ours), ours.code) == (kind, code)
        assert (ours.__cause__, ours.__context__) == (None, None)
        assert PHONE not in f"{ours!r} {ours} {ours.facts}"


def test_errors_of_ours_and_bugs_pass_through() -> None:
    for error in (NotFound("x", "y"), KeyError("bug")):
        with pytest.raises(type(error)) as info, translated("x"):
            raise error
        assert info.value is error


def said(status: int, code: str) -> bytes:
    return f'{{"title": "", "status": {status}, "code": "{code}"}}'.encode()


STATUSES: list[tuple[Reply, type, type, str]] = [
    (Reply(429, headers={"Retry-After": "3"}), RemoteUnavailable, RemoteUnavailable, "throttled"),
    (Reply(503, headers={"Retry-After": "3"}), RemoteUnavailable, RemoteUnavailable, "unavailable"),
    (Reply(503), RemoteUnavailable, OutcomeUnknown, "server_error"),
    (Reply(500), RemoteUnavailable, OutcomeUnknown, "server_error"),
    (Reply(504), RemoteUnavailable, OutcomeUnknown, "server_error"),
    (Reply(408), RemoteUnavailable, RemoteUnavailable, "timeout"),
    (Reply(400), RemoteRefused, RemoteRefused, "bad_request"),
    (Reply(404), RemoteRefused, RemoteRefused, "not_found"),
    (Reply(404, said(404, "unknown_key_outcome")), RemoteRefused, RemoteRefused, "unknown_key_outcome"),
    (Reply(418), RemoteRefused, RemoteRefused, "refused"),
    (Reply(422, said(422, "idempotency_mismatch")), RemoteRefused, RemoteRefused, "idempotency_mismatch"),
    (Reply(422, said(422, "p13800000001")), RemoteRefused, RemoteRefused, "refused"),
    (Reply(422, b"<html>"), RemoteRefused, RemoteRefused, "refused"),
    (Reply(409, said(409, "in_progress"), {"Retry-After": "3"}), RemoteUnavailable, OutcomeUnknown, "in_progress"),
    (Reply(401, said(401, "replayed")), RemoteUnavailable, OutcomeUnknown, "replayed"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "reading", "changing", "code"), STATUSES, ids=lambda v: getattr(v, "status", None))
def test_each_status_becomes_one_error(reply: Reply, reading: type, changing: type, code: str) -> None:
    for changes, kind in ((False, reading), (True, changing)):
        ours = status_error("GET /x", reply.status, reply.headers, reply.body, now=NOW, changes=changes)
        assert (type(ours), ours.code) == (kind, code)
        assert getattr(ours, "account_wide", False) is False
        assert getattr(ours, "retry_after", None) == (3.0 if "Retry-After" in reply.headers else None)


def test_only_our_own_contract_promises_that_an_overloaded_server_did_nothing() -> None:
    busy = Replay(forever=Reply(503, headers={"Retry-After": "0"}))
    session = SignedSession("http://127.0.0.1:9", Unsigned(), lambda: NOW, adapter=busy, wait=lambda _: None)
    with pytest.raises(RemoteUnavailable) as promised:
        session.post("/v1/messages", {}, Issuer, safe_to_repeat=False)
    assert type(promised.value) is RemoteUnavailable
    with pytest.raises(OutcomeUnknown):
        session.exchange("/", b"", "text/plain", lambda answer: answer, safe_to_repeat=False)
    session.close()


@pytest.mark.parametrize(
    ("status", "word", "code"),
    [
        (401, "bad_signature", "bad_signature"),
        (401, "unknown_key", "unknown_key"),
        (401, "", "unauthorized"),
        (403, "", "permission"),
        (402, "", "balance"),
    ],
)
def test_a_refused_account_is_told_apart(status: int, word: str, code: str) -> None:
    ours = status_error("GET /x", status, {}, said(status, word), now=NOW)
    assert isinstance(ours, RemoteRefused)
    assert (ours.code, ours.account_wide) == (code, True)


def test_a_skewed_clock_is_measured_by_the_servers_date() -> None:
    headers = {"Date": "Sun, 01 Nov 2026 02:10:00 GMT"}
    ours = status_error("GET /x", 401, headers, said(401, "clock_skew"), now=NOW)
    assert (ours.code, ours.facts["skew_seconds"]) == ("clock_skew", 600)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("999999999", 86_400.0),
        ("Sun, 01 Nov 2026 02:00:09 GMT", 9.0),
        ("Sun, 01 Nov 2026 01:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("Sun, 01 Nov 99999999999 02:00:09 GMT", None),
        ("Sun, 01 Nov 2026 02:00:09 +9999999999999999999", None),
    ],
)
def test_retry_after_in_both_forms_and_bounded(written: str, seconds: float | None) -> None:
    ours: Any = status_error("GET /x", 429, {"Retry-After": written}, b"", now=NOW)
    assert ours.retry_after == seconds
