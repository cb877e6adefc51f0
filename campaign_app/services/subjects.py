"""Requests of single people (个人信息请求): a copy of what is kept of them, erasure, restriction; each in the audit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from campaign_app.domain.errors import AppError, NotFound, WorkspaceError
from campaign_app.domain.ports import AccountStore, AuditLog, Clock
from campaign_app.domain.ports_people import CustomerStore
from campaign_app.domain.subjects import SubjectStore
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

FORMAT: Final = "yunfa-person-1"


class Stores(Protocol):
    """Those of a workspace, as far as a request of one person needs them."""

    @property
    def subjects(self) -> SubjectStore: ...
    @property
    def customers(self) -> CustomerStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def audit(self) -> AuditLog: ...


class Subjects(Permitted):
    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._store, self._clock = stores, stores.subjects, clock

    def find(self, account_id: int, ref: str) -> int:
        """The customer whom a shop's platform calls so; raises NotFound."""
        self._stores.accounts.account(account_id)
        found = self._stores.customers.ids_of_refs(account_id, [ref])
        if ref not in found:
            raise NotFound("customer", "There is no such customer", customer=ref)
        return found[ref]

    @needs(Permission.VOUCH)
    def export(self, customer_id: int, file: Path, *, actor: str) -> int:
        """Writes what is kept of a person to a new file (JSON, numbers masked); returns its bytes.

        Raises WorkspaceError("file_exists"), AppError("file_unwritable").
        """
        now = self._clock()
        told = {"format": FORMAT, "made_at": now.isoformat(), **self._store.gathered(customer_id)}
        data = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
        try:
            with _new(file) as out:
                out.write(data)
                out.flush()
                self._stores.audit.record(
                    "customer.exported", actor=actor, at=now, customer=customer_id, bytes=len(data)
                )  # fmt: skip
        except FileExistsError as error:
            raise WorkspaceError("file_exists", "A file of this name is there already", file=file.name) from error
        except OSError as error:
            reason = f"The file cannot be written: {error.strerror}"
            raise AppError("file_unwritable", reason, file=file.name) from error
        return len(data)

    @needs(Permission.WORK)
    def erase(self, customer_id: int, *, actor: str) -> int:
        """What goes and what stays: `docs/privacy.md`. In a team by the worker's login: nobody else's may do it."""
        return self._store.erase(customer_id, actor=actor, at=self._clock())

    @needs(Permission.SUPPRESS)
    def restrict(self, customer_id: int, *, actor: str, note: str = "") -> None:
        """Nothing but storing from now on; lifted as an opt-out is, by a later grant and a reviewer."""
        self._store.restrict(customer_id, actor=actor, at=self._clock(), note=note)


@contextmanager
def _new(file: Path) -> Iterator[BinaryIO]:
    """Only its owner may read it. Half a copy is nobody's answer, and one that no entry tells of is none either."""
    made = False
    try:
        with open(file, "xb", opener=_private) as out:
            made = True
            yield out
    except BaseException:
        if made:
            with suppress(OSError):
                file.unlink()
        raise


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
