"""TOP on the wire: signatures by their vectors, answers in both formats, and what each family of errors means."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from taobao_open.api.base import sign as independent_sign

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.platforms.top import rows
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.top import answers
from campaign_app.transport.top.errors import error_of, is_session_over
from campaign_app.transport.top.signing import TopSigner, signature

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "top_signatures.json").read_text("utf-8"))
METHOD = "taobao.crm.members.get.privy"
NOW = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)  # 23:00 in Beijing


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["method"])
def test_the_vectors(vector: dict[str, Any]) -> None:
    assert signature(vector["params"], vector["secret"], vector["method"]) == vector["sign"]
    assert signature({**vector["params"], "sign": "x"}, vector["secret"], vector["method"]) == vector["sign"]


@given(st.dictionaries(st.text(min_size=1), st.text()), st.text())
def test_any_parameters_are_signed_as_by_an_independent_client(params: dict[str, str], secret: str) -> None:
    params.pop("sign", None)
    try:
        expected = independent_sign(secret, params)
    except UnicodeEncodeError:  # half a surrogate pair is no text for either of the two
        return
    assert signature(params, secret, "md5") == expected


def test_a_request_is_completed_in_its_body_and_signed_anew_at_every_attempt() -> None:
    signer = TopSigner("app", "secret", iter(["first", "second"]).__next__)
    request = requests.Request("POST", "http://127.0.0.1/router/rest", data=b"method=m&x=%E5%BA%97&empty=").prepare()
    signer.sign(request, now=NOW, nonce="")
    assert isinstance(request.body, bytes)
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    assert form["sign"] == signature(form, "secret", "hmac-sha256")
    assert (form["timestamp"], form["x"], form["empty"], form["session"]) == ("2026-11-01 23:00:00", "店", "", "first")
    assert request.headers["Content-Length"] == str(len(request.body))


def test_its_times_need_no_database_of_time_zones() -> None:
    """The frozen program brings none but on Windows, and a small Linux has none."""
    program = "import sys; sys.modules['tzdata'] = None; from campaign_app.transport.top.signing import timestamp as t"
    asked = f"{program}; from datetime import datetime; print(t(datetime.fromisoformat('{NOW.isoformat()}')))"
    said = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"PYTHONTZPATH": "", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert (said.stdout.strip(), said.stderr) == ("2026-11-01 23:00:00", "")


XML = """<?xml version="1.0" encoding="utf-8" ?><crm_members_get_privy_response><members list="true">
<basic_member><ouid>a&amp;b</ouid><grade>1</grade></basic_member>{more}</members><total_result>1</total_result>
<request_id>r</request_id></crm_members_get_privy_response>"""
MORE = "<basic_member><ouid>店</ouid></basic_member>"
JSON = {
    "crm_members_get_privy_response": {"members": {"basic_member": [{"ouid": "a&b", "grade": 1}]}, "total_result": 1}
}
SIMPLE = {"crm_members_get_privy_response": {"members": [{"ouid": "a&b", "grade": 1}], "total_result": 1}}


@pytest.mark.parametrize(
    "body", [XML.format(more=""), json.dumps(JSON), json.dumps(SIMPLE)], ids=["xml", "json", "simple"]
)
def test_both_formats_say_the_same(body: str) -> None:
    said = answers.read(body.encode(), METHOD)
    (row,) = answers.rows_of(said.fields["members"], "basic_member")
    assert (row["ouid"], answers.whole(row["grade"]), answers.whole(said.fields["total_result"])) == ("a&b", 1, 1)


def test_a_list_of_several_and_an_empty_one() -> None:
    several = answers.read(XML.format(more=MORE).encode(), METHOD)
    assert [row["ouid"] for row in answers.rows_of(several.fields["members"], "basic_member")] == ["a&b", "店"]
    empty = b'<crm_members_get_privy_response><members list="true"/></crm_members_get_privy_response>'
    assert answers.rows_of(answers.read(empty, METHOD).fields["members"], "basic_member") == []


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<crm_members_get_privy_response><x>&b;</x></crm_members_get_privy_response>"""
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><crm_members_get_privy_response>&e;</crm_members_get_privy_response>"""


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b"<html><body>no</body></html>", b"<a><b></a>", BOMB, OUTSIDE,
        b"<crm_members_get_privy_response>&unknown;</crm_members_get_privy_response>", b"<a>" * 100_000, b"[" * 100_000,
        b'{"crm_members_get_privy_response": []}', b'{"other_response": {}}', b'{"error_response": "no"}',
        b'<?xml version="1.0" encoding="klingon"?><crm_members_get_privy_response/>',
    ],
)  # fmt: skip
def test_what_is_no_answer_breaks_the_contract(body: bytes) -> None:
    with pytest.raises(ContractBroken):
        answers.read(body, METHOD)


@pytest.mark.parametrize("found", ["text", 3, {"basic_member": {"ouid": "a"}}])
def test_what_is_no_list_breaks_the_contract(found: object) -> None:
    with pytest.raises(ContractBroken):
        answers.rows_of(found, "basic_member")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader_in_any_other_way(body: bytes) -> None:
    with contextlib.suppress(ContractBroken):
        answers.read(body, METHOD)


BAN = {"code": 7, "msg": "App Call Limited", "sub_code": "accesscontrol.limited-by-app-api-access-count"}


@pytest.mark.parametrize(
    ("said", "kind", "code", "after"),
    [
        ({**BAN, "sub_msg": "This ban will last for 3 more seconds"}, RemoteUnavailable, "throttled", 4.0),
        ({**BAN, "sub_msg": "ban will last 60 seconds"}, RemoteUnavailable, "throttled", 61.0),
        ({**BAN, "sub_msg": ""}, RemoteUnavailable, "throttled", 2.0),
        ({"code": 7, "sub_code": "accesscontrol.limited-by-app-access-count"}, RemoteUnavailable, "day_quota", 3600.0),
        *(({"code": n}, RemoteUnavailable, "throttled", 2.0) for n in (4, 5, 6, 8)),
        ({"code": 10, "msg": "Service Currently Unavailable"}, RemoteUnavailable, "server_error", None),
        ({"code": 15, "sub_code": "isp.top-remote-connection-timeout"}, RemoteUnavailable, "server_error", None),
        ({"code": "15", "sub_code": "isp.x"}, RemoteUnavailable, "server_error", None),
    ],
)
def test_what_is_worth_another_try_and_when(
    said: dict[str, Any], kind: type[RemoteError], code: str, after: Any
) -> None:
    error = error_of(said, METHOD, NOW)
    assert (type(error), error.code) == (kind, code)
    assert isinstance(error, RemoteUnavailable)
    assert error.retry_after == after


@pytest.mark.parametrize(
    ("said", "code", "wide"),
    [
        ({"code": 15, "sub_code": "isv.BUSINESS_LIMIT_CONTROL"}, "refused", False),
        ({"code": 15}, "refused", False),
        ({"code": 41}, "refused", False),
        *(({"code": n}, "bad_request", True) for n in (21, 22, 23, 24, 28, 30, 32, 33, 34)),
        ({"code": 999}, "refused", False),
        *(({"code": n}, "permission", True) for n in (11, 12, 13)),
        ({"code": 25}, "bad_signature", True),
        ({"code": 26}, "reauthorise", True),
        ({"code": 27}, "reauthorise", True),
        ({"code": 29}, "unknown_key", True),
        ({"code": 31}, "clock_skew", True),
    ],
)
def test_what_is_not_and_whether_it_is_the_whole_account(said: dict[str, Any], code: str, wide: bool) -> None:
    error = error_of(said, METHOD, NOW)
    assert isinstance(error, RemoteRefused)
    assert (error.code, error.account_wide) == (code, wide)
    assert is_session_over(error) is (said["code"] in (26, 27))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"code": 10}, "server_error"), ({"code": 15}, "server_error"), ({"code": 999}, "server_error"),
        ({"code": 15, "sub_code": "isp.remote-service-timeout"}, "server_error"),
        ({"code": 15, "sub_code": "new.words"}, "server_error"), ({"code": 100}, "server_error"),
        ({"code": 0}, "server_error"), ({"code": -1}, "server_error"),
    ],
)  # fmt: skip
def test_of_a_change_what_failed_behind_the_gateway_may_have_been_done(said: dict[str, Any], code: str) -> None:
    error = error_of(said, METHOD, NOW, changes=True)
    assert (type(error), error.code) == (OutcomeUnknown, code)


@pytest.mark.parametrize("said", [{"code": 7, **BAN}, {"code": 22}, {"code": 41}, {"code": 25}, {"code": 27}])
def test_what_the_gateway_itself_turns_away_was_not_done(said: dict[str, Any]) -> None:
    assert type(error_of(said, METHOD, NOW, changes=True)) is type(error_of(said, METHOD, NOW))


@pytest.mark.parametrize("code", [None, "x", True, 1.5, []])
def test_an_error_without_a_code_breaks_the_contract(code: object) -> None:
    with pytest.raises(ContractBroken):
        error_of({"code": code}, METHOD, NOW)


def test_an_error_quotes_no_words_of_the_platform_that_might_hold_a_number() -> None:
    error = error_of(
        {"code": 15, "msg": "13800138000", "sub_code": "isv.13800138000 x", "sub_msg": "13800138000"}, "m", NOW
    )
    assert "13800138000" not in f"{error} {error.facts}"


@pytest.mark.parametrize(
    ("row", "objection"),
    [
        ({"status": "normal", "grade": 1}, None),
        ({"status": "normal", "grade": "4"}, None),
        ({"status": "normal", "grade": 0}, rows.NOT_A_MEMBER),
        ({"status": "blacklist", "grade": 3}, rows.BLACKLISTED),
        ({"status": "frozen", "grade": 3}, rows.UNKNOWN_WORD),
        ({"grade": 3}, rows.BROKEN),
        ({"status": "normal"}, rows.BROKEN),
        ({"status": "normal", "grade": None}, rows.BROKEN),
        ({"status": "normal", "grade": True}, rows.BROKEN),
        ({"status": "normal", "grade": -1}, rows.BROKEN),
        ({"status": "normal", "grade": "x"}, rows.BROKEN),
    ],
)
def test_what_speaks_against_a_member(row: dict[str, Any], objection: rows.Objection) -> None:
    assert rows.member_objection(row) == objection


@pytest.mark.parametrize(
    ("result", "objection"),
    [
        ({"member_info": {"bind_status": 1}}, None),
        ({"member_info": {"bind_status": "2"}}, None),
        ({"member_info": {"bind_status": 3}}, rows.UNKNOWN_WORD),
        ({"member_info": {"bind_status": None}}, rows.BROKEN),
        ({"member_info": {"grade": 1}}, rows.BROKEN),
        ({"member_info": []}, rows.BROKEN),
        ({"total": 0}, rows.NOT_A_MEMBER),
        ({"member_info": None}, rows.NOT_A_MEMBER),
        (None, rows.BROKEN),
        ("text", rows.BROKEN),
    ],
)
def test_what_speaks_against_a_membership(result: object, objection: rows.Objection) -> None:
    assert rows.identity_objection(result) == objection


@pytest.mark.parametrize("row", [None, {}, {"ouid": ""}, {"ouid": 5}, {"ouid": "a", "trade_amount": "x"},
                                 {"ouid": "a", "trade_count": -1}, {"ouid": "a", "trade_amount": "NaN"},
                                 {"ouid": "a", "trade_amount": 1e300},
                                 {"ouid": "a", "trade_amount": "1e9999999"}])  # fmt: skip
def test_a_broken_row_is_no_customer(row: object) -> None:
    assert rows.customer_of(row, NOW) is None


def test_a_row_becomes_a_customer() -> None:
    row = {
        "ouid": "a",
        "trade_amount": "12.305",
        "trade_count": "2",
        "last_trade_time": "2026-10-01 08:00:00",
        "grade_name": "VIP",
    }
    customer = rows.customer_of(row, NOW)
    assert customer is not None
    assert (customer.spend_cents, customer.order_count, customer.tags) == (1230, 2, ("VIP",))
    assert customer.last_order_at == datetime(2026, 10, 1, 0, 0, tzinfo=UTC)
    late = rows.customer_of({"ouid": "a", "last_trade_time": "yesterday"}, NOW)
    assert late is not None
    assert late.last_order_at is None
