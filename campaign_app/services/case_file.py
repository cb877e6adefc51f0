"""Complaints from a file, such as 12321 or a carrier hands over: looked at, tried, put down one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final

from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.domain.team import Permission
from campaign_app.services.complaints import Complaints, checked
from campaign_app.services.import_columns import PHONE, PHONE_NAMES, REF, REF_NAMES, Column
from campaign_app.services.import_phones import read_phone
from campaign_app.services.import_plan import PreviewRow
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.sheets import Line, Sheet, SheetSource, read_sheet
from campaign_app.services.tables import OpenTable, TableInfo
from campaign_app.services.window import BEIJING

PREVIEW_ROWS: Final = 20
EXAMPLES: Final = 1_000
# what a column may be, and how such columns are called; whoever complains, not the port that they complain of
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        *("投诉编号", "工单编号", "工单号", "投诉单号", "举报编号", "受理编号", "流水号", "单号", "编号"),
        *("complaintid", "complaintno", "caseno", "ticket", "number", "id"),
    ),
    PHONE: (
        *(
            "投诉人号码",
            "投诉号码",
            "投诉人手机号",
            "投诉人手机",
            "投诉人电话",
            "举报人号码",
            "举报人手机号",
            "用户号码",
        ),
        *("接收号码", "受害号码", "complainant", *PHONE_NAMES),
    ),
    REF: tuple(name for name in REF_NAMES if name not in {"id", "编号"}),
    "made_at": (
        *("投诉时间", "投诉日期", "举报时间", "举报日期", "申诉时间", "发生时间", "收到短信时间", "时间", "日期"),
        *("complainedat", "complainttime", "madeat", "time", "date"),
    ),
    "received_at": ("收到时间", "转办时间", "派单时间", "下发时间", "转送时间", "receivedat"),
    "text": ("投诉内容", "举报内容", "内容", "诉求", "描述", "投诉描述", "content", "text", "description"),
    "port": ("被举报号码", "被投诉号码", "主叫号码", "端口号", "端口", "接入号", "发送号码", "port", "sender"),
    "signature": ("签名", "短信签名", "signature"),
    "source": ("来源", "投诉来源", "渠道", "投诉渠道", "source", "channel"),
}
_SOURCES: Final[Mapping[str, Source]] = {
    **dict.fromkeys(("12321", "r12321", "举报中心", "12321举报中心"), Source.R12321),
    **dict.fromkeys(("平台", "电商平台", "platform"), Source.PLATFORM),
    **dict.fromkeys(("运营商", "移动", "联通", "电信", "10086", "10010", "10000", "carrier"), Source.CARRIER),
    **dict.fromkeys(("本人", "用户", "客户", "电话", "客服", "direct"), Source.DIRECT),
    **dict.fromkeys(("其他", "其它", "other"), Source.OTHER),
}
_TIME: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})\s*[:：时]\s*(\d{1,2})"
    r"(?:\s*[:：分]\s*(\d{1,2}))?(?:\.\d+)?\s*[分秒]?)?",
    re.ASCII,
)
_DAY_ENDS: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """`entity_uscc` whom they are about, `source` who handed the file over, where no column says."""

    sheet: SheetSource
    entity_uscc: str
    source: Source = Source.R12321


@dataclass(frozen=True, slots=True)
class CasePreview:
    info: TableInfo
    columns: tuple[Column, ...]
    rows: tuple[PreviewRow, ...]


@dataclass(frozen=True, slots=True)
class CaseTrial:
    """What putting them down would do, or did: `rows` = `added` + known + refused. `refusals`: row, code, column."""

    rows: int
    added: int
    refused: Mapping[str, int] = field(default_factory=dict)
    refusals: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    number: int
    new: NewCase | None
    code: str = ""
    where: str = ""


class CaseFiles(Permitted):
    def __init__(self, complaints: Complaints, open_table: OpenTable, clock: Clock) -> None:
        self._complaints, self._open_table, self._clock = complaints, open_table, clock

    def preview(self, file: CaseFile) -> CasePreview:
        """The first rows with their errors in place. Raises SettingsError."""
        sheet = read_sheet(self._open_table, file.sheet, NAMES)
        refused = {each.number: each for each in self._checked(file, sheet) if each.code}
        rows = [
            PreviewRow(line.number, sheet.shown(line), said.code, said.where)
            if (said := refused.get(line.number)) is not None
            else PreviewRow(line.number, sheet.shown(line))
            for line in sheet.lines[:PREVIEW_ROWS]
        ]
        rows += [PreviewRow(bad.number, (), bad.code) for bad in sheet.bad[:PREVIEW_ROWS]]
        return CasePreview(sheet.info, sheet.columns, tuple(sorted(rows, key=lambda row: row.number)[:PREVIEW_ROWS]))

    def trial(self, file: CaseFile, tick: Callable[[float], object] = lambda _: None) -> CaseTrial:
        """Nothing is changed; `tick` is told the part done and may raise to stop."""
        sheet = read_sheet(self._open_table, file.sheet, NAMES, tick)
        found = self._checked(file, sheet)
        return _told(found, sum(not each.code for each in found), sheet)

    @needs(Permission.SUPPRESS)
    def apply(self, file: CaseFile, *, actor: str, tick: Callable[[float], object] = lambda _: None) -> CaseTrial:
        """Each row by itself: whoever stops, or is stopped, reads the file again, and nothing is there twice.

        Whom a row names is suppressed, also where it has the number of another complaint.
        """
        sheet = read_sheet(self._open_table, file.sheet, NAMES)
        found, added = self._checked(file, sheet), 0
        for n, each in enumerate(found):
            if each.new is not None:
                try:
                    self._complaints.add(each.new, actor=actor)
                    added += 1
                    found[n] = replace(each, code="", where="")
                except NotAllowed as refused:
                    found[n] = replace(each, code=each.code or refused.code)
            tick((n + 1) / len(found))
        return _told(found, added, sheet)

    def _checked(self, file: CaseFile, sheet: Sheet) -> list[_Read]:
        now = self._clock()
        found = [_read(file, sheet, line, now) for line in sheet.lines]
        good = [n for n, each in enumerate(found) if not each.code]
        known = self._complaints.duplicates(tuple(new for n in good if (new := found[n].new) is not None))
        for place, n in enumerate(good):
            if place in known:
                found[n] = replace(found[n], code="complaint_known", where=_column(sheet, "number"))
        first: dict[object, int] = {}
        for n in good:
            each = found[n]
            if each.code or each.new is None:
                continue
            same = (
                (each.new.source, each.new.number)
                if each.new.number
                else (each.new.phone, each.new.ref, each.new.made_at.astimezone(BEIJING).date())
            )
            if (earlier := first.setdefault(same, each.number)) != each.number:
                found[n] = replace(each, code="duplicate_in_file", where=str(earlier))
        return found


def _read(file: CaseFile, sheet: Sheet, line: Line, now: datetime) -> _Read:
    cells = line.cells
    phone, code = read_phone(cells.get(PHONE, ""))
    if code and code != "repaired":
        return _Read(line.number, None, code, _column(sheet, PHONE))
    source = _source(cells.get("source", ""), file.source)
    if source is None:
        return _Read(line.number, None, "source_unknown", _column(sheet, "source"))
    made_at = read_moment(cells.get("made_at", ""), now)
    if made_at is None:
        return _Read(line.number, None, "time_unreadable", _column(sheet, "made_at"))
    received = cells.get("received_at", "")
    received_at = read_moment(received, now) if received else made_at
    if received_at is None:
        return _Read(line.number, None, "time_unreadable", _column(sheet, "received_at"))
    new = NewCase(
        entity_uscc=file.entity_uscc,
        source=source,
        way=Way.FILE,
        made_at=made_at,
        received_at=received_at,
        number=cells.get("number", ""),
        phone=phone,
        ref=cells.get(REF, ""),
        text=cells.get("text", ""),
        port=cells.get("port", ""),
        signature=cells.get("signature", ""),
    )
    try:
        return _Read(line.number, checked(new, now))
    except SettingsError as error:
        return _Read(line.number, None, error.code, _column(sheet, str(error.facts.get("field", ""))))


def read_moment(written: str, now: datetime) -> datetime | None:
    """A time in Beijing; a day without a time is the end of that day, or now. None for what is no time."""
    found = _TIME.fullmatch(written.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in found.groups())
    try:
        begins = datetime(year or 0, month or 0, day or 0, hour or 0, minute or 0, second or 0, tzinfo=BEIJING)
    except ValueError:
        return None
    if hour is not None:
        return begins.astimezone(now.tzinfo)
    ends = datetime.combine(begins.date(), _DAY_ENDS, BEIJING).astimezone(now.tzinfo)
    return min(ends, now) if begins <= now else ends


def _source(written: str, default: Source) -> Source | None:
    return _SOURCES.get(written.strip().casefold()) if written.strip() else default


def _column(sheet: Sheet, target: str) -> str:
    return next((column.name for column in sheet.columns if column.target == target), "")


def _told(found: list[_Read], added: int, sheet: Sheet) -> CaseTrial:
    refusals = [(each.number, each.code, each.where) for each in found if each.code]
    refusals += [(bad.number, bad.code, "") for bad in sheet.bad]
    counts = Counter(code for _, code, _ in refusals)
    return CaseTrial(len(found) + len(sheet.bad), added, dict(counts), tuple(sorted(refusals)[:EXAMPLES]))
