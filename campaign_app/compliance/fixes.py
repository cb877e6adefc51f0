"""What one key can do about a finding: edits that have been tried out before they are offered.

Places are code points. `Fix.edits` are those of the final text (【signature】 + the body as one customer gets it),
where the findings are marked too; `Fix.body_edits` are the same edits in `CheckRequest.body`, the `{name}` template
that an editor holds: the signature is taken off, and every value counts as its placeholder. Whatever would change a
value has no fix: that is the customer's data, not the merchant's text. A Qt document counts UTF-16 units, in which a
character beyond U+FFFF takes two. Edits do not overlap and are in order of place: apply them from the last to the
first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from campaign_app.compliance.engine import CheckResult, Engine
from campaign_app.compliance.leftovers import is_torn
from campaign_app.compliance.menders import MENDERS, Edit, Idea, Place
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.panel import MOST_FINDINGS
from campaign_app.compliance.rule import Rule
from campaign_app.compliance.template import Template, ValueSpan
from campaign_app.domain.finding import Finding, Severity

MOST_FIXES: Final = 4
_LABELS: Final = {
    "zh_CN": {
        "replace": "改为“{with}”",
        "delete": "删除“{with}”",
        "delete_clause": "删除这一句",
        "append": "在末尾加“{with}”",
        "insert": "加上“{with}”",
        "move": "移到末尾",
        "quotes": "换成引号“”",
        "invisible": "删除看不见的字符",
        "space": "加空格",
        "join": "连写为“{with}”",
        "cut_query": "去掉链接里的参数",
    },
    "en": {
        "replace": "Change to “{with}”",
        "delete": "Delete “{with}”",
        "delete_clause": "Delete this clause",
        "append": "Add “{with}” at the end",
        "insert": "Add “{with}”",
        "move": "Move to the end",
        "quotes": "Use quotation marks",
        "invisible": "Delete invisible characters",
        "space": "Add a space",
        "join": "Write together: “{with}”",
        "cut_query": "Drop what follows the question mark",
    },
}


@dataclass(frozen=True, slots=True)
class Fix:
    """`label` says in the engine's language what it does."""

    label: str
    edits: tuple[Edit, ...]
    body_edits: tuple[Edit, ...]


def fixes_for(finding: Finding, request: CheckRequest, engine: Engine) -> tuple[Fix, ...]:
    """The best first; none if only a person can help.

    `request` is the one that `engine.check` found it in. A fix never brings a new block or warn finding, and leaves at
    most as many of the kind it mends, one fewer unless there are more than are told. It leaves no clause torn.
    Only where several providers ask what cannot all be met, a warning of the same family may take a block's place.
    """
    rule = engine.rule(finding.rule_id)
    if rule is None:
        return ()
    before = engine.check(request)
    asked = [replace(request, provider=name) for name in (request.provider, *request.also)]
    providers = tuple(map(engine.provider, asked))
    place = Place(finding, before.final_text, request, providers, engine.table, rule)
    return tuple(_good(_ideas(rule, place), place, before, engine))[:MOST_FIXES]


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def _ideas(rule: Rule, place: Place) -> Iterator[Idea]:
    """Those of the rule's own words first, then those of its kinds of check."""
    kinds = [part["kind"] for part in rule.options.get("check", ())] if rule.kind == "several" else [rule.kind]
    for kind in dict.fromkeys(kinds):
        for mend in MENDERS.get(kind, ()):
            yield from mend(place)


def _good(ideas: Iterable[Idea], place: Place, before: CheckResult, engine: Engine) -> Iterator[Fix]:
    labels, seen = _LABELS[engine.language], set()
    for idea in ideas:
        edits = tuple(sorted(idea.edits, key=lambda edit: (edit.start, edit.end)))
        body_edits = _in_body(edits, place.request, len(place.request.signature.text) + 2)
        if body_edits is None or edits in seen:
            continue
        seen.add(edits)
        after = engine.check(replace(place.request, body=apply_edits(place.request.body, body_edits)))
        torn = is_torn(before.final_text, after.final_text, deleted=idea.label == "delete")
        if not torn and _better(place, before, after):
            yield Fix(labels[idea.label].format_map({"with": idea.replacement}), edits, body_edits)


def _better(place: Place, before: CheckResult, after: CheckResult) -> bool:
    finding, old, new = place.finding, _counted(before), _counted(after)
    more = {key: amount - old[key] for key, amount in new.items() if amount > old[key]}
    was, now = (sum(f.rule_id == finding.rule_id for f in result.findings) for result in (before, after))
    if more:
        return now < was and bool(place.request.also) and _is_lesser_evil(finding, more)
    return now < was or now == was == MOST_FINDINGS


def _is_lesser_evil(finding: Finding, more: Mapping[tuple[str, Severity], int]) -> bool:
    """Whether all that a block gives way to is one warning of its own family, as OPT-001 to OPT-002."""
    family = finding.rule_id.partition("-")[0]
    only = [rule.startswith(f"{family}-") and severity is Severity.WARN for rule, severity in more]
    return finding.severity is Severity.BLOCK and only == [True] and sum(more.values()) == 1


def _counted(result: CheckResult) -> Counter[tuple[str, Severity]]:
    return Counter((f.rule_id, f.severity) for f in result.findings if f.severity > Severity.INFO)


def _in_body(edits: Sequence[Edit], request: CheckRequest, offset: int) -> tuple[Edit, ...] | None:
    """The edits at places of the template; None if one touches the signature or a value."""
    _, spans, left_out = Template.parse(request.body).render(request.variables)
    if left_out:  # where it was cut is no place of the template's
        return None
    moved = [_moved(edit, spans, offset) for edit in edits]
    found = tuple(edit for edit in moved if edit is not None)
    return found if found and len(found) == len(moved) else None


def _moved(edit: Edit, spans: Sequence[ValueSpan], offset: int) -> Edit | None:
    start, end, shift = edit.start - offset, edit.end - offset, 0
    if start < 0:
        return None
    for span in spans:
        if span.end <= start:
            shift += len(span.name) + 2 - (span.end - span.start)
        elif span.start < end:
            return None
    return Edit(start + shift, end + shift, edit.replacement)
