"""What a platform's adapter can do, said before anything is asked of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the platform's own API offers; whatever is not named is not there.

    `consent_lookup`: it says of one person whether they agreed to marketing by SMS. Without it nobody is confirmed but
    by a consent endpoint that is set on the account. `purposes`: what its consents count for, () for what each fact
    names itself. `vetoes`: it knows people who may not be reached (blacklist, left membership), never who may.
    `virtual_numbers`: its numbers reach people through this platform only.
    """

    customers: bool = False
    consent_lookup: bool = False
    consent_changes: bool = False
    purposes: tuple[str, ...] = ()
    opt_out_write: bool = False
    vetoes: bool = False
    phones: bool = False
    virtual_numbers: bool = False
    signatures: bool = False
    templates: bool = False
    messages: bool = False


@dataclass(frozen=True, slots=True)
class ConnectField:
    """One thing that a person types to connect an account; `resources/words/terms.toml` has its words by `name`.

    A secret is kept among the workspace's secrets, everything else in `Account.options`.
    """

    name: str
    secret: bool = False
    required: bool = True
    default: str = ""
