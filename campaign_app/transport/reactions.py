"""How a provider's error codes are met: each code is a line of data that names one of these reactions."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable


class Reaction(StrEnum):
    """`again`: not carried out, a little later it may be. `unsure`: nobody knows whether it was carried out.

    `person`: refused because of one person, today or for good. `opted_out`: because this person wants no more. `never`:
    refused for good, whoever it is for. `account`: everything that this account asks is refused until a person has done
    something about it.
    """

    AGAIN = "again"
    UNSURE = "unsure"
    PERSON = "person"
    OPTED_OUT = "opted_out"
    NEVER = "never"
    ACCOUNT = "account"


class Rule(NamedTuple):
    """`code` is ours, with its sentence in `resources/words/errors.toml`."""

    reaction: Reaction
    code: str


def error_of(rule: Rule, words: str, said: str, *, changes: bool) -> RemoteError:
    """`said` is the provider's own code; `changes`: the request would have done something if carried out."""
    if rule.reaction is Reaction.AGAIN:
        return RemoteUnavailable(rule.code, words, said=said)
    if rule.reaction is Reaction.UNSURE:
        return (OutcomeUnknown if changes else RemoteUnavailable)(rule.code, words, said=said)
    return RemoteRefused(rule.code, words, account_wide=rule.reaction is Reaction.ACCOUNT, said=said)
