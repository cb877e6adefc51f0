"""Two who press at one moment: the later one decides on what the first made of it, and nothing of either is undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.errors import NotAllowed

TRIES: Final = 8  # of one press while others go on changing the same campaign
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Holder(Protocol):
    def get(self, campaign_id: int, /) -> Campaign: ...


_H = TypeVar("_H", bound=Holder)


def on_newest(decide: Callable[Concatenate[_H, Campaign, _P], _R]) -> Callable[Concatenate[_H, int, _P], _R]:
    """What is decided of a campaign, by its id: on the campaign as it is, and anew if it was refused and is not so now.

    `decide` writes at its end if at all, with the campaign that it was given as `seen`.
    """

    @wraps(decide)
    def decided(self: _H, campaign_id: int, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        campaign = self.get(campaign_id)
        for _ in range(TRIES - 1):
            try:
                return decide(self, campaign, *args, **kwargs)
            except NotAllowed:
                before, campaign = campaign, self.get(campaign_id)
                if campaign == before:
                    raise
        return decide(self, campaign, *args, **kwargs)

    return decided
