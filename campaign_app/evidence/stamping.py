"""Heads of the audit that an authority outside has stamped: asked for, read back, kept in the audit itself."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import AuditLog, Clock
from campaign_app.domain.ports_evidence import AuditLine, AuditQuery, AuditReader
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from campaign_app.evidence.stamps import Stamp

ASKED: Final = "evidence.stamp_asked"
STAMPED: Final = "evidence.stamped"
REQUEST: Final = ".tsq"
REPLY: Final = ".tsr"
_PAGE: Final = 200
_HEAD: Final = re.compile(r"(0|[1-9][0-9]{0,17}):[0-9a-f]{64}")
Tick = Callable[[float], object]
Asked = Mapping[tuple[str, str], int]  # the entry by the nonce and the head that it asked about


@dataclass(frozen=True, slots=True)
class Stamped:
    """The entry `number` of the audit keeps an authority's reply over `head` (N:HASH): it was there `at` that time.

    `ca`: the fingerprint (SHA-256) of the root certificate; `authority` is what the signer calls itself.
    """

    number: int
    head: str
    at: datetime
    authority: str
    ca: str
    token: bytes = field(repr=False)

    @property
    def at_entry(self) -> int:
        """Up to which entry the stamp holds the audit."""
        return int(self.head.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Kept:
    """`stamps`, the oldest first; `skipped`: so many entries say that they are one and do not prove it."""

    stamps: tuple[Stamped, ...]
    skipped: int


def stamps_in(reader: AuditReader) -> tuple[Stamped, ...]:
    """Those that hold, the oldest first."""
    return kept_in(reader).stamps


def kept_in(reader: AuditReader, nonce: str = "") -> Kept:
    """With `nonce` only the replies to that request.

    Every entry is verified anew: whoever may write into the audit can put in one that this program did not.
    """
    lines = list(_lines(reader, AuditQuery(kind=STAMPED, text=nonce)))
    asked = _asked(reader, nonce) if lines else {}
    found = [_stamped(line, asked) for line in reversed(lines)]
    stamps = tuple(each for each in found if each is not None)
    return Kept(stamps, len(found) - len(stamps))


@dataclass
class Stamping(Permitted):
    """Nobody is contacted: a person carries the request to an authority of their choice, and its reply back.

    `head` goes through the chain and gives its head (N:HASH).
    """

    head: Callable[[Tick], object]
    reader: AuditReader
    audit: AuditLog
    clock: Clock

    @needs(Permission.VOUCH)
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

    @needs(Permission.VOUCH)
    def read(self, reply: Path, authority: Path, *, actor: str) -> Stamped:
        """Keeps an authority's reply; `authority` is a file with the certificate that it goes back to.

        Raises SettingsError `no_file`, `stamp_ca`, `stamp_refused` (`why`: a word of `stamp_problem`); NotAllowed
        `stamp_unasked` for a reply to nothing that was asked here, `stamp_known` for one that is kept already.
        """
        from campaign_app.evidence.stamps import StampRefused, nonce_of, roots_in

        data, roots = _read(reply), roots_in(authority)
        try:
            nonce = nonce_of(data)
            head, stamp = self._answered(data, nonce, roots)
        except StampRefused as refused:
            raise SettingsError("stamp_refused", "The reply proves nothing", file=reply.name, why=refused.why) from None
        if any(each.token == data for each in kept_in(self.reader, str(nonce)).stamps):
            raise NotAllowed("stamp_known", "This reply is kept already", file=reply.name)
        self.audit.record(
            STAMPED, actor=actor, at=self.clock(), head=head, stamped_at=stamp.at.isoformat(),
            authority=stamp.authority, serial=str(stamp.serial), policy=stamp.policy, ca=stamp.ca,
            nonce=str(nonce), token=b64encode(data).decode(), certificate=b64encode(stamp.root).decode(),
        )  # fmt: skip
        return next(each for each in kept_in(self.reader, str(nonce)).stamps if each.token == data)

    def kept(self) -> Kept:
        return kept_in(self.reader)

    def save(self, stamped: Stamped, folder: Path) -> tuple[Path, Path]:
        """What was stamped as a text, and the reply, so that anybody's tool can compare the two.

        What is in the folder already stays. Raises WorkspaceError `file_exists`, `disk_full`, `file_unwritable`.
        """
        from campaign_app.evidence.stamps import stamped_text
        from campaign_app.reports.files import new_file

        stem = f"head-{stamped.at_entry}-{stamped.number}"
        made = folder / f"{stem}.txt", folder / f"{stem}{REPLY}"
        for file, content in zip(made, (stamped_text(stamped.head), stamped.token), strict=True):
            if not _has(file, content):
                with new_file(file) as out:
                    out.write(content)
        return made

    def _answered(self, reply: bytes, nonce: int | None, roots: Sequence[Certificate]) -> tuple[str, Stamp]:
        """The head that was asked about with this nonce, and what the reply says of it.

        Of several heads it is the one that the reply is over: a made-up entry must not stand in the way of it.
        """
        from campaign_app.evidence.stamps import is_over, verified

        asked = {} if nonce is None else _asked(self.reader, str(nonce))
        heads = [head for each, head in asked if each == str(nonce)]
        if not heads:
            raise NotAllowed("stamp_unasked", "Nothing was asked with this nonce")
        head = next((each for each in heads if is_over(reply, each)), heads[0])
        return head, verified(reply, head, nonce, roots)


def _read(file: Path) -> bytes:
    from campaign_app.evidence.stamps import REPLY_MAX

    try:
        with file.open("rb") as opened:
            return opened.read(REPLY_MAX + 1)
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error


def _has(file: Path, content: bytes) -> bool:
    try:
        return file.stat().st_size == len(content) and file.read_bytes() == content
    except OSError:
        return False


def _lines(reader: AuditReader, query: AuditQuery) -> Iterator[AuditLine]:
    """The newest first."""
    count, newest = reader.count(query)
    for first in range(0, count, _PAGE):
        yield from reader.find(query, newest, first, _PAGE)


def _asked(reader: AuditReader, nonce: str = "") -> Asked:
    """Requests over a head that the audit could have had by then; of two entries that say the same, the older."""
    found: dict[tuple[str, str], int] = {}
    for line in _lines(reader, AuditQuery(kind=ASKED, text=nonce)):
        head = _HEAD.fullmatch(str(line.facts.get("head")))
        if head is not None and int(head[1]) < line.number:
            found[str(line.facts.get("nonce")), head[0]] = line.number
    return found


def _stamped(line: AuditLine, asked: Asked) -> Stamped | None:
    """None for an entry whose reply is not to a request that stands before it, or does not hold."""
    from campaign_app.evidence.stamps import StampRefused, verified_again

    told = {name: str(value) for name, value in line.facts.items()}
    try:
        head, token = told["head"], b64decode(told["token"], validate=True)
        if asked[told["nonce"], head] >= line.number:
            return None
        stamp = verified_again(token, head, int(told["nonce"]), b64decode(told["certificate"], validate=True))
    except (KeyError, ValueError, StampRefused):
        return None
    return Stamped(line.number, head, stamp.at, stamp.authority, stamp.ca, token)
