"""What an import did or would do, in words and in numbers that add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.domain.customer import ChunkCounts, ImportReport
from campaign_app.services.import_columns import IGNORE, PHONE, REF, Column
from campaign_app.services.import_plan import DryRun
from campaign_app.ui import show
from campaign_app.ui.cells import Cell
from campaign_app.ui.cells import Column as TableColumn
from campaign_app.ui.messages import translate
from campaign_app.words import Words

_COUNTS: Final = ("to_change", "changed", "unchanged", "waiting", "consecutive", "refused", "left")
_INDENT: Final = "    "
_SOME: Final = 20


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of a summary; those that are `part` of the one above are not added again."""

    label: str
    rows: int
    part: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    number: int
    where: str
    reason: str


class ImportWords(QObject):
    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def reason(self, code: str, where: str) -> str:
        """Why a row is refused; `where` is a column, or the first row of a duplicate."""
        said = self._words().term("refusal", code)
        if code == "duplicate_in_file" and where:
            return self.tr("{said}（第 {row} 行）").format(said=said, row=where)
        return said

    def refused(self, row: tuple[int, str, str]) -> Refused:
        number, code, where = row
        return Refused(number, "" if code == "duplicate_in_file" else where, self.reason(code, where))

    def of_trial(self, trial: DryRun) -> list[Sum]:
        counts = {name: getattr(trial.counts, name) for name in ("changed", "unchanged", "waiting", "consecutive")}
        found = {"to_change": counts.pop("changed"), **counts, "refused": sum(trial.refused.values())}
        return self._sums(found, trial.refused, trial.rows)

    def of_report(self, report: ImportReport) -> list[Sum]:
        known = dict(report.counts)
        reasons = {n.removeprefix("refused_"): known[n] for n in known if n.startswith("refused_")}
        return self._sums(known, reasons, known.get("rows", report.rows_total))

    def _sums(self, counts: Mapping[str, int], reasons: Mapping[str, int], rows: int) -> list[Sum]:
        words, told = self._words(), []
        for name in _COUNTS:
            if counts.get(name):
                told.append(Sum(words.term("import_count", name), counts[name]))
            if name == "refused":
                told += [
                    Sum(words.term("refusal", code), count, part=True)
                    for code, count in sorted(reasons.items(), key=lambda item: -item[1])
                ]
        return [*told, Sum(self.tr("合计"), rows)]

    def sum_columns(self) -> tuple[TableColumn[Sum], ...]:
        return (
            TableColumn(
                self.tr("结果"),
                220,
                lambda line: Cell(f"{_INDENT}{line.label}" if line.part else line.label, faint=line.part),
                grows=1,
            ),
            TableColumn(self.tr("行数"), 96, lambda line: Cell(show.count(line.rows), faint=line.part), right=True),
        )

    def refused_columns(self) -> tuple[TableColumn[Refused], ...]:
        return (
            TableColumn(self.tr("行"), 72, lambda row: Cell(show.count(row.number)), right=True),
            TableColumn(self.tr("列"), 104, lambda row: Cell(row.where or "–", faint=not row.where)),
            TableColumn(self.tr("原因"), 200, lambda row: Cell(row.reason), grows=1),
        )

    def target(self, column: Column) -> str:
        """What a column becomes."""
        if column.target == IGNORE:
            return self.tr("不导入")
        fixed = {
            REF: self.tr("客户标识"),
            PHONE: self.tr("手机号"),
            "name": self.tr("姓名"),
            "province": self.tr("省份"),
            "city": self.tr("城市"),
        }
        return fixed.get(column.target, "") or self.tr("属性：{name}").format(name=column.target)

    def targets(self, column: Column) -> list[tuple[str, str]]:
        """(words, target) of everything that a column may become."""
        own = column.name.strip()
        known = [REF, PHONE, *([own] if own not in {REF, PHONE, IGNORE, "name", "province", "city"} else [])]
        known += ["name", "province", "city", IGNORE]
        if column.target not in known:
            known.insert(2, column.target)
        return [(self.target(Column(column.index, column.name, each, "")), each) for each in known]

    def why(self, column: Column) -> str:
        return self._words().term("refusal", column.reason)

    @staticmethod
    def undone(undone: ChunkCounts) -> str:
        """A notice says it, too, which outlives its page."""
        return translate(
            "ImportWords", "已撤销：{changed} 位客户的资料恢复原值，{waiting} 行等待匹配的记录已删除。"
        ).format(changed=show.count(undone.changed), waiting=show.count(undone.waiting + undone.consecutive))

    def some(self, rows: Sequence[int], total: int) -> str:
        """The first numbers of many rows."""
        said = self.tr("、").join(map(str, rows[:_SOME]))
        return said + (self.tr("……共 {total} 行").format(total=show.count(total)) if total > _SOME else "")
