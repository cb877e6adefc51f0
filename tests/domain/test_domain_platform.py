"""What a platform offers, and what an account's own settings make of it."""

from __future__ import annotations

import pytest

from campaign_app.domain.platform import Capabilities, hears_replies, sends_itself


@pytest.mark.parametrize(
    ("offers", "options", "heard"),
    [
        (Capabilities(messages=True), {}, True),
        (Capabilities(messages=True, no_replies=True), {}, False),
        (Capabilities(messages=True, no_replies=True, replies_by="reply_queue"), {}, False),
        (Capabilities(messages=True, no_replies=True, replies_by="reply_queue"), {"reply_queue": ""}, False),
        (Capabilities(messages=True, no_replies=True, replies_by="reply_queue"), {"reply_queue": "q"}, True),
    ],
)
def test_replies_come_in_unless_the_platform_has_none_and_no_other_way_is_set(
    offers: Capabilities, options: dict[str, str], heard: bool
) -> None:
    assert hears_replies(offers, options) is heard


@pytest.mark.parametrize(
    ("messages", "by_choice", "chosen", "itself"),
    [(True, False, False, True), (True, True, False, False), (True, True, True, True), (False, True, True, False)],
)
def test_a_platform_carries_its_own_messages_where_it_can_and_was_chosen(
    messages: bool, by_choice: bool, chosen: bool, itself: bool
) -> None:
    assert sends_itself(Capabilities(messages=messages, by_choice=by_choice), chosen=chosen) is itself
