"""The errors a user may meet; each has a code, and the front ends own the words.

AppError
├── WorkspaceError          the workspace cannot be opened (key missing, wrong, newer version, in use)
├── SettingsError           a setting, an argument or a file of the user's is unusable
├── NotFound                a named thing does not exist
├── NotAllowed              the state of a thing forbids the action (a block finding, no approval, …)
│   ├── BudgetSpent         a batch would cost more than was set aside when its campaign began
│   └── NotPermitted        the role of whoever asks forbids it, whatever the state
└── RemoteError             a platform or sender did not do what was asked
    ├── RemoteUnavailable   timeout, 429, 5xx, cut connection: may be tried again
    │   └── OutcomeUnknown  the request may have been carried out: never repeat it blindly
    └── RemoteRefused       any other refusal, or an answer that breaks the contract
        └── PlaceForgotten  a list does not know the place any more that its reader was at
Messages hold no phone number, no token and no message text.
"""

from __future__ import annotations

from typing import Any, Final

# codes with which an opt-out is refused for good
OF_THE_PERSON: Final = frozenset({"opt_out_not_recorded", "customer_unknown", "customer_without_number", "bad_ref"})


class AppError(Exception):
    """An expected error. `code` is stable, snake_case and unique; `facts` fill the words of the front end."""

    def __init__(self, code: str, message: str, **facts: str | int) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        """Durable flows store errors: one that comes back must be the same error."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[AppError], args: tuple[Any, ...], state: dict[str, Any]) -> AppError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class WorkspaceError(AppError):
    """The workspace cannot be opened; its files were left as they were."""


class SettingsError(AppError):
    """A setting, an argument or a file given by the user is unusable."""


class NotFound(AppError):
    """A named thing does not exist."""


class NotAllowed(AppError):
    """The state of a thing forbids the action."""


class BudgetSpent(NotAllowed):
    """A campaign under a budget would cost more than was set aside for it."""


class NotPermitted(NotAllowed):
    """The role of whoever asks forbids the action; `roles` are those that allow it, with commas between them."""


class RemoteError(AppError):
    """A platform or a sender did not do what was asked."""


class RemoteUnavailable(RemoteError):
    """May be tried again, after `retry_after` seconds where the server said so."""

    def __init__(self, code: str, message: str, *, retry_after: float | None = None, **facts: str | int) -> None:
        super().__init__(code, message, **facts)
        self.retry_after = retry_after


class OutcomeUnknown(RemoteUnavailable):
    """The request may have been carried out: look up its outcome before anything else."""


class RemoteRefused(RemoteError):
    """Refused, or answered against the contract; trying again changes nothing.

    `account_wide` means that the whole account is refused (credentials, permission, balance): stop and ask a person.
    """

    def __init__(self, code: str, message: str, *, account_wide: bool = False, **facts: str | int) -> None:
        super().__init__(code, message, **facts)
        self.account_wide = account_wide

    @property
    def of_the_person(self) -> bool:
        """Said of one person, whoever asks again: anything else may pass, even a 404, which means the address."""
        return not self.account_wide and self.code in OF_THE_PERSON


class PlaceForgotten(RemoteRefused):
    """Of a cursor that holds a place in several lists: `begin` holds those that are still good."""

    def __init__(self, code: str, message: str, *, begin: str) -> None:
        super().__init__(code, message)
        self.begin = begin
