"""What the simulated Aliyun took, and what it tells of it by number and day (`QuerySendDetails`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.aliyun_queues import MessageQueues
from campaign_app.sandbox.vendors.aliyun_wire import AliyunError, Asked
from campaign_app.sandbox.vendors.numbers import PURPOSE, Handed, Numbers, Owner
from campaign_app.transport.wire import MESSAGES_MAX, MessagesRequest, WireMessage

KEPT: Final = timedelta(days=30)
_BEIJING: Final = timezone(timedelta(hours=8))
_WAITING, _FAILED, _DELIVERED = 1, 2, 3


class Sent(NamedTuple):
    """One message that was taken; `handed` says what the platform made of it."""

    at: datetime
    text: str
    template: str
    out_id: str
    handed: Handed


class OwnWords(Numbers):
    """Everybody has a text of their own."""

    def hand_over_each(self, messages: Sequence[tuple[str, str]], key: str) -> list[Handed]:
        """Number (E.164) and text of each, as `hand_over` does it for one text."""
        chosen = self._chosen(self.owners([phone for phone, _ in messages]))
        found: dict[int, Handed] = {}
        by_shop: defaultdict[int, list[int]] = defaultdict(list)
        for at, owner in enumerate(chosen):
            if owner is None:
                found[at] = self._reach_stranger(messages[at][0], key, messages[at][1])
            else:
                by_shop[owner.shop.number].append(at)
        for places in by_shop.values():
            mine = [(owner, messages[at][1]) for at in places if (owner := chosen[at]) is not None]
            found.update(zip(places, self._accepted_each(mine, key), strict=True))
        return [found[at] for at in range(len(messages))]

    def _accepted_each(self, mine: Sequence[tuple[Owner, str]], key: str) -> list[Handed]:
        wired = [WireMessage(message_id=f"{key[:80]}:{one.ref}", ref=one.ref, text=text) for one, text in mine]
        handed: list[Handed] = []
        for at in range(0, len(wired), MESSAGES_MAX):
            request = MessagesRequest(purpose=PURPOSE, messages=wired[at : at + MESSAGES_MAX])
            for outcome in self._platform.accept(mine[0][0].shop, key, request):
                seq = int(outcome.provider_id.removeprefix("p")) if outcome.provider_id else 0
                handed.append(Handed(outcome.status, outcome.code, seq))
        return handed


class Details:
    """`lag`: seconds until a message that was taken can be found."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._numbers = platform, OwnWords(platform)
        self.queues = MessageQueues(platform, self._numbers)
        self._sent: defaultdict[str, list[Sent]] = defaultdict(list)
        self.texts: list[Mapping[str, str]] = []
        self.lag = 0.0

    def hand_over(self, going: Sequence[tuple[str, str]], template: str, out_id: str, biz_id: str) -> None:
        """Number (E.164) and text of each."""
        now = self._platform.now()
        taken = self._numbers.hand_over_each(going, out_id or biz_id)
        for (phone, text), handed in zip(going, taken, strict=True):
            self._sent[phone].append(Sent(now, text, template, out_id, handed))
            self.queues.note(handed, phone, out_id, biz_id)
            self.texts.append({"phone": phone, "text": text, "out_id": out_id, "biz_id": biz_id})

    def find(self, asked: Asked) -> Mapping[str, Any]:
        size, number = asked.number("PageSize", None, 1, 50), asked.number("CurrentPage", None, 1, 10**6)
        phone, day, now = asked.text("PhoneNumber"), asked.text("SendDate"), self._platform.now()
        if not (day.isascii() and day.isdigit() and len(day) == 8):
            raise AliyunError("isv.INVALID_PARAMETERS")
        rows = [
            self._row(phone, sent, now)
            for sent in self._sent.get(f"+86{phone}", ())
            if _day(sent.at) == day and timedelta(seconds=self.lag) <= now - sent.at <= KEPT
        ]
        page = rows[(number - 1) * size : number * size]
        return {"SmsSendDetailDTOs": {"SmsSendDetailDTO": page}, "TotalCount": str(len(rows))}

    def _row(self, phone: str, sent: Sent, now: datetime) -> Mapping[str, Any]:
        due = now - sent.at >= timedelta(seconds=self._platform.delay)
        failure = sent.handed.code
        if sent.handed.seq:
            failure = self._platform.failure(self._platform.ledger.rows[sent.handed.seq - 1])
        state = (_FAILED if failure else _DELIVERED) if due else _WAITING
        received = _written(sent.at + timedelta(seconds=self._platform.delay)) if state == _DELIVERED else ""
        return {
            "PhoneNum": phone, "SendStatus": state, "SendDate": _written(sent.at), "ReceiveDate": received,
            "ErrCode": "" if state == _WAITING else failure.upper() or "DELIVERED", "Content": sent.text,
            "TemplateCode": sent.template, "OutId": sent.out_id,
        }  # fmt: skip


def _day(at: datetime) -> str:
    return at.astimezone(_BEIJING).strftime("%Y%m%d")


def _written(at: datetime) -> str:
    return at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
