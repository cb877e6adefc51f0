"""What the simulated Tencent hands out: statuses and replies, once each by a queue, and by number for a week."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from campaign_app.sandbox.ledger import Row
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.numbers import Numbers

KEPT: Final = timedelta(days=7)


class Sent(NamedTuple):
    """One message that this sender took: what a status says of it besides its outcome."""

    serial: str
    phone: str
    session: str
    signature: str


@dataclass(slots=True)
class Queue:
    """Rows wait until somebody pulls them; who loses them finds them by number only."""

    waiting: deque[Mapping[str, Any]] = field(default_factory=deque)
    kept: defaultdict[str, list[tuple[datetime, Mapping[str, Any]]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, at: datetime, row: Mapping[str, Any]) -> None:
        self.waiting.append(row)
        self.kept[row["PhoneNumber"]].append((at, row))

    def pull(self, limit: int) -> list[Mapping[str, Any]]:
        return [self.waiting.popleft() for _ in range(min(limit, len(self.waiting)))]

    def of_number(self, phone: str, begin: int, end: int, now: datetime) -> Iterator[Mapping[str, Any]]:
        for at, row in self.kept.get(phone, ()):
            if begin <= at.timestamp() <= end and now - at <= KEPT:
                yield row


class Queues:
    """Filled from what has come in at the platform, whenever somebody asks."""

    def __init__(self, platform: Platform, numbers: Numbers) -> None:
        self._platform, self._numbers = platform, numbers
        self.statuses, self.replies = Queue(), Queue()
        self._sent: dict[int, Sent] = {}
        self._signatures: dict[str, str] = {}
        self.sessions = True  # whether statuses carry the SessionContext, which Tencent turns on by request only
        self.disorder = False  # statuses come late, twice and in any order
        self._random = Random(f"tencent {platform.config.seed}")  # noqa: S311 - repeatable on purpose
        self._strangers: list[tuple[Row, datetime]] = []
        self._read: dict[tuple[int, str], int] = {}

    def note(self, row: Row, sent: Sent) -> None:
        """What was just taken; nobody else at the platform tells of somebody who is no customer."""
        self._sent[row.seq] = sent
        self._signatures[sent.phone] = sent.signature
        if not row.shop:
            self._strangers.append((row, self._platform.now() + timedelta(seconds=self._platform.delay)))

    def settle(self) -> None:
        """Lets everything come in that is due by now."""
        rows = []
        for shop in self._platform.config.shops:
            streams = self._platform.streams(shop)
            rows += [
                self._status(*each) for each in self._new(shop.number, "accepted", streams.accepted[: streams.reported])
            ]
            for reply in self._new(shop.number, "inbound", streams.inbound):
                self._reply(self._numbers.phone_of(shop, reply.who), reply.text, datetime.fromisoformat(reply.at))
        due = [each for each in self._strangers if each[1] <= self._platform.now()]
        self._strangers = [each for each in self._strangers if each not in due]
        rows += [self._status(*each) for each in due]
        for at, row in self._disordered([row for row in rows if row is not None]):
            self.statuses.add(at, row)

    def _new(self, shop: int, name: str, items: list[Any]) -> list[Any]:
        start = self._read.get((shop, name), 0)
        self._read[shop, name] = len(items)
        return items[start:]

    def _disordered(self, rows: list[tuple[datetime, Mapping[str, Any]]]) -> list[tuple[datetime, Mapping[str, Any]]]:
        if not self.disorder:
            return rows
        twice = [row for row in rows if self._random.random() < 0.3]
        return self._random.sample([*rows, *twice], len(rows) + len(twice))

    def _status(self, row: Row, due: datetime) -> tuple[datetime, Mapping[str, Any]] | None:
        sent = self._sent.get(row.seq)
        if sent is None:  # it went out by another interface of the sandbox
            return None
        failure = self._platform.failure(row)
        return due, {
            "UserReceiveTime": int(due.timestamp()),
            **_number(sent.phone),
            "SerialNo": sent.serial,
            "ReportStatus": "FAIL" if failure else "SUCCESS",
            "Description": failure or "DELIVRD",
            "SessionContext": sent.session if self.sessions else "",
        }

    def _reply(self, phone: str | None, text: str, at: datetime) -> None:
        if phone is None or phone not in self._signatures:
            return
        row = {"ExtendCode": "", **_number(phone), "SignName": self._signatures[phone], "ReplyContent": text}
        self.replies.add(at, {**row, "ReplyTime": int(at.timestamp())})


def _number(phone: str) -> Mapping[str, str]:
    return {"CountryCode": "86", "PhoneNumber": phone, "SubscriberNumber": phone.removeprefix("+86")}
