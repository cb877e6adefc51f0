"""What a provider lets be used is asked again as seldom as may be, and never too seldom for whoever mended it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_app.compliance.filed import Templates
from campaign_app.gateways.wordings import Allowed, Wordings
from tests.helpers.shop import NOW

FITS, OTHER = "【店】上新", "【店】清仓"


class Provider:
    """Lists `texts`, and counts how often it was asked; its time stands still."""

    def __init__(self) -> None:
        self.texts, self.asked, self.now = ["上新"], 0, NOW

    def ask(self) -> Allowed:
        self.asked += 1
        return Allowed(frozenset({"店"}), Templates(list(zip("AB", self.texts, strict=False)), "${name}"))


@pytest.fixture
def provider() -> Provider:
    return Provider()


def given(wordings: Wordings, *texts: str) -> list[bool]:
    return [not isinstance(each, str) for each in wordings.of(texts).values()]


def test_what_was_approved_before_a_campaign_goes_on_is_known_however_lately_others_asked(provider: Provider) -> None:
    wordings = Wordings(provider.ask, lambda: provider.now)
    assert given(wordings, OTHER) == [False]
    assert given(wordings, FITS) == [True], "another campaign of the account"
    provider.texts.append("清仓")
    provider.now += timedelta(seconds=1)
    assert given(wordings, OTHER) == [True]


def test_a_few_whom_none_fits_ask_once_a_minute_and_a_batch_of_them_once(provider: Provider) -> None:
    wordings = Wordings(provider.ask, lambda: provider.now)
    for second in range(60):
        provider.now = NOW + timedelta(seconds=second)
        assert given(wordings, FITS, OTHER) == [True, False]
    assert provider.asked == 1
    provider.now += timedelta(seconds=30)
    assert given(wordings, OTHER) == [False]
    assert provider.asked == 2
