"""The signed session over real sockets: limits of time and size, no redirects, retries of what is safe only."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.transport.session import Limits, SignedSession
from campaign_app.transport.signing import RequestSigner, verify_request
from campaign_app.transport.throttle import Throttle
from campaign_app.transport.wire import Issuer
from tests.helpers.certificates import self_signed
from tests.helpers.raw_server import http, raw_server
from tests.helpers.replay import Replay, Reply, problem

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ANSWER = {"uscc": "91330100MA0000002X", "name": "平台"}
JSON = '{"uscc": "91330100MA0000002X", "name": "平台"}'.encode()
QUICK = Limits(connect=0.5, read=0.2, whole=0.5, answer_bytes=200_000, attempts=1)
Open = Callable[..., SignedSession]


@pytest.fixture
def opened() -> Iterator[Open]:
    sessions: list[SignedSession] = []

    def one(url: str = "http://127.0.0.1:9", **kwargs: Any) -> SignedSession:
        session = SignedSession(url, RequestSigner("k1", KEY), lambda: NOW, **kwargs)
        sessions.append(session)
        return session

    yield one
    for session in sessions:
        session.close()


def ask(session: SignedSession) -> Issuer:
    return session.get("/v1/meta", {"cursor": "a b"}, Issuer)


def change(session: SignedSession) -> Issuer:
    return session.post("/v1/messages", {"n": 1}, Issuer, {"Idempotency-Key": "k"}, safe_to_repeat=False)


# --- over real sockets -----------------------------------------------------------------------------------------------


def test_an_answer_comes_back_as_its_model(opened: Open) -> None:
    with raw_server(lambda c, _: c.sendall(http(JSON))) as server:
        assert ask(opened(server.url)) == Issuer(**ANSWER)
    assert server.asked[0].startswith(b"GET /v1/meta?cursor=a+b HTTP/1.1\r\n")
    assert b"Cache-Control: no-cache\r\n" in server.asked[0], "no cache on the way answers in the server's place"


def test_a_compressed_answer_is_read(opened: Open) -> None:
    with raw_server(lambda c, _: c.sendall(http(gzip.compress(JSON), Content_Encoding="gzip"))) as server:
        assert ask(opened(server.url)) == Issuer(**ANSWER)


def silent(_: socket.socket, done: threading.Event) -> None:
    done.wait(20)


def dripping(connection: socket.socket, done: threading.Event) -> None:
    connection.sendall(http(b"", length=1000))
    for _ in range(200):
        connection.sendall(b" ")
        if done.wait(0.05):
            return


def drips(*, before: bytes, piece: bytes) -> Any:
    """What is no body yet, a bit at a time."""

    def talk(connection: socket.socket, done: threading.Event) -> None:
        connection.sendall(before)
        for _ in range(200):
            connection.sendall(piece)
            if done.wait(0.05):
                return

    return talk


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DRIPS = {
    "a status line": drips(before=b"HTTP/1.1 ", piece=b"2"),
    "a header": drips(before=b"HTTP/1.1 200 OK\r\nX-A: ", piece=b"a"),
    "headers": drips(before=b"HTTP/1.1 200 OK\r\n", piece=b"A: b\r\n"),
    "a word before the answer": drips(before=b"", piece=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a length of a chunk": drips(before=CHUNKED, piece=b"0"),
    "a chunk's extension": drips(before=CHUNKED + b"5;", piece=b"x"),
    "what follows the last chunk": drips(before=CHUNKED + b"2\r\n{}\r\n0\r\n", piece=b"A: b\r\n"),
}


def endless(connection: socket.socket, done: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not done.is_set():
        connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


# made beforehand: making it takes longer than the client waits
BOMB = http(gzip.compress(b" " * 50_000_000, compresslevel=1), Content_Encoding="gzip")


def bomb(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(BOMB)


def cut(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(http(JSON[:20], length=len(JSON)))


def hung_up(_connection: socket.socket, _: threading.Event) -> None:
    return


def truncated(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(http(JSON[:20]))


def html(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(http(b"<html>log in</html>", Content_Type="text/html"))


def elsewhere(connection: socket.socket, done: threading.Event) -> None:
    connection.sendall(http(b"", status="302 Found", length=10**9, Location="http://127.0.0.1:1/other"))
    done.wait(20)


def done_elsewhere(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(http(b"", status="303 See Other", Location="http://127.0.0.1:1/outcome"))


@pytest.mark.parametrize(
    ("talk", "reading", "changing", "code"),
    [
        (silent, RemoteUnavailable, OutcomeUnknown, "timeout"),
        (dripping, RemoteUnavailable, OutcomeUnknown, "timeout"),
        (endless, RemoteRefused, OutcomeUnknown, "answer_too_large"),
        (bomb, RemoteRefused, OutcomeUnknown, "answer_too_large"),
        (cut, RemoteUnavailable, OutcomeUnknown, "connection_cut"),
        (hung_up, RemoteUnavailable, OutcomeUnknown, "connection_cut"),
        (truncated, RemoteUnavailable, OutcomeUnknown, "answer_cut"),
        (html, RemoteRefused, OutcomeUnknown, "contract_broken"),
        (elsewhere, RemoteRefused, RemoteRefused, "redirected"),
        (done_elsewhere, RemoteRefused, OutcomeUnknown, "redirected"),
    ],
)
def test_trouble_on_the_wire(talk: Any, reading: type, changing: type, code: str, opened: Open) -> None:
    for doing, kind in ((ask, reading), (change, changing)):
        with raw_server(talk) as server, pytest.raises(RemoteError) as info:
            doing(opened(server.url, limits=QUICK))
        assert (type(info.value), info.value.code) == (kind, code)
        assert info.value.__context__ is None


@pytest.mark.parametrize("talk", DRIPS.values(), ids=DRIPS)
def test_an_answer_is_over_in_time_whatever_of_it_comes_slowly(talk: Any, opened: Open) -> None:
    """A batch waits for what every shop of its entity answers: one server that drips would hold all campaigns up."""
    for doing, kind in ((ask, RemoteUnavailable), (change, OutcomeUnknown)):
        with raw_server(talk) as server, pytest.raises(RemoteError) as info:
            doing(opened(server.url, limits=QUICK))
        assert (type(info.value), info.value.code) == (kind, "timeout")
        assert info.value.__context__ is None


@pytest.mark.parametrize("path", ["/%7Eshop", "/a/../b"])
def test_an_address_that_the_library_spells_otherwise_is_limited_too(path: str, opened: Open) -> None:
    with raw_server(DRIPS["headers"]) as server, pytest.raises(RemoteUnavailable) as info:
        ask(opened(server.url + path, limits=QUICK))
    assert info.value.code == "timeout"


def test_a_refusal_counts_even_if_its_body_does_not_come(opened: Open) -> None:
    half = http(b"{", status="403 Forbidden", length=99)
    with raw_server(lambda c, _: c.sendall(half)) as server, pytest.raises(RemoteRefused) as info:
        ask(opened(server.url, limits=QUICK))
    assert info.value.code == "permission"


def test_nobody_there(opened: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for doing in (ask, change):
        with pytest.raises(RemoteUnavailable) as info:
            doing(opened(f"http://127.0.0.1:{port}", limits=QUICK))
        assert (type(info.value), info.value.code) == (RemoteUnavailable, "unreachable")


def test_a_certificate_nobody_vouches_for(opened: Open, tmp_path: Path) -> None:
    for doing in (ask, change):
        with raw_server(hung_up, self_signed(tmp_path)) as server, pytest.raises(RemoteRefused) as info:
            doing(opened(server.url, limits=QUICK))
        assert (info.value.code, info.value.account_wide) == ("tls", True)
        assert server.asked == []


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_every_attempt_is_signed_anew(opened: Open) -> None:
    replay = Replay(500, ANSWER)
    ask(opened(adapter=replay, wait=lambda _: None))
    verified = [
        verify_request(str(r.method), str(r.url), dict(r.headers), b"", lambda _: KEY.public_key(), NOW)
        for r in replay.requests
    ]
    assert [v.key_id for v in verified] == ["k1", "k1"]
    assert verified[0].nonce != verified[1].nonce


def test_an_unsigned_request_carries_no_signature(opened: Open) -> None:
    replay = Replay(ANSWER)
    opened(adapter=replay).get("/.well-known/jwks.json", {}, Issuer, signed=False)
    assert not {"Signature", "Authorization"} & set(replay.requests[0].headers)


def test_no_cookie_is_kept(opened: Open) -> None:
    def check(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(http(JSON, Set_Cookie="who=you"))

    with raw_server(check) as server:
        session = opened(server.url)
        ask(session)
        ask(session)
    assert not any(b"cookie" in head.lower() for head in server.asked)


def test_a_path_before_the_endpoints_is_kept(opened: Open) -> None:
    replay = Replay(ANSWER)
    opened("https://shop.example/api/", adapter=replay).get("/v1/meta", {}, Issuer)
    assert replay.requests[0].url == "https://shop.example/api/v1/meta"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://shop.example", "insecure_url"),
        ("http://192.168.1.5:80", "insecure_url"),
        ("http://127.0.0.1.evil.example", "insecure_url"),
        ("ftp://shop.example", "bad_url"),
        ("https://user:pw@shop.example", "bad_url"),
        ("https://shop.example/?a=1", "bad_url"),
        ("https://", "bad_url"),
        ("https://shop.example:port", "bad_url"),
        ("https://[::1", "bad_url"),
        ("shop.example", "bad_url"),
        ("", "bad_url"),
    ],
)
def test_an_address_that_would_not_be_safe_is_refused(url: str, code: str, opened: Open) -> None:
    with pytest.raises(SettingsError) as info:
        opened(url)
    assert info.value.code == code


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://shop.example"])
def test_plain_http_stays_on_this_machine(url: str, opened: Open) -> None:
    opened(url)


# --- trying again ----------------------------------------------------------------------------------------------------


def test_reading_is_tried_again_as_the_server_asks(opened: Open) -> None:
    waits: list[float] = []
    replay = Replay(problem(429, "throttled", Retry_After="3"), requests.ReadTimeout(), ANSWER)
    assert ask(opened(adapter=replay, wait=waits.append)) == Issuer(**ANSWER)
    assert waits == [3.0, 0.4]


def test_trying_again_ends(opened: Open) -> None:
    replay = Replay(forever=Reply(500))
    with pytest.raises(RemoteUnavailable):
        ask(opened(adapter=replay, wait=lambda _: None))
    assert len(replay.requests) == 3


def test_a_long_wait_is_left_to_the_caller(opened: Open) -> None:
    replay = Replay(problem(429, "throttled", Retry_After="60"))
    with pytest.raises(RemoteUnavailable) as info:
        ask(opened(adapter=replay))
    assert (len(replay.requests), info.value.retry_after) == (1, 60.0)


@pytest.mark.parametrize("trouble", [429, 500, 503, requests.ReadTimeout(), requests.ConnectTimeout()])
def test_what_changes_something_is_asked_once(trouble: Any, opened: Open) -> None:
    replay = Replay(trouble)
    with pytest.raises(RemoteUnavailable):
        change(opened(adapter=replay))
    assert len(replay.requests) == 1


def test_a_post_that_is_safe_to_repeat_is_tried_again(opened: Open) -> None:
    replay = Replay(500, ANSWER)
    session = opened(adapter=replay, wait=lambda _: None)
    session.post("/v1/consents/lookup", {"refs": ["c1"]}, Issuer, safe_to_repeat=True)
    assert replay.bodies == [{"refs": ["c1"]}] * 2


@pytest.mark.parametrize("refusal", [400, 401, 404, Reply(body=b"<html>")])
def test_a_refusal_is_not_tried_again(refusal: Any, opened: Open) -> None:
    replay = Replay(refusal)
    with pytest.raises(RemoteRefused):
        ask(opened(adapter=replay))
    assert len(replay.requests) == 1


@pytest.mark.parametrize("doing", [ask, change])
def test_a_clock_that_disagrees_is_asked_once_more(doing: Callable[[SignedSession], Issuer], opened: Open) -> None:
    assert doing(opened(adapter=Replay(problem(401, "clock_skew"), ANSWER), wait=lambda _: None)) == Issuer(**ANSWER)
    replay = Replay(forever=problem(401, "clock_skew"))
    with pytest.raises(RemoteRefused) as info:
        doing(opened(adapter=replay, wait=lambda _: None))
    assert (info.value.code, info.value.account_wide, len(replay.requests)) == ("clock_skew", True, 2)


def test_closing_ends_a_wait(opened: Open) -> None:
    replay = Replay(forever=problem(429, "throttled", Retry_After="9"))
    session = opened(adapter=replay)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, session)
        while not replay.requests:
            pass
        session.close()
        with pytest.raises(RemoteUnavailable):
            asked.result(timeout=5)


def test_a_configured_rate_is_kept(opened: Open) -> None:
    waits: list[float] = []
    throttle = Throttle(2, monotonic=lambda: 0.0, wait=waits.append)
    session = opened(adapter=Replay(forever=ANSWER), throttle=throttle)
    for _ in range(3):
        ask(session)
    assert waits == [0.5, 1.0]


def test_many_threads_share_one_session(opened: Open) -> None:
    with raw_server(lambda c, _: c.sendall(http(JSON))) as server, ThreadPoolExecutor(8) as pool:
        session = opened(server.url)
        answers = list(pool.map(lambda _: ask(session), range(40)))
    assert answers == [Issuer(**ANSWER)] * 40


def test_errors_name_the_endpoint_and_no_key(opened: Open) -> None:
    with pytest.raises(RemoteRefused) as info:
        opened(adapter=Replay(404)).get("/v1/messages/outcomes/secret-key", {"cursor": "13800000001"}, Issuer)
    assert str(info.value) == "GET /v1/messages: the server does not know this"
    assert "secret" not in repr(info.value.facts)


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:9", "socks5h://127.0.0.1:9", "http://", "http://127.0.0.1:99999"]
)
@pytest.mark.parametrize("asked", [ask, change])
def test_a_proxy_that_cannot_be_used_is_named_as_the_trouble_and_refuses_nothing_by_itself(
    opened: Open, monkeypatch: pytest.MonkeyPatch, proxy: str, asked: Callable[[SignedSession], Issuer]
) -> None:
    """Everything that the account asks waits for it: were it the request's fault, its messages would be refused."""
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    with pytest.raises(RemoteRefused) as caught:
        asked(opened("https://platform.example"))
    assert (caught.value.code, caught.value.account_wide) == ("proxy_unusable", True)
    assert "127.0.0.1" not in str(caught.value)


def test_without_a_proxy_an_address_that_nobody_can_connect_to_is_the_requests_own_fault(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")
    session = opened("https://platform.example")

    def send(*_: object, **__: object) -> None:
        raise requests.exceptions.InvalidURL

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with pytest.raises(RemoteRefused) as caught:
        ask(session)
    assert (caught.value.code, caught.value.account_wide) == ("bad_request", False)
