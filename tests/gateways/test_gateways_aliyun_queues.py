"""Aliyun's queues of replies and reports against the simulator, and Aliyun's own clients against the same."""

from __future__ import annotations

import gc
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from alibabacloud_dybaseapi20170525 import models
from alibabacloud_dybaseapi20170525.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from hypothesis import given
from hypothesis import strategies as st
from mns.account import Account as MnsAccount
from mns.mns_client import MNSClient
from mns.mns_exception import MNSExceptionBase

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import NotFound, OutcomeUnknown, RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.message import Outcome
from campaign_app.gateways import Means, gateway_for
from campaign_app.gateways.aliyun.gateway import AliyunGateway, _leases
from campaign_app.gateways.aliyun.returning import is_nobodys_reply, reply_of
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.sandbox.words import OPT_OUT_REPLIES, ORDINARY_REPLIES
from campaign_app.transport.aliyun_queues import MESSAGES, Leased, MnsKey, queues_for
from tests.helpers.aliyun import Carried, carried
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import drained
from tests.helpers.vendors import account_of, connected, trouble

# the clients leave their sockets to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """Nobody answers of their own accord for ten minutes."""
    with SandboxProcess(customers=600, delay=600) as running:
        yield running


@pytest.fixture(scope="module")
def shop(sandbox: SandboxProcess) -> Carried:
    return carried(sandbox)


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


def gateway_of(shop: Carried, shift: timedelta = timedelta(0), **changed: str) -> AliyunGateway:
    account, secret = account_of(shop.sandbox, "aliyun", **changed)
    made = gateway_for(
        replace(account, id=shop.account.id), secret, "retail", lambda: clock() + shift, Means(wait=no_wait)
    )
    assert isinstance(made, AliyunGateway)
    return made


@pytest.fixture
def gateway(shop: Carried) -> Iterator[AliyunGateway]:
    """Whose queues are empty."""
    trouble(shop.sandbox, "aliyun", clear=True, lease=30)
    shop.sandbox.faults("none", clear=True)
    made = gateway_of(shop)
    drained(made.inbound)
    drained(made.reports)
    yield made
    made.close()


def key_of(sandbox: SandboxProcess, kind: str = "SmsUp", name: str = "") -> Any:
    said = sandbox.ready["vendors"]["aliyun"]
    config = Config(
        access_key_id=said["key_id"], access_key_secret=said["access_key_secret"],
        endpoint=urlsplit(sandbox.url).netloc, protocol="HTTP",
    )  # fmt: skip
    asked = models.QueryTokenForMnsQueueRequest(message_type=kind, queue_name=name or said["reply_queue"])
    return Client(config).query_token_for_mns_queue(asked).body.message_token_dto


def theirs(sandbox: SandboxProcess, kind: str = "SmsUp") -> Any:
    """The queue as Aliyun's own client sees it."""
    name = sandbox.ready["vendors"]["aliyun"]["reply_queue" if kind == "SmsUp" else "report_queue"]
    key = key_of(sandbox, kind, name)
    account = MnsAccount(sandbox.url, key.access_key_id, key.access_key_secret, key.security_token)
    queue = account.get_queue(name)
    queue.set_encoding(True)
    return queue


# --- the signature ---


def test_the_signature_is_the_one_of_aliyuns_example_as_far_as_that_is_printed() -> None:
    """help.aliyun.com, 175633; its last four characters are not printed."""
    headers = {"date": "Thu, 09 Jul 2015 03:01:34 GMT", "x-mns-version": "2015-06-06"}
    made = MnsKey("TestAccessID", "TestAccessSecret", "", NOW).authorization("GET", "/MyQueue", headers)
    assert made.startswith("MNS TestAccessID:uwx3yeWoILzgmvesW0BQSgfM")


@given(
    st.sampled_from(["GET", "DELETE"]),
    st.fixed_dictionaries(
        {"date": st.text(max_size=9)},
        optional={"content-type": st.text(max_size=9), "x-mns-b": st.text(max_size=9), "x-mns-a": st.text(max_size=9)},
    ),
)
def test_whatever_is_signed_has_the_signature_of_aliyuns_client(method: str, headers: dict[str, str]) -> None:
    client = MNSClient("http://127.0.0.1", "id", "secret")
    expected = client.get_signature(method, headers, "/queues/q", client.credentials_provider.get_credentials())
    assert MnsKey("id", "secret", "", NOW).authorization(method, "/queues/q", headers) == expected


# --- Aliyun's own clients against the simulator, and against ours ---


def test_what_aliyuns_client_receives_and_does_not_delete_comes_again_to_us(
    shop: Carried, gateway: AliyunGateway
) -> None:
    (message,) = shop.batch(1, prefix="sdk")
    gateway.submit("sdk-up", [message])
    trouble(shop.sandbox, "aliyun", lease=0.2)
    shop.sandbox.reply("S1", message.recipient.ref.ref, "ＴＤ")
    queue = theirs(shop.sandbox)
    got = queue.batch_receive_message(16, 0)
    found = next(each for each in got if json.loads(each.message_body)["content"] == "ＴＤ")
    trouble(shop.sandbox, "aliyun", lease=30)
    content = json.loads(found.message_body)
    assert message.recipient.phone
    assert (content["phone_number"], content["content"]) == (message.recipient.phone.digits, "ＴＤ")
    replies, cursor = list[Any](), "100"
    while ("ＴＤ", message.recipient.phone) not in replies:  # the simulated person may answer by themselves besides
        came, cursor = drained(gateway.inbound, cursor)
        replies += [(reply.text, reply.phone) for reply in came]
    assert replies.count(("ＴＤ", message.recipient.phone)) == 1
    with pytest.raises(MNSExceptionBase, match="MessageNotExist"):
        queue.batch_receive_message(16, 0)


def test_what_aliyuns_client_deletes_is_gone_and_its_refusals_are_ours(shop: Carried, gateway: AliyunGateway) -> None:
    (message,) = shop.batch(1, prefix="gone")
    gateway.submit("sdk-gone", [message])
    shop.sandbox.reply("S1", message.recipient.ref.ref, "好的")
    queue = theirs(shop.sandbox)
    found = queue.batch_receive_message(16, 0)
    queue.batch_delete_message([each.receipt_handle for each in found])
    assert shop.shown()["queues"]["SmsUp"] == 0
    with pytest.raises(MNSExceptionBase, match="MessageNotExist"):
        queue.batch_delete_message(["m-1-1-1"])
    trouble(shop.sandbox, "aliyun", expire=True)
    with pytest.raises(MNSExceptionBase, match="InvalidAccessKeyId"):
        queue.batch_receive_message(16, 0)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Authorization": "MNS x:y="}, 403),
        ({"Authorization": "Basic x"}, 400),
        ({"security-token": "another"}, 403),
        ({"x-mns-version": "2015-06-05"}, 403),
        ({"Date": "Thu, 09 Jul 2015 03:01:34 GMT"}, 403),
    ],
)
def test_the_simulator_takes_no_request_that_is_not_signed_as_it_stands(
    sandbox: SandboxProcess, changed: dict[str, str], status: int
) -> None:
    said, key = sandbox.ready["vendors"]["aliyun"], key_of(sandbox)
    path = f"/queues/{said['reply_queue']}/messages?numOfMessages=1"
    headers = {"date": clock().strftime("%a, %d %b %Y %H:%M:%S GMT"), "x-mns-version": "2015-06-06"}
    mine = MnsKey(key.access_key_id, key.access_key_secret, key.security_token, NOW)
    headers |= {"Authorization": mine.authorization("GET", path, headers), "security-token": key.security_token}
    assert requests.get(sandbox.url + path, headers=headers, timeout=9).status_code in (200, 404)
    assert requests.get(sandbox.url + path, headers=headers | changed, timeout=9).status_code == status


# --- replies and reports ---


@pytest.mark.parametrize("twice", [False, True])
def test_a_reply_in_every_spelling_comes_in_under_one_name_with_its_number(
    shop: Carried, gateway: AliyunGateway, twice: bool
) -> None:
    words = [*dict.fromkeys(OPT_OUT_REPLIES), *ORDINARY_REPLIES]
    batch = shop.batch(len(words) + 20, prefix=f"w{twice}")
    accepted = {o.message_id for o in gateway.submit(f"words-{twice}", batch) if o.outcome is Outcome.ACCEPTED}
    asked = [m.recipient for m in batch if m.message_id in accepted][: len(words)]
    trouble(shop.sandbox, "aliyun", twice=twice)
    for who, text in zip(asked, words, strict=True):
        shop.sandbox.reply("S1", who.ref.ref, text)
    theirs = {(who.phone, text) for who, text in zip(asked, words, strict=True)}
    # now and then one of the simulated people answers by themselves, perhaps the same
    replies = [reply for reply in drained(gateway.inbound, "200")[0] if (reply.phone, reply.text) in theirs]
    trouble(shop.sandbox, "aliyun", twice=False)
    times = Counter(reply.inbound_id for reply in replies)
    found = {reply.inbound_id: (reply.phone, reply.text) for reply in replies}
    assert {found[name] for name, count in times.items() if count == 1 + twice} == theirs
    refused = {text for _, text in found.values() if is_opt_out(text)}
    assert refused == {text for text in words if is_opt_out(text)} >= {"ＴＤ", "退订", "R。"}
    assert refused.isdisjoint(ORDINARY_REPLIES)
    assert shop.shown()["queues"]["SmsUp"] == 0


def test_reports_name_their_messages_by_batch_and_number(shop: Carried, gateway: AliyunGateway) -> None:
    batch = shop.batch(40, prefix="rep")
    taken = {o.message_id for o in gateway.submit("rep-1", batch) if o.outcome is Outcome.ACCEPTED}
    shop.sandbox.skew_clock(610)
    reports = {r.phone: r.outcome for r in drained(gateway.reports, "300")[0] if r.key == "rep-1"}
    drained(gateway.inbound, "300")
    shop.sandbox.skew_clock(0)
    assert reports.keys() == {m.recipient.phone for m in batch if m.message_id in taken}
    assert Outcome.DELIVERED in reports.values()


def test_a_key_that_holds_no_more_is_asked_for_anew(shop: Carried, gateway: AliyunGateway) -> None:
    trouble(shop.sandbox, "aliyun", expire=True)
    assert drained(gateway.inbound, "400")[0] == []
    before = shop.shown()["requests"]
    assert drained(gateway.inbound, "410")[0] == []
    assert shop.shown()["requests"] == before
    later = gateway_of(shop, timedelta(minutes=6))
    drained(later.inbound, "420")
    assert shop.shown()["requests"] > before
    later.close()


def test_an_answer_that_is_cut_off_leaves_the_queue_closed_until_leases_are_over(
    shop: Carried, gateway: AliyunGateway
) -> None:
    opened = gateway.inbound("500").next_cursor
    gateway.inbound(opened)
    shop.sandbox.faults(fault="cut_body", path="/queues/Alicom-Queue-36-SmsUp/messages")
    opened = gateway.inbound("501").next_cursor
    (message,) = shop.batch(1, prefix="cut")
    gateway.submit("cut-1", [message])
    shop.sandbox.reply("S1", message.recipient.ref.ref, "R")
    trouble(shop.sandbox, "aliyun", lease=0.05)
    with pytest.raises(OutcomeUnknown):
        gateway.inbound(opened)
    with pytest.raises(RemoteUnavailable, match="out of sight"):
        gateway.inbound(opened)
    shop.sandbox.faults("none", clear=True)


def test_a_queue_of_another_name_stops_the_account(shop: Carried) -> None:
    wrong = gateway_of(shop, reply_queue="Alicom-Queue-9-SmsUp")
    with pytest.raises(RemoteRefused):
        drained(wrong.inbound)
    wrong.close()
    with connected(shop.sandbox, "aliyun", reply_queue="Alicom-Queue-9-SmsUp") as client, pytest.raises(RemoteRefused):
        client.check_connection()
    with connected(shop.sandbox, "aliyun") as client:
        assert client.check_connection().ok


def test_without_queues_nothing_is_heard_and_nothing_is_asked(shop: Carried) -> None:
    deaf = gateway_of(shop, reply_queue="", report_queue="")
    assert (deaf.capabilities.hears, deaf.capabilities.streams) == (False, frozenset())
    assert (deaf.inbound("7").next_cursor, deaf.reports("7").more) == ("7", False)
    deaf.close()
    hearing = gateway_of(shop, report_queue="")
    assert (hearing.capabilities.hears, hearing.capabilities.streams) == (True, {"inbound"})
    hearing.close()


def test_a_name_that_would_be_an_address_is_refused(shop: Carried) -> None:
    for name in ("../x", "a/b", "队列", "9-SmsUp", "a" * 300):
        with pytest.raises(SettingsError):
            gateway_of(shop, reply_queue=name)


def test_outside_of_this_machine_the_queues_are_at_aliyuns_own_addresses(shop: Carried) -> None:
    account, _ = account_of(shop.sandbox, "aliyun", base_url="https://dysmsapi.aliyuncs.com")
    (queue, *_) = queues_for(account, {"access_key_secret": "s"}, clock).values()
    queue.close()
    assert urlsplit(MESSAGES).hostname == "1943695596114318.mns.cn-hangzhou.aliyuncs.com"


class OneMessage:
    """A queue with one message that nobody can read."""

    def __init__(self, raw: str) -> None:
        self.raw, self.deleted = raw, list[str]()

    def ready(self, _now: datetime) -> None:
        """A key is at hand."""

    def receive(self, _now: datetime) -> tuple[Leased, ...]:
        return () if self.deleted else (Leased("h", None, self.raw),)

    def delete(self, handles: Sequence[str], _now: datetime) -> None:
        self.deleted += handles


@pytest.mark.parametrize(
    ("raw", "people"),
    [("x 13800000001 y", ["13800000001"]), (b64encode(b"[8613800000001]").decode(), ["13800000001"]), ("?", [])],
)
def test_a_reply_that_nobody_can_read_goes_once_a_person_cleared_it_and_its_sender_is_suppressed(
    tmp_path: Path, raw: str, people: list[str]
) -> None:
    with bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app:
        stuck = OneMessage(raw)
        queue = _leases(stuck, reply_of, is_nobodys_reply, app.clock, partial(app.unread.met, 7))
        assert queue is not None
        opened = queue.page("")
        page = queue.page(opened.next_cursor)
        assert (page.items, page.broken) == ((), 1)
        (row,) = app.unread.waiting(7)
        assert (row.numbers, "13800000001" in row.said) == (len(people), False)
        with pytest.raises(NotFound):
            app.unread.clear(7, "another", actor="王")
        app.unread.clear(7, row.name, actor="王")
        assert app.unread.waiting(7) == ()
        page = queue.page(page.next_cursor)
        assert [(reply.phone.digits if reply.phone else "", is_opt_out(reply.text)) for reply in page.items] == [
            (digits, True) for digits in people
        ]
        assert (page.broken, stuck.deleted) == (0, []), "not before it is stored"
        queue.page(page.next_cursor)
        assert stuck.deleted == ["h"]
        assert app.workspace.secrets.get(f"account.7.unread.{row.name}") == raw
