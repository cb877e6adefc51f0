"""Customers from files: look, try, apply in chunks, report, take back. Adds attributes, never a consent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import ChunkCounts, ImportGlance, ImportReport
from campaign_app.domain.errors import NotAllowed, NotFound, SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.domain.ports_people import ImportStore
from campaign_app.domain.team import Permission
from campaign_app.services.import_columns import Column, guess_columns, map_columns, problem_of
from campaign_app.services.import_open import OpenSessions
from campaign_app.services.import_parts import Beside, Parts, ReaderEnded, ReadyPart, nobody
from campaign_app.services.import_plan import Begun, DryRun, ImportPlan, Preview, Source
from campaign_app.services.import_preview import PREVIEW_ROWS, preview_rows
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.tables import Block, OpenTable, ReadOptions, Table, TableInfo

if TYPE_CHECKING:
    from campaign_app.services.import_scan import Scan
    from campaign_app.services.import_session import Session

EXAMPLES: Final = 1_000
LISTED: Final = 100
_SAMPLE_ROWS: Final = 200


class ImportSettings(Protocol):
    """Where plans are kept: the workspace's settings."""

    def set_setting(self, name: str, value: Any) -> None: ...
    def setting(self, name: str, default: Any) -> Any: ...
    def change_settings(
        self,
        names: Sequence[str],
        change: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Sequence[Noted]]],
    ) -> None: ...
    def change_setting(self, name: str, change: Callable[[Any], Any]) -> None:
        """To what `change` makes of what is stored (None of nothing), while nobody else changes it; may raise."""
        ...


def _no_tick(_: float) -> None: ...


def _always() -> bool:
    return True


class _Tried(NamedTuple):
    """What the last dry run found, of which file, and read in which way."""

    sha256: str
    info: TableInfo
    columns: tuple[Column, ...]
    scan: Scan


class Imports(Permitted):
    """One instance per process; it keeps the place in the files that are being imported between their chunks.

    `place`: of this machine, where others share the workspace and do not see its files. `seen`: whether a worker is at
    work that does. `beside`: who else reads the file of a plan while this process stores its rows, if anybody.
    """

    def __init__(
        self,
        *,
        store: ImportStore,
        settings: ImportSettings,
        open_table: OpenTable,
        clock: Clock,
        place: str = "",
        seen: Callable[[], bool] = _always,
        beside: Beside = nobody,
    ) -> None:
        self._store = store
        self._settings = settings
        self._open_table = open_table
        self._clock = clock
        self._place, self._seen, self._beside = place, seen, beside
        self._sessions = OpenSessions()
        self._tried: _Tried | None = None

    def preview(self, *, source: Source) -> Preview:
        """The first rows with their errors, what was guessed, what is ignored, and what a person has to settle.

        Raises SettingsError if the file cannot be read, or a choice is none.
        """
        table = self._open_table(Path(source.path), source.options)
        sample = _rows(_first(table, _SAMPLE_ROWS))
        columns = guess_columns(table.info.header, sample, source.columns or {})
        rows = preview_rows(_first(table, PREVIEW_ROWS), columns)
        return Preview(table.info, columns, rows, problem_of(columns))

    def dry_run(self, *, source: Source, tick: Callable[[float], None] = _no_tick) -> DryRun:
        """What the import would do, with nothing changed; `tick` is told the part done."""
        table = self._open_table(Path(source.path), source.options)
        columns = _columns(table, _first(table, _SAMPLE_ROWS), source)
        session = self._read(source, table, columns, _half(tick, 0.0))
        told = _half(tick, 0.5)
        counts: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        refusals: list[tuple[int, str, str]] = []
        repaired: list[int] = []
        for part in range(session.parts):
            checked = session.check(part)
            counts.update(_as_dict(self._store.classify(checked.rows)))
            refused.update(code for _, code, _ in checked.refusals)
            refusals += sorted(checked.refusals)[: EXAMPLES - len(refusals)]
            repaired += checked.repaired[: EXAMPLES - len(repaired)]
            told((part + 1) / session.parts)
        self._tried = _Tried(session.sha256, table.info, columns, session.scan)
        return DryRun(
            sha256=session.sha256,
            info=table.info,
            columns=columns,
            rows=session.scan.rows,
            counts=ChunkCounts(**counts),
            refused=dict(refused),
            repaired=session.scan.repaired,
            refusals=tuple(refusals),
            repaired_rows=tuple(repaired),
            consecutive_rows=tuple(session.marks.consecutive[:EXAMPLES].tolist()),
        )

    def require_seen(self) -> None:
        """Raises NotAllowed `import_elsewhere` where no worker sees the files here and this person starts none."""
        if not (self._seen() or self.person.may(Permission.WORK)):
            raise NotAllowed("import_elsewhere", "No worker sees the files of this computer")

    @needs(Permission.IMPORT)
    def begin(self, *, source: Source, actor: str, sha256: str = "", tick: Callable[[float], None] = _no_tick) -> Begun:
        """Reads the whole file and writes the import down; `sha256` is that of the dry run the person has seen.

        What this process has found in a dry run of the same file, read in the same way, it does not look for again.

        Raises SettingsError, NotAllowed `import_elsewhere` where no worker sees the file and this person starts none.
        """
        self.require_seen()
        table = self._open_table(Path(source.path), source.options)
        columns = _columns(table, _first(table, _SAMPLE_ROWS), source)
        session = self._read(source, table, columns, tick, self._known(sha256, table, columns))
        if sha256 and session.sha256 != sha256:
            raise SettingsError("file_changed", "The file is another one than was tried", file=Path(source.path).name)
        info, scan, now = table.info, session.scan, self._clock()
        import_id = self._store.begin(Path(source.path).name, session.sha256, scan.rows, now)
        plan = ImportPlan(
            path=str(Path(source.path).absolute()),
            account_id=source.account_id,
            sha256=session.sha256,
            options=ReadOptions(info.encoding, info.delimiter, info.sheet),
            columns=columns,
            rows=scan.rows,
            repaired=scan.repaired,
            chunks=session.chunks,
            actor=self.person.signs(actor),
            scan=scan.to_json(),
        )
        facts: dict[str, Any] = {"import_id": import_id, "rows": scan.rows, "sha256": plan.sha256}
        self._write_down(import_id, plan, Noted("import.begun", actor, now, facts))
        self._sessions.begin(import_id, session)
        return Begun(import_id, session.chunks, scan.rows, self._place)

    def _write_down(self, import_id: int, plan: ImportPlan, noted: Noted) -> None:
        """The plan, beside those of other places where the same file is being imported. Raises NotAllowed

        `import_unfinished` where it is being read in another way.
        """
        name = _setting(import_id)

        def put(stored: Mapping[str, Any]) -> tuple[dict[str, Any], list[Noted]]:
            before = stored.get(name)
            known = plan if before is None else ImportPlan.from_json(before)
            others = self.person.signs(known.actor) != known.actor and not self.person.may(Permission.WORK)
            if others or not plan.reads_like(known):
                # its first rows may be in already, read in the other way; and the server keeps a plan for its login
                raise NotAllowed("import_unfinished", "The file is being imported in another way", import_id=import_id)
            kept = replace(plan, paths={**known.paths, self._place: plan.path})
            return {name: kept.to_json()}, [noted]

        self._settings.change_settings([name], put)

    def apply_chunk(self, import_id: int, chunk: int) -> ChunkCounts:
        """Applies one chunk; doing it again changes nothing. Raises SettingsError `file_changed`, `file_missing`."""
        try:
            try:
                return self._apply(import_id, chunk, self._resumed(import_id))
            except ReaderEnded:
                return self._apply(import_id, chunk, self._keep(import_id, self._read_here(self._plan(import_id))))
        except Exception:
            # nobody may take it up again: a process that reads for it would wait for ever
            self.leave(import_id)
            raise

    def leave(self, import_id: int) -> None:
        """Lets the file go; whoever applies another chunk has it opened again."""
        self._sessions.drop(import_id)

    def _apply(self, import_id: int, chunk: int, parts: Parts) -> ChunkCounts:
        counts, codes = Counter(_as_dict(ChunkCounts())), Counter[str]()
        for part in parts.chunk(chunk):
            if part.refusals:
                self._store.refuse(import_id, part.refusals)
            if isinstance(part, ReadyPart):
                done_now = self._store.apply_ready(import_id, part.rows)
            else:
                done_now = self._store.apply_chunk(import_id, part.rows)
            counts.update(_as_dict(done_now))
            codes.update(f"refused_{code}" for _, code, _ in part.refusals)
            self._note(import_id, chunk, counts + codes)
        return ChunkCounts(**counts)

    def _note(self, import_id: int, chunk: int, counts: Counter[str]) -> None:
        """What became of the rows of a chunk so far, unless it is further already: done again, or by another job."""

        def put(known: Any) -> Any:
            done = known or {}
            further = sum(done.get(str(chunk), {}).values()) > counts.total()
            return done if further else {**done, str(chunk): dict(counts)}

        self._settings.change_setting(_done(import_id), put)

    def finish(self, import_id: int) -> Mapping[str, int]:
        """Ends the import, whole or cut short, and returns its counts; `left` rows were not reached."""
        plan = self._plan(import_id)
        self._sessions.drop(import_id)
        counts = Counter(_as_dict(ChunkCounts()))
        for chunk in self._settings.setting(_done(import_id), {}).values():
            counts.update(chunk)
        refused = sum(count for name, count in counts.items() if name.startswith("refused_"))
        left = plan.rows - counts.total()
        known = {**counts, "refused": refused, "rows": plan.rows, "left": left, "repaired": plan.repaired}
        told = {"import_id": import_id, **known}
        self._store.finish(import_id, known, Noted("import.finished", plan.actor, self._clock(), told))
        if plan.scan is not None:
            self._settings.set_setting(_setting(import_id), replace(plan, scan=None).to_json())
        return known

    @needs(Permission.IMPORT)
    def undo(self, *, import_id: int, actor: str) -> ChunkCounts:
        """Takes the attributes back that the import gave; facts and suppressions are none of its business."""
        return self._store.undo(import_id, lambda undone: Noted(
            "import.undone", actor, self._clock(), {"import_id": import_id, **_as_dict(undone)}
        ))  # fmt: skip

    def report(self, *, import_id: int, limit: int = EXAMPLES) -> ImportReport:
        return self._store.report(import_id, limit)

    def all(self) -> tuple[ImportGlance, ...]:
        """The last imports, newest first."""
        return self._store.imports(LISTED)

    def columns(self, *, import_id: int) -> tuple[Column, ...]:
        """How the columns of an import were read, those left alone with the reason."""
        return self._plan(import_id).columns

    def _known(self, sha256: str, table: Table, columns: tuple[Column, ...]) -> Scan | None:
        tried = self._tried
        if tried is None or (tried.sha256, tried.info, tried.columns) != (sha256, table.info, columns):
            return None
        return tried.scan

    def _read(
        self,
        source: Source,
        table: Table,
        columns: tuple[Column, ...],
        tick: Callable[[float], None],
        scan: Scan | None = None,
    ) -> Session:
        # numpy costs a tenth of a second to import: not before somebody imports a file
        from campaign_app.services.import_session import Session

        session = Session(Path(source.path), table, columns, source.account_id, tick, scan)
        if not session.scan.rows:
            raise SettingsError("file_no_rows", "The file has no rows")
        return session

    def _resumed(self, import_id: int) -> Parts:
        if (kept := self._sessions.take_up(import_id)) is not None:
            return kept
        plan = self._plan(import_id)
        helped = self._beside(plan) if self._sessions.few else None
        return self._keep(import_id, helped or self._read_here(plan))

    def _keep(self, import_id: int, parts: Parts) -> Parts:
        self._sessions.keep(import_id, parts)
        return parts

    def _read_here(self, plan: ImportPlan) -> Session:
        from campaign_app.services.import_session import session_of

        session = session_of(plan, self._open_table)
        if session.sha256 != plan.sha256:
            raise SettingsError("file_changed", "The file has changed since it was tried", file=Path(plan.path).name)
        return session

    def _plan(self, import_id: int) -> ImportPlan:
        data = self._settings.setting(_setting(import_id), None)
        if data is None:
            raise NotFound("import", "There is no such import", import_id=import_id)
        return ImportPlan.from_json(data).at(self._place)


def _setting(import_id: int) -> str:
    return f"import.{import_id}"


def _done(import_id: int) -> str:
    """What became of the rows of each chunk: rows that wait already for another import are found in no table."""
    return f"import.{import_id}.done"


def _as_dict(counts: ChunkCounts) -> dict[str, int]:
    return {
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "waiting": counts.waiting,
        "consecutive": counts.consecutive,
    }


def _half(tick: Callable[[float], None], start: float) -> Callable[[float], None]:
    """Half of the work of a dry run: the first is reading, the second comparing."""
    return lambda done: tick(start + done / 2)


def _columns(table: Table, blocks: tuple[Block, ...], source: Source) -> tuple[Column, ...]:
    return map_columns(table.info.header, _rows(blocks), source.columns or {})


def _rows(blocks: tuple[Block, ...]) -> list[Sequence[str]]:
    return [row for block in blocks for row in block.rows]


def _first(table: Table, count: int) -> tuple[Block, ...]:
    """The first blocks that hold so many rows, cut to them."""
    blocks: list[Block] = []
    for block in islice(table.blocks(), 64):
        left = count - sum(len(each.rows) + len(each.bad) for each in blocks)
        if left <= 0:
            break
        blocks.append(replace(block, numbers=block.numbers[:left], rows=block.rows[:left], bad=block.bad[:left]))
    return tuple(blocks)
