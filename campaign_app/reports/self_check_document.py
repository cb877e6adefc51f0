"""The self-check report as a document: what one would hand to an authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

from campaign_app.domain.self_check import BEIJING, PeakRow, Period
from campaign_app.reports.document import (
    Block,
    Chart,
    Column,
    Cover,
    Document,
    Facts,
    Figure,
    Figures,
    Items,
    Paragraph,
    Section,
    Series,
    Style,
    Table,
)
from campaign_app.reports.figures import NOTHING, day_and_time, lasting, name_of, said, written
from campaign_app.reports.self_check_files import titled
from campaign_app.services.self_check_numbers import Chapter, Grid, SelfCheck
from campaign_app.words import Words

_LONG: Final = 12  # lines of a grid that are also drawn
_NAMED: Final = 3  # entities on the cover


def build(report: SelfCheck, words: Words) -> Document:
    title = words.term("report", "title")
    names = _few(words, [name for _, name in report.entities])
    head = f"{report.head[0]}:{report.head[1]}"
    return Document(
        title=title,
        made_at=report.made_at,
        sections=tuple(_sections(report, words)),
        cover=_cover(report, words, title, names),
        appendices=tuple(_appendices(report, words, head)),
        header=f"{report.period.first} — {report.period.last}",
        footer=words.term("report", "head_short").format(head=f"{report.head[0]}:{report.head[1][:12]}"),
        author=names,
        language=words.language,
    )


def period_name(words: Words, period: Period) -> str:
    """2026 年 · 2026 年第三季度 · 2026 年 11 月 · 2026-11-03 至 2026-11-20."""
    first = period.first
    if period == Period.year(first.year):
        return words.term("report", "year").format(year=first.year)
    quarter = (first.month + 2) // 3
    if period == Period.quarter(first.year, quarter):
        return words.term("report", "quarter").format(
            year=first.year, quarter=words.term("report", f"quarter_{quarter}")
        )
    if period == Period.month(first.year, first.month):
        return words.term("report", "year_month").format(year=first.year, month=first.month)
    return words.term("report", "from_to").format(first=first, last=period.last)


def _few(words: Words, names: list[str]) -> str:
    """As many as a cover has room for."""
    shown = "、".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else words.term("report", "and_more").format(names=shown, count=len(names))


def _cover(report: SelfCheck, words: Words, title: str, names: str) -> Cover:
    stage = words.term("report_stage", report.stage.value)
    return Cover(
        title=title,
        subtitle=f"{period_name(words, report.period)} · {stage}",
        facts=(
            (words.term("report", "reporter"), names or words.term("report", "no_entity")),
            (words.term("report", "uscc"), _few(words, [uscc for uscc, _ in report.entities]) or "—"),
            (words.term("report", "period"), words.term("report", "from_to").format(
                first=report.period.first, last=report.period.last)),
            (words.term("report", "made_at"), day_and_time(report.made_at)),
        ),
        issuer=names,
        date=_long_date(words, report.made_at.astimezone(BEIJING).date()),
        mark=words.term("report", "simulated_mark") if report.simulated else "",
    )  # fmt: skip


def _long_date(words: Words, day: date) -> str:
    return words.term("report", "long_date").format(year=day.year, month=day.month, day=day.day)


def _sections(report: SelfCheck, words: Words) -> Iterator[Section]:
    unknown = [number for number in report.numbers() if number.value is None and number.why not in NOTHING]
    stage = words.why("report_stage", report.stage.value)
    about: list[Block] = [Paragraph(stage)]
    if report.simulated:
        about.append(Paragraph(words.term("report", "simulated"), Style.WARNING))
    if report.unverified:
        laws = len({(each.law, each.article) for each in report.unverified})
        about.append(Paragraph(words.term("report", "unverified").format(count=laws), Style.WARNING))
    about.append(_overview(report, words))
    about.append(Items(tuple(words.term("report", f"basis_{n}") for n in range(1, 4))))
    if unknown:
        reasons = sorted({number.why for number in unknown})
        told = "；".join(words.term("report_why", why) for why in reasons)
        about.append(Paragraph(words.term("report", "unknown_note").format(reasons=told), Style.NOTE))
    yield Section(words.term("report", "about"), tuple(about))
    for chapter in report.chapters:
        yield _chapter(chapter, words)


def _overview(report: SelfCheck, words: Words) -> Figures:
    wanted = (
        "B.submitted", "B.delivered_share", "C.default_removed", "F.received", "F.p95", "F.late", "G.received",
        "G.per_10k",
    )  # fmt: skip
    found = {number.id: number for number in report.numbers()}
    return Figures(tuple(Figure(written(words, found[each]), name_of(words, found[each]), each) for each in wanted))


def _chapter(chapter: Chapter, words: Words) -> Section:
    blocks: list[Block] = []
    known = {number.id.partition(".")[2]: written(words, number) for number in chapter.key}
    blocks.append(Paragraph(words.term("report_intro", chapter.id).format_map(known)))
    for grid in chapter.grids:
        blocks += _grid(grid, words)
    return Section(words.term("report_chapter", chapter.id), tuple(blocks))


def _grid(grid: Grid, words: Words) -> Iterator[Block]:
    if grid.chart and len(grid.lines) > 1:
        yield _chart(grid, words)
    ids = words.term("report", "grid_note").format(id=grid.id, query=words.term("report_query", grid.query))
    yield Table(
        (
            Column(words.term("report", grid.head), 2.6 if len(grid.columns) < 4 else 2.2),
            *(Column(said(words, column), 1, "end") for column in grid.columns),
        ),
        tuple((said(words, line.label), *(written(words, number) for number in line.numbers)) for line in grid.lines),
        caption=words.term("report_grid", grid.id),
        empty=words.term("report", "nothing"),
        note=ids,
    )


def _chart(grid: Grid, words: Words) -> Chart:
    kind: Literal["bar", "column", "line"] = "bar" if grid.chart == "bar" else "column"
    lines = grid.lines if kind == "column" else grid.lines[:_LONG]
    return Chart(
        kind,
        words.term("report_grid", grid.id),
        tuple(said(words, line.label) for line in lines),
        tuple(
            Series(said(words, grid.columns[place]), tuple(line.numbers[place].value for line in lines))
            for place in grid.charted
        ),
        words.term("report_query_unit", grid.query),
    )


def _stamp(report: SelfCheck, words: Words) -> str:
    if report.stamp is None:
        return words.term("report", "unstamped")
    stamp = report.stamp
    said = f"{words.term('audit_fact', 'ca')} (SHA-256) {stamp.ca}"
    return f"{stamp.head} · {day_and_time(stamp.at)} · {stamp.authority} · {said}"


def _appendices(report: SelfCheck, words: Words, head: str) -> Iterator[Section]:
    period = report.period
    command = f"campaign-app report --from {period.first} --to {period.last} --stage {report.stage.value} --json"
    facts = Facts(
        (
            (words.term("report", "command"), command),
            (words.term("report", "head"), head),
            (words.term("report", "stamp"), _stamp(report, words)),
            (words.term("report", "rule_packs"), report.rule_packs),
            (words.term("report", "made_at"), day_and_time(report.made_at)),
        ),
        caption=words.term("report", "reproduce"),
    )
    yield Section(
        words.term("report_appendix", "method"),
        (facts, Items(tuple(words.term("report", f"method_{n}") for n in range(1, 8)))),
    )
    yield Section(words.term("report_appendix", "campaigns"), (_campaigns(report, words),))
    yield Section(words.term("report_appendix", "signatures"), (_signatures(report, words),))
    yield Section(words.term("report_appendix", "peaks"), (_peaks(report, words), _pauses(report, words)))
    yield Section(words.term("report_appendix", "unverified"), (_unverified(report, words),))
    yield Section(words.term("report_appendix", "numbers"), (_index(report, words),))


def _campaigns(report: SelfCheck, words: Words) -> Table:
    messages: dict[int, int] = {}
    for row in report.facts.outcomes():
        if row.outcome != "withheld":
            messages[row.campaign_id] = messages.get(row.campaign_id, 0) + row.messages
    names = (("name", 2.0), ("purpose", 0.8), ("signature", 1.2), ("first_at", 1.7), ("rule_packs", 2.0))
    return Table(
        (
            Column(words.term("report_column", "campaign_id"), 1, "end"),
            *(Column(words.term("report_column", name), wide) for name, wide in names),
            Column(words.term("report", "submitted"), 1, "end"),
        ),
        tuple(
            (
                str(row.campaign_id), row.name, words.term("purpose", row.purpose),
                f"【{row.signature}】" if row.signature else "—",
                day_and_time(row.first_at)[:16], row.rule_packs or "—", f"{messages.get(row.campaign_id, 0):,}",
            )
            for row in report.facts.campaigns()
        ),
        caption=words.term("report_query", "campaigns"),
        empty=words.term("report", "nothing"),
    )  # fmt: skip


def _signatures(report: SelfCheck, words: Words) -> Table:
    names = (("text", 1.4), ("owner_uscc", 1.9), ("status", 0.9), ("filed", 1), ("scopes", 1.1), ("valid_until", 1.1))
    shops = {shop.account_id: shop.label for shop in report.facts.shops()}

    told = {None: "not_known", True: "yes", False: "no"}
    return Table(
        (
            *(Column(words.term("report_column", name), wide) for name, wide in names),
            Column(words.term("report_column", "port"), 1.2),
            Column(words.term("report_column", "account_id"), 1.2),
        ),
        tuple(
            (
                f"【{row.text}】", row.owner_uscc, words.term("signature_status", row.status),
                words.term("report", told[row.filed]),
                "、".join(words.term("purpose", each) for each in row.scopes.split("、") if each) or "—",
                row.valid_until[:10] or "—", row.port or "—", shops.get(row.account_id, str(row.account_id)),
            )
            for row in report.facts.signatures()
        ),
        caption=words.term("report_query", "signatures"),
        empty=words.term("report", "nothing"),
    )  # fmt: skip


def _peaks(report: SelfCheck, words: Words) -> Table:
    names = (("plan", 1.5), ("first", 1.4), ("last", 1.4), ("state", 0.9), ("entity", 1.5), ("on_duty", 1.6))
    entities = dict(report.entities)

    def left(row: PeakRow) -> str:
        if row.open is None:
            return words.term("report", "peak_draft")
        items = "、".join(words.term("peak_item", each) for each in row.open_items.split("、") if each)
        return items or words.term("report", "all_in_order")

    return Table(
        (
            *(Column(words.term("report_column", name), wide) for name, wide in names),
            Column(words.term("report_column", "open_items"), 1.8),
        ),
        tuple(
            (
                row.name, row.first, row.last, words.term("peak_state", row.state),
                "、".join(entities.get(each, each) for each in row.entities.split("、") if each)
                or words.term("report", "all_entities"),
                row.on_duty or words.term("report", "nobody"), left(row),
            )
            for row in report.facts.peaks()
        ),
        caption=words.term("report_query", "peaks"),
        empty=words.term("report", "nothing"),
    )  # fmt: skip


def _pauses(report: SelfCheck, words: Words) -> Table:
    names = (("pause_id", 0.8), ("plan", 1.6), ("drill", 0.7), ("asked_by", 1.2), ("asked_at", 1.9), ("result", 1.2))
    return Table(
        (
            *(Column(words.term("report_column", name), wide) for name, wide in names),
            Column(words.term("report", "to_stop"), 1, "end"),
        ),
        tuple(
            (
                f"#{row.pause_id}", row.plan, words.term("report", "yes" if row.drill else "no"), row.asked_by,
                day_and_time(row.asked_at), words.term("peak_result", row.result),
                words.term("report", "not_known") if row.seconds is None else lasting(words, row.seconds),
            )
            for row in report.facts.pauses()
        ),
        caption=words.term("report_query", "pauses"),
        empty=words.term("report", "nothing"),
    )  # fmt: skip


def _unverified(report: SelfCheck, words: Words) -> Table:
    return Table(
        (
            Column(words.term("report", "rule"), 1),
            Column(words.term("report", "law"), 3),
            Column(words.term("report", "article"), 2),
        ),
        tuple((each.rule, each.law, each.article or "—") for each in report.unverified),
        caption=words.term("report_appendix", "unverified"),
        empty=words.term("report", "all_verified"),
    )


def _index(report: SelfCheck, words: Words) -> Table:
    return Table(
        (
            Column(words.term("report_column", "number_id"), 2),
            Column(words.term("report_column", "name"), 2.8),
            Column(words.term("report_column", "value"), 1.1, "end"),
            Column(words.term("report_column", "query"), 1.2),
        ),
        tuple(
            (number.id, name, written(words, number), words.term("report_query", number.query))
            for _table, name, number in titled(report, words)
        ),
        caption=words.term("report_appendix", "numbers"),
    )
