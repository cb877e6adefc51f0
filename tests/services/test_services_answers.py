"""What people answered to a campaign: every reply, and of an opt-out since when it holds and which platform knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import InboundMessage
from campaign_app.domain.phone import Phone
from campaign_app.jobs import poll, telling
from campaign_app.services.answers import Answered
from campaign_app.services.opt_outs import TELL
from tests.helpers.shop import person
from tests.helpers.staged import KEY, Staged, open_by_day, stage


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        yield stage(app)


@pytest.fixture
def campaign(staged: Staged) -> int:
    return staged.sent().id


def replied(staged: Staged, *said: tuple[int, str], by_number: bool = False) -> None:
    """Person and text, each a minute after the one before."""
    now, stream = staged.app.clock(), staged.shop.gateways[staged.account].stream
    stream["inbound"] = [
        InboundMessage(
            f"i{at}-{text}", "" if by_number else f"c{who:05d}", phone(who) if by_number else None, text,
            now + timedelta(minutes=at - len(said)),
        )
        for at, (who, text) in enumerate(said)
    ]  # fmt: skip
    assert poll.poll_inbound(staged.shop.context, staged.account) == len(said)


def phone(who: int) -> Phone:
    found = person("c", who).phone
    assert found is not None
    return found


def answers(staged: Staged, campaign: int, *, opt_outs_only: bool = False) -> list[Answered]:
    return list(staged.app.answers.of_campaign(campaign, opt_outs_only=opt_outs_only))


@pytest.mark.parametrize("by_number", [False, True])
def test_an_opt_out_says_since_when_it_holds_and_that_its_platform_was_told(
    staged: Staged, campaign: int, by_number: bool
) -> None:
    replied(staged, (0, "ＴＤ"), (4, "怎么退货？"), by_number=by_number)
    question, refusal = answers(staged, campaign)
    assert (question.answer.text, question.answer.opt_out, question.answer.since) == ("怎么退货？", False, None)
    assert question.shops == ()
    assert (refusal.answer.text, refusal.answer.opt_out) == ("ＴＤ", True)
    assert refusal.answer.since == refusal.answer.received_at
    assert refusal.answer.who == (phone(0).masked if by_number else "c00000")
    assert [(shop.label, shop.state, shop.why) for shop in refusal.shops] == [("店c", "waiting", "")]
    assert answers(staged, campaign, opt_outs_only=True) == [refusal]
    assert telling.tell_opt_outs(staged.shop.context, staged.account) == 1
    (told,) = answers(staged, campaign, opt_outs_only=True)
    assert [(shop.label, shop.state) for shop in told.shops] == [("店c", "told")]


def test_why_a_platform_does_not_know_yet_and_why_it_never_will(staged: Staged, campaign: int) -> None:
    replied(staged, (0, "R"))
    trouble = staged.shop.platforms[staged.account].trouble
    trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        telling.tell_opt_outs(staged.shop.context, staged.account)
    job = staged.app.jobs.enqueue(TELL, {"account_id": staged.account}, staged.app.clock())
    staged.app.jobs.set_state(job.id, "failed", error="platform_unavailable")
    (waiting,) = answers(staged, campaign)
    assert [(shop.state, shop.why) for shop in waiting.shops] == [("waiting", "platform_unavailable")]
    trouble.append(RemoteRefused("customer_unknown", "who?"))
    assert telling.tell_opt_outs(staged.shop.context, staged.account) == 0
    (refused,) = answers(staged, campaign)
    assert [(shop.state, shop.why) for shop in refused.shops] == [("refused", "customer_unknown")]


def test_the_newest_come_first_as_many_as_are_asked_for(staged: Staged, campaign: int) -> None:
    replied(staged, (0, "好的"), (4, "R"), (5, "2"))
    found = staged.app.answers.of_campaign(campaign, limit=2)
    assert [each.answer.text for each in found] == ["2", "R"]


def test_a_campaign_that_nobody_answered_has_no_answers(staged: Staged, campaign: int) -> None:
    assert answers(staged, campaign) == []
    assert answers(staged, campaign + 1) == []


def test_texts_and_numbers_are_in_no_repr(staged: Staged, campaign: int) -> None:
    replied(staged, (0, "我是李四"), by_number=True)
    shown = repr(answers(staged, campaign))
    assert "李四" not in shown
    assert phone(0).digits not in shown
