"""What a platform offers, and what an account's own settings make of it."""

from __future__ import annotations

import pytest

from campaign_app.domain.platform import Capabilities, hears_replies


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
