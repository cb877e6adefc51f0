"""The sender at a Kannel that others wrote: everybody once, the text as it was checked, and what comes back is kept.

Debian's bearerbox, smsbox and fakesmsc; without them these tests are skipped (`tests/helpers/kannel_box.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import time

import pytest

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways.kannel.pushes import part_of, receipt_url
from campaign_app.platforms import client_for
from campaign_app.transport.kannel import SendSms, access_of
from campaign_app.transport.smpp.texts import without_header
from tests.helpers.kannel_box import PUSH_KEY, KannelBox, Shown, needs_kannel
from tests.helpers.kannel_desk import SECRETS, KannelDesk, account
from tests.helpers.smpp_centre import Centre, needs_centre
from tests.helpers.smpp_desk import LONG, NOW, SHORT, messages, phone, until

pytestmark = needs_kannel
WINDOW = 4
EMOJI = SHORT + "🎉" * 40


@pytest.fixture
def kannel(tmp_path: Path) -> Iterator[KannelBox]:
    with KannelBox(tmp_path / "kannel") as started:
        yield started


@pytest.fixture
def desk(kannel: KannelBox, tmp_path: Path) -> Iterator[KannelDesk]:
    with KannelDesk(tmp_path / "workspace", kannel.url, kannel.push_port, window=WINDOW) as opened:
        yield opened


def texts(shown: list[Shown]) -> dict[str, str]:
    """By number, put together as a phone does it: by reference and number of the part."""
    parts: dict[str, dict[int, str]] = {}
    for each in shown:
        _, piece = without_header(each.udh)
        parts.setdefault(each.to, {})[piece.number] = each.text
        assert len(each.udh) + len(each.text.encode("utf-16-be")) <= 140
    return {to: "".join(found[number] for number in sorted(found)) for to, found in parts.items()}


def delivered(desk: KannelDesk, count: int) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}

    def enough() -> bool:
        found.update((report.message_id, report.outcome) for report in desk.reports())
        return len(found) >= count

    until(enough, f"{count} reports")
    return found


def test_two_hundred_are_reached_once_with_the_very_text_and_reported(desk: KannelDesk, kannel: KannelBox) -> None:
    batch = [*messages(100), *messages(90, LONG, first=100), *messages(10, EMOJI, first=190)]
    outcomes = desk.submit(batch)
    assert {(each.outcome, each.code) for each in outcomes.values()} == {(Outcome.ACCEPTED, "")}
    assert delivered(desk, 200) == dict.fromkeys((message.message_id for message in batch), Outcome.DELIVERED)
    shown = kannel.shown()
    assert texts(shown) == {f"86{phone(n).digits}": message.text for n, message in enumerate(batch)}
    assert set(Counter(shown).values()) == {1}
    assert len(shown) == 100 + 2 * 100, "a long one and one of surrogates are two parts"


def test_replies_are_kept_whatever_they_are_written_in(desk: KannelDesk, kannel: KannelBox) -> None:
    assert desk.replies() == []
    number = f"86{phone(1).digits}"
    lines = (f"+{number} 1069000 ucs2 %90%00%8B%A2", f"{number} 1069000 text TD please", f"{number} 1069000 text R")
    seen: set[str] = set()
    for line in lines:  # fakesmsc chooses at random among several
        kannel.connect_centre(line)
        until(lambda: seen.update(reply.text for reply in desk.replies()) or len(seen) > lines.index(line), line)  # noqa: B023
    assert seen == {"退订", "TD please", "R"}
    assert kannel.shown() == [], "nobody gets an answer"


def test_a_reply_that_nobody_took_is_pushed_again(desk: KannelDesk, kannel: KannelBox) -> None:
    desk.line.close()
    kannel.connect_centre(f"86{phone(1).digits} 1069000 ucs2 %90%00%8B%A2")
    desk.line, desk.gateway = desk.connected()
    found: list[tuple[Phone | None, str]] = []
    until(lambda: found.extend((reply.phone, reply.text) for reply in desk.replies()) or found, "the reply")
    assert found == [(phone(1), "退订")]


def test_what_may_have_been_taken_when_bearerbox_ended_is_unknown_and_everybody_else_is_reached(
    desk: KannelDesk, kannel: KannelBox
) -> None:
    batch = messages(200)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(desk.submit, batch)
        until(lambda: len(kannel.shown()) > 20, "some of the batch")
        kannel.kill()
        found = under_way.result(timeout=60)
    left = [message for message in batch if message.message_id not in found]
    assert left, "the batch was not over"
    with pytest.raises(RemoteUnavailable) as info:
        desk.submit(left)
    assert (info.value.code, type(info.value)) == ("unreachable", RemoteUnavailable)

    kannel.start()
    kannel.connect_centre()
    again = desk.submit(left)
    assert {each.outcome for each in again.values()} == {Outcome.ACCEPTED}
    assert len(again) == len(left)
    unknown = [each for each in found.values() if each.outcome is Outcome.UNKNOWN]
    assert len(unknown) <= WINDOW
    wanted = {f"86{message.recipient.phone.digits}" for message in left if message.recipient.phone}
    until(lambda: wanted <= {part.to for part in kannel.shown()}, "everybody else")
    assert set(Counter(part.to for part in kannel.shown()).values()) == {1}


def test_without_a_centre_no_more_wait_at_kannel_than_were_under_way(desk: KannelDesk, kannel: KannelBox) -> None:
    kannel.end("fakesmsc")
    until(lambda: desk.submit(messages(1))["m0"].code, "a queued one")
    outcomes = desk.submit(messages(50, first=1))
    assert 1 <= len(outcomes) <= WINDOW
    assert {(each.outcome, each.code) for each in outcomes.values()} == {(Outcome.ACCEPTED, "kannel_queued")}


def test_what_waits_at_kannel_beyond_its_time_is_shown_to_nobody_and_ends_as_failed(
    desk: KannelDesk, kannel: KannelBox
) -> None:
    """Of a message that may leave at once Kannel says so, without a minute left it is not handed over at all."""
    kannel.end("fakesmsc")
    until(lambda: desk.submit(messages(1))["m0"].code, "a queued one")
    access = access_of(desk.account, SECRETS)
    calls = SendSms(access, lambda: NOW)
    late = receipt_url(access.push_url, PUSH_KEY, part_of("m1", 1, 1))
    calls.send(f"86{phone(1).digits}", SHORT.encode("utf-16-be"), b"", late, 0)
    calls.close()
    over = time() + 1.5  # Kannel counts in whole seconds
    with pytest.raises(RemoteUnavailable, match="minute"):
        desk.submit([replace(each, until=NOW + timedelta(seconds=59)) for each in messages(1, first=2)])
    until(lambda: time() > over, "the end of its time")
    kannel.connect_centre()
    assert delivered(desk, 2) == {"m0": Outcome.DELIVERED, "m1": Outcome.FAILED}
    assert {each.to for each in kannel.shown()} == {f"86{phone(0).digits}"}


def test_a_wrong_password_stops_the_account(kannel: KannelBox, tmp_path: Path) -> None:
    with (
        KannelDesk(tmp_path / "ws", kannel.url, kannel.push_port, password="another") as desk,
        pytest.raises(RemoteRefused) as info,
    ):
        desk.submit(messages(2))
    assert (info.value.code, info.value.account_wide) == ("kannel_login", True)
    assert kannel.shown() == []


@pytest.mark.parametrize(("password", "code"), [("secret", ""), ("another", "kannel_login")])
def test_a_check_asks_for_user_and_password_and_sends_nothing(kannel: KannelBox, password: str, code: str) -> None:
    secrets = f'{{"password": "{password}", "push_key": "a-key-of-the-test"}}'
    client = client_for(account(kannel.url), secrets, lambda: NOW)
    if code:
        with pytest.raises(RemoteRefused) as info:
            client.check_connection()
        assert (info.value.code, info.value.account_wide) == (code, True)
    else:
        found = client.check_connection()
        assert (found.ok, found.simulated, found.shop) == (True, True, "user@127.0.0.1")
    client.close()
    assert kannel.shown() == []


@needs_centre[0]
@needs_centre[1]
def test_kannel_tells_the_centre_behind_it_how_long_it_may_try(tmp_path: Path) -> None:
    with (
        Centre() as centre,
        KannelBox(tmp_path / "kannel", smpp=centre.port) as kannel,
        KannelDesk(tmp_path / "workspace", kannel.url, kannel.push_port) as desk,
    ):
        desk.submit([replace(each, until=NOW + timedelta(hours=2, seconds=59)) for each in messages(1)])
        until(centre.ledger, "the message")
        (row,) = centre.ledger()
        assert row["text"] == SHORT
        assert abs(row["valid"] - 2 * 3600) <= 60, "Kannel counts in minutes"
