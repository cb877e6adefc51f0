"""The self-check report as a file, for the window and the command line alike; every file is put down in the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Final

from campaign_app import words
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports_evidence import AuditLine, AuditQuery, AuditReader
from campaign_app.domain.self_check import Period, Stage
from campaign_app.services.self_check import EXPORTED, SelfChecks
from campaign_app.services.self_check_numbers import SelfCheck
from campaign_app.words import Language

Tick = Callable[[float], object]
KINDS: Final = ("pdf", "xlsx", "json")
_MEASURING: Final = 0.7  # of the work, as a guess


@dataclass(frozen=True, slots=True)
class Made:
    """`pages`: of a PDF, without cover and contents; else 0. `head`: of the audit, as it stands in the report."""

    file: Path
    size: int
    sha256: str
    head: str
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Reporting:
    """`tick` is told how far it is (0 to 1) and may raise to cancel: then there is no file and no entry."""

    checks: SelfChecks
    reader: AuditReader

    def measured(self, period: Period, stage: Stage, tick: Tick = lambda _: None) -> SelfCheck:
        """The numbers alone; their rows can be read no more."""
        with self.checks.measured(period, stage, tick) as report:
            return report

    def key_numbers(self, period: Period, stage: Stage, tick: Tick = lambda _: None) -> Mapping[str, str]:
        from campaign_app.reports.figures import name_of, written

        said = words.load("zh_CN")
        report = self.measured(period, stage, tick)
        return {name_of(said, each): written(said, each) for chapter in report.chapters for each in chapter.key}

    def as_json(self, period: Period, stage: Stage, tick: Tick = lambda _: None) -> Iterator[str]:
        """In pieces, every number with its query and the rows of each."""
        from campaign_app.reports.self_check_files import json_text

        with self.checks.measured(period, stage, tick) as report:
            yield from json_text(report, words.load("zh_CN"))

    def export(
        self,
        period: Period,
        stage: Stage,
        target: Path,
        *,
        actor: str,
        language: Language = "zh_CN",
        tick: Tick = lambda _: None,
    ) -> Made:
        """A new file; its ending says which kind.

        Raises SettingsError `report_format`, `no_chinese_font`; WorkspaceError `file_exists`, `disk_full`,
        `file_unwritable`. Without a whole file nothing is there under its name.
        """
        from campaign_app.reports.files import new_file

        kind = target.suffix.lower().removeprefix(".")
        if kind not in KINDS:
            raise SettingsError("report_format", "A report is a .pdf, .xlsx or .json file", file=target.name)
        with new_file(target) as out:
            with self._report(period, stage, tick) as report:
                pages = self._write(report, kind, out, language, lambda part: tick(_MEASURING + 0.3 * part))
            out.flush()
            with Path(out.name).open("rb") as written:
                digest = file_digest(written, "sha256").hexdigest()
            # before the file has its name: what was handed out is told even if this is where the program ends
            self.checks.exported(report, kind=kind, sha256=digest, actor=actor)
        return Made(target, target.stat().st_size, digest, f"{report.head[0]}:{report.head[1]}", pages)

    def earlier(self, limit: int = 50) -> tuple[AuditLine, ...]:
        """What was handed out before, the newest first."""
        query = AuditQuery(kind=EXPORTED)
        _, newest = self.reader.count(query)
        return self.reader.find(query, newest, 0, limit)

    @contextmanager
    def _report(self, period: Period, stage: Stage, tick: Tick) -> Iterator[SelfCheck]:
        with self.checks.measured(period, stage, lambda part: tick(_MEASURING * part)) as report:
            yield report

    def _write(self, report: SelfCheck, kind: str, out: BinaryIO, language: Language, tick: Tick) -> int:
        said = words.load(language)
        if kind == "pdf":
            from campaign_app.printing.pdf import render
            from campaign_app.reports.self_check_document import build

            printed = render(build(report, said), lambda page, pages: tick(page / pages))
            out.write(printed.data)
            return printed.pages
        if kind == "xlsx":
            from campaign_app.reports.self_check_files import write_xlsx

            write_xlsx(report, said, out, said.term("report", "title"), lambda _rows: tick(0.5))
            return 0
        from campaign_app.reports.self_check_files import json_text

        for place, piece in enumerate(json_text(report, said)):
            out.write(piece.encode())
            if place % 1_000 == 0:
                tick(0.5)
        return 0
