"""The people behind one bar of the funnel, with the fact that was looked at and what proves it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from campaign_app.domain.campaign import Stopped
from campaign_app.domain.consent import ConsentFact, Reason
from campaign_app.domain.errors import AppError
from campaign_app.domain.ports import AccountStore, AuditLog, Clock
from campaign_app.domain.ports_people import CustomerStore
from campaign_app.domain.review import FactReader, MemberStore
from campaign_app.services.sheet_files import safe

PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """`phone` is masked, "" where none is known; `fact` is None where nothing was on record.

    `stopped`: the rules that keep the text back, None where that is not the reason or was not kept.
    """

    seq: int
    customer_id: int
    name: str
    phone: str
    shop: str
    ref: str
    reason: str
    issuer_name: str = ""
    fact: ConsentFact | None = None
    stopped: Stopped | None = None


class Members:
    def __init__(
        self,
        campaigns: MemberStore,
        customers: CustomerStore,
        facts: FactReader,
        accounts: AccountStore,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._campaigns = campaigns
        self._customers = customers
        self._facts = facts
        self._accounts = accounts
        self._audit = audit
        self._clock = clock

    def pages(self, campaign_id: int, reason: str, rows: int) -> tuple[int, tuple[int, ...]]:
        """How many members have this reason, and the `after_seq` of every page of so many of them."""
        return self._campaigns.member_pages(campaign_id, reason, rows)

    def page(self, campaign_id: int, reason: str, after_seq: int, limit: int) -> tuple[Member, ...]:
        """The next `limit` members after `after_seq` (-1 starts) that have this reason."""
        rows = self._campaigns.members_by_reason(campaign_id, reason, after_seq, limit)
        customers = self._customers.by_ids([customer_id for _, customer_id, _ in rows])
        facts = self._facts.facts([fact_id for _, _, fact_id in rows if fact_id is not None])
        accounts = {account.id: account for account in self._accounts.accounts()}
        stopped = self._campaigns.stopped(campaign_id, [row[0] for row in rows]) if reason == Reason.CONTENT else {}

        def member(seq: int, customer_id: int, fact_id: int | None) -> Member:
            person = customers.get(customer_id)
            if person is None:  # erased since the screening
                return Member(seq, customer_id, "", "", "", "", reason, stopped=stopped.get(seq))
            account = accounts[person.account_id]
            phone = "" if person.phone is None else person.phone.masked
            return Member(
                seq=seq,
                customer_id=customer_id,
                name=person.name,
                phone=phone,
                shop=account.label,
                ref=person.ref,
                reason=reason,
                issuer_name=account.issuer_name,
                fact=None if fact_id is None else facts.get(fact_id),
                stopped=stopped.get(seq),
            )

        return tuple(member(*row) for row in rows)

    def export(
        self,
        campaign_id: int,
        reason: str,
        file: Path,
        *,
        head: Sequence[str],
        words: Callable[[Member], Sequence[str]],
        actor: str,
        tick: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Writes every member of one reason to a CSV file; returns how many. `words` are the cells after the person's.

        Names and numbers are masked. Raises AppError("file_unwritable"); a file of that name stays as it was until all
        is written.
        """
        part = file.with_name(f"{file.name}.part")
        try:
            done = self._write(part, head, self._all(campaign_id, reason), words, tick)
            part.replace(file)
        except OSError as error:
            raise AppError(
                "file_unwritable", f"The file cannot be written: {error.strerror}", file=file.name
            ) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self._audit.record(
            "members.exported", actor=actor, at=self._clock(), campaign=campaign_id, reason=reason, rows=done
        )
        return done

    def _write(
        self,
        file: Path,
        head: Sequence[str],
        members: Iterator[Member],
        words: Callable[[Member], Sequence[str]],
        tick: Callable[[int], None],
    ) -> int:
        done = 0
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(head)
            for member in members:
                cells = (member.shop, member.ref, masked_name(member.name), member.phone, *words(member))
                writer.writerow([safe(cell) for cell in cells])
                done += 1
                if done % PAGE == 0:
                    tick(done)
        return done

    def _all(self, campaign_id: int, reason: str) -> Iterator[Member]:
        after = -1
        while page := self.page(campaign_id, reason, after, PAGE):
            yield from page
            after = page[-1].seq


def masked_name(name: str) -> str:
    """The first character and nothing else of it."""
    return f"{name[0]}**" if name else ""
