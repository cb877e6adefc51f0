"""Heads of the audit that an authority outside has stamped: asked for, read back, kept in the audit itself."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import AuditLog, Clock
from campaign_app.domain.ports_evidence import AuditLine, AuditQuery, AuditReader

ASKED: Final = "evidence.stamp_asked"
STAMPED: Final = "evidence.stamped"
REQUEST: Final = ".tsq"
REPLY: Final = ".tsr"
_PAGE: Final = 200
Tick = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Stamped:
    """The entry `number` of the audit keeps an authority's reply over `head` (N:HASH): it was there `at` that time."""

    number: int
    head: str
    at: datetime
    authority: str
    token: bytes = field(repr=False)

    @property
    def at_entry(self) -> int:
        """Up to which entry the stamp holds the audit."""
        return int(self.head.partition(":")[0])


def stamps_in(reader: AuditReader) -> tuple[Stamped, ...]:
    """The oldest first."""
    return tuple(reversed([_stamped(line) for line in _lines(reader, AuditQuery(kind=STAMPED))]))


@dataclass(frozen=True, slots=True)
class Stamping:
    """Nobody is contacted: a person carries the request to an authority of their choice, and its reply back.

    `head` goes through the chain and gives its head (N:HASH).
    """

    head: Callable[[Tick], object]
    reader: AuditReader
    audit: AuditLog
    clock: Clock

    def ask(self, target: Path, *, actor: str, tick: Tick = lambda _: None) -> str:
        """A request over the head as it is now, which is returned, in a new file.

        Raises WorkspaceError `damaged`, `file_exists`, `disk_full`, `file_unwritable`.
        """
        from campaign_app.evidence.stamps import new_nonce, request_over
        from campaign_app.reports.files import new_file

        with new_file(target) as out:
            head, nonce = str(self.head(tick)), new_nonce()
            out.write(request_over(head, nonce))
            # before the file has its name: a reply is only believed for a request that the audit knows
            self.audit.record(ASKED, actor=actor, at=self.clock(), head=head, nonce=str(nonce))
        return head

    def read(self, reply: Path, authority: Path, *, actor: str) -> Stamped:
        """Keeps an authority's reply; `authority` is a file with the certificate that it goes back to.

        Raises SettingsError `no_file`, `stamp_ca`, `stamp_refused` (`why`: a word of `stamp_problem`); NotAllowed
        `stamp_unasked` for a reply to nothing that was asked here, `stamp_known` for one that is kept already.
        """
        from campaign_app.evidence.stamps import StampRefused, nonce_of, roots_in, verified

        data, roots = _read(reply), roots_in(authority)
        try:
            nonce = nonce_of(data)
            head = self._asked(nonce)
            stamp = verified(data, head, nonce, roots)
        except StampRefused as refused:
            raise SettingsError("stamp_refused", "The reply proves nothing", file=reply.name, why=refused.why) from None
        if any(each.token == data for each in stamps_in(self.reader)):
            raise NotAllowed("stamp_known", "This reply is kept already", file=reply.name)
        self.audit.record(
            STAMPED, actor=actor, at=self.clock(), head=head, stamped_at=stamp.at.isoformat(),
            authority=stamp.authority, serial=str(stamp.serial), policy=stamp.policy, ca=stamp.root,
            nonce=str(nonce), token=b64encode(data).decode(),
        )  # fmt: skip
        return next(each for each in reversed(stamps_in(self.reader)) if each.token == data)

    def stamps(self) -> tuple[Stamped, ...]:
        """The oldest first."""
        return stamps_in(self.reader)

    def save(self, stamped: Stamped, folder: Path) -> tuple[Path, Path]:
        """What was stamped as a text, and the reply, so that anybody's tool can compare the two.

        Raises WorkspaceError `file_exists`, `disk_full`, `file_unwritable`.
        """
        from campaign_app.evidence.stamps import stamped_text
        from campaign_app.reports.files import new_file

        stem = f"head-{stamped.at_entry}-{stamped.number}"
        made = folder / f"{stem}.txt", folder / f"{stem}{REPLY}"
        for file, content in zip(made, (stamped_text(stamped.head), stamped.token), strict=True):
            with new_file(file) as out:
                out.write(content)
        return made

    def _asked(self, nonce: int | None) -> str:
        """The head that was asked about with this nonce."""
        asked = _lines(self.reader, AuditQuery(kind=ASKED, text=str(nonce)))
        for line in asked if nonce is not None else ():
            if line.facts.get("nonce") == str(nonce):
                return str(line.facts["head"])
        raise NotAllowed("stamp_unasked", "Nothing was asked with this nonce")


def _read(file: Path) -> bytes:
    from campaign_app.evidence.stamps import REPLY_MAX

    try:
        with file.open("rb") as opened:
            return opened.read(REPLY_MAX + 1)
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error


def _lines(reader: AuditReader, query: AuditQuery) -> Iterator[AuditLine]:
    """The newest first."""
    count, newest = reader.count(query)
    for first in range(0, count, _PAGE):
        yield from reader.find(query, newest, first, _PAGE)


def _stamped(line: AuditLine) -> Stamped:
    facts = line.facts
    at = datetime.fromisoformat(str(facts["stamped_at"])).astimezone(UTC)
    return Stamped(line.number, str(facts["head"]), at, str(facts["authority"]), b64decode(str(facts["token"])))
