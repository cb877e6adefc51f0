"""What the simulated Aliyun took, and what it tells of it by number and day (`QuerySendDetails`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.aliyun_wire import AliyunError, Asked
from campaign_app.sandbox.vendors.numbers import Handed, Numbers

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


class Details:
    """`lag`: seconds until a message that was taken can be found."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._numbers = platform, Numbers(platform)
        self._sent: defaultdict[str, list[Sent]] = defaultdict(list)
        self.texts: list[Mapping[str, str]] = []
        self.lag = 0.0

    def hand_over(self, going: Sequence[tuple[str, str]], template: str, out_id: str, biz_id: str) -> None:
        """Number (E.164) and text of each."""
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for phone, text in going:
            alike[text].append(phone)
        now = self._platform.now()
        for text, phones in alike.items():
            for phone, handed in zip(phones, self._numbers.hand_over(phones, out_id or biz_id, text), strict=True):
                self._sent[phone].append(Sent(now, text, template, out_id, handed))
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
