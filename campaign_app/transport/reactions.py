"""How a provider's error codes are met: each code is a line of data that names one of these reactions."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from campaign_app.domain.consent import Reason
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.services.window import Until


class Reaction(StrEnum):
    """`again`: not carried out, a little later it may be. `unsure`: nobody knows whether it was carried out.

    `person`: refused because of one person, for good. `capped`: because this person got enough for now. `opted_out`:
    because this person wants no more. `never`: refused for good, whoever it is for. `account`: everything that this
    account asks is refused until a person has done something about it. `later`: until a moment that is known.
    """

    AGAIN = "again"
    UNSURE = "unsure"
    PERSON = "person"
    OPTED_OUT = "opted_out"
    NEVER = "never"
    ACCOUNT = "account"
    CAPPED = "capped"
    LATER = "later"


class Rule(NamedTuple):
    """`code` is ours, with its sentence in `resources/words/errors.toml`. `until` when `later` is."""

    reaction: Reaction
    code: str
    until: Until | None = None


# somebody who got enough for now: their message is left unsent for this reason, and none of theirs is refused for good
CAPPED: Final = Rule(Reaction.CAPPED, Reason.PROVIDER_CAP.value)


def error_of(rule: Rule, words: str, said: str, *, changes: bool) -> RemoteError:
    """`said` is the provider's own code; `changes`: the request would have done something if carried out."""
    if rule.reaction is Reaction.AGAIN:
        return RemoteUnavailable(rule.code, words, said=said)
    if rule.reaction is Reaction.UNSURE:
        return (OutcomeUnknown if changes else RemoteUnavailable)(rule.code, words, said=said)
    wide, until = rule.reaction in (Reaction.ACCOUNT, Reaction.LATER), rule.until
    return RemoteRefused(rule.code, words, account_wide=wide, said=said, **({"until": until} if until else {}))
