"""What an import did or would do, as one JSON object or for a person to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from campaign_app.cli.words import WORDS
from campaign_app.domain.customer import ImportReport
from campaign_app.services.import_columns import IGNORE, PHONE, REF, Column
from campaign_app.services.import_plan import DryRun

SHOWN: Final = 20
# what a column is for, with the name that --column has for it; else it is an attribute
_TARGETS: Final = {REF: f"客户标识（{REF}）", PHONE: f"手机号（{PHONE}）"}
_COUNTS: Final = ("changed", "unchanged", "waiting", "consecutive", "refused", "left")


def of_dry_run(found: DryRun) -> dict[str, Any]:
    counts = {name: getattr(found.counts, name) for name in ("changed", "unchanged", "waiting", "consecutive")}
    return {
        "dry_run": True,
        "sha256": found.sha256,
        "rows": found.rows,
        **counts,
        "refused": sum(found.refused.values()),
        "refused_by_reason": dict(found.refused),
        "repaired": found.repaired,
        "refusals": refusals_of(found.refusals),
        "repaired_rows": list(found.repaired_rows),
        "consecutive_rows": list(found.consecutive_rows),
        "encoding": found.info.encoding,
        "certainty": found.info.certainty.value,
        "sheet": found.info.sheet,
        "columns": {column.name: column.target for column in found.columns if column.target != IGNORE},
        "ignored": _ignored(found.columns),
    }


def of_report(report: ImportReport, columns: Sequence[Column]) -> dict[str, Any]:
    counts = dict(report.counts)
    reasons = {name.removeprefix("refused_"): counts.pop(name) for name in list(counts) if name.startswith("refused_")}
    return {
        "import_id": report.id,
        "file": report.file_name,
        "state": report.state,
        **counts,
        "refused_by_reason": reasons,
        "refusals": refusals_of(report.refusals),
        "consecutive_rows": list(report.consecutive_rows),
        "columns": {column.name: column.target for column in columns if column.target != IGNORE},
        "ignored": _ignored(columns),
    }


def refusals_of(refusals: Sequence[tuple[int, str, str]]) -> list[dict[str, Any]]:
    return [{"row": row, "code": code, "field": where, "message": words(code, where)} for row, code, where in refusals]


def _ignored(columns: Sequence[Column]) -> list[dict[str, str]]:
    return [
        {"column": column.name, "reason": column.reason, "message": WORDS.term("refusal", column.reason)}
        for column in columns
        if column.target == IGNORE
    ]


def words(code: str, where: str) -> str:
    """Why a row was refused; `where` is the column, or the first row of a duplicate."""
    said = WORDS.term("refusal", code)
    if not where:
        return said
    return f"{said}（第 {where} 行）" if code == "duplicate_in_file" else f"{where}：{said}"


def print_report(console: Console, data: Mapping[str, Any]) -> None:
    if "encoding" in data:
        source = (
            f"编码 {data['encoding']}（{WORDS.term('certainty', data['certainty'])}）"
            if data["encoding"]
            else f"工作表 {data['sheet']}"
        )
        console.print(source, markup=False)
    columns = (f"{name} → {_TARGETS.get(target, target)}" for name, target in data["columns"].items())
    console.print(f"列：{'，'.join(columns)}", markup=False)
    for each in data["ignored"]:
        console.print(f"忽略的列：{each['column'] or '（无名）'}：{each['message']}", markup=False)
    console.print(_table(data))
    for name, label in (("repaired_rows", "号码写法已修正的行"), ("consecutive_rows", "连号的行")):
        if data.get(name):
            console.print(f"{label}：{_some(data[name])}", markup=False)
    for refusal in data["refusals"][:SHOWN]:
        console.print(f"第 {refusal['row']} 行：{refusal['message']}", markup=False)
    if data["refused"] > SHOWN:
        console.print(f"……共 {data['refused']:,} 行被拒绝，--json 列出更多。")
    if "import_id" in data:
        console.print(f"导入编号 {data['import_id']}，可用 campaign-app import --undo {data['import_id']} 撤销。")
    else:
        console.print("这是试运行，没有改动任何内容。")


def _table(data: Mapping[str, Any]) -> Table:
    """The lines add up to the sum, so that everybody can see that no row is missing."""
    table = Table(title="导入结果", title_justify="left")
    table.add_column("结果")
    table.add_column("行数", justify="right")
    for name in _COUNTS:
        if data.get(name):
            table.add_row(WORDS.term("import_count", name), f"{data[name]:,}")
    for code, count in sorted(data["refused_by_reason"].items(), key=lambda item: -item[1]):
        table.add_row(f"  其中：{WORDS.term('refusal', code)}", f"{count:,}", style="dim")
    table.add_section()
    table.add_row("合计", f"{data['rows']:,}")
    return table


def _some(rows: Sequence[int]) -> str:
    return "、".join(map(str, rows[:SHOWN])) + (f"……共 {len(rows):,} 行" if len(rows) > SHOWN else "")
