"""Regular expressions of rules: linear by construction, and the literals that every match must hold.

A pattern is only tried on texts in which one of its literals was found, so a hundred patterns cost as much as the few
that have something to say.
"""

from __future__ import annotations

import importlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, Final, NamedTuple

from campaign_app import assets
from campaign_app.compliance.lazy import lazy
from campaign_app.compliance.refused import BadPattern, Wrong

# every start position then costs a bounded number of steps, whatever the text
MAX_REPEAT: Final = 40
_TOO_MANY: Final = 1_000_000
# of lengths to be tried together: three gaps of forty characters are more, and would take seconds on a hostile text
_MOST_LENGTHS: Final = 5_000
_MAX_LITERALS: Final = 60
# characters that many messages hold
_COMMON: Final = frozenset(
    "您你好天日月年元的满减折到店下单可至最加送领买购前有无不是在和了上中大小新件份个人会员券起止回用看分即再还都就"
)
_NO_RUN: Final = frozenset([""])
_parser: Any = importlib.import_module("re._parser")
Literals = frozenset[str]


class Anchors(NamedTuple):
    """Words of which each match holds at least one, and how far a match reaches to both sides of it at most."""

    words: frozenset[str]
    before: int
    after: int


class Analysis(NamedTuple):
    """What is known of a pattern without compiling it; `anchors` None if it has no words of its own."""

    groups: int
    anchors: Anchors | None


class Pattern:
    """Checked when it is made, compiled when it is first used: most patterns never meet their words."""

    def __init__(self, source: str) -> None:
        """Raises BadPattern for one that is wrong, or that could take more than linear time."""
        self.source = source
        self.groups, self._anchors = analysis_of(source)

    @lazy
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.source)

    def anchors(self) -> Anchors:
        """Raises BadPattern if there are no words that each match holds."""
        if self._anchors is None:
            raise BadPattern("no word that every match holds", self.source, Wrong.NO_ANCHOR)
        return self._anchors


def matches_over(patterns: Iterable[Pattern], window: str, start: int, end: int) -> list[re.Match[str]]:
    """The matches that hold window[start:end]; mostly there are none."""
    found: list[re.Match[str]] = []
    for pattern in patterns:
        found += [match for match in pattern.regex.finditer(window) if match.start() <= start and end <= match.end()]
    return found


_used: dict[str, Analysis] = {}


def analysis_of(source: str) -> Analysis:
    """Looked up where the program ships it (`tools/make_pattern_table.py`), else worked out. Raises BadPattern."""
    found = _used.get(source)
    if found is None:
        found = _used[source] = shipped().get(source) or analyse(source)
    return found


def used() -> tuple[str, ...]:
    """The patterns that this process has made so far."""
    return tuple(_used)


@lru_cache(maxsize=1)
def shipped() -> dict[str, Analysis]:
    """Made from the same patterns by the same code; a test compares them."""
    table: dict[str, list[Any]] = json.loads(assets.path("tables", "patterns.json").read_text("utf-8"))
    return {
        source: Analysis(groups, Anchors(frozenset(words), before, after) if words else None)
        for source, (groups, before, after, words) in table.items()
    }


def analyse(source: str) -> Analysis:
    try:
        parsed = _parser.parse(source)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(str(error), source) from error
    if _steps(parsed) >= _TOO_MANY or _lengths(parsed) > _MOST_LENGTHS:
        reason = "repeats without a bound, too many of them, or a look-behind of no fixed width"
        raise BadPattern(reason, source, Wrong.SLOW_PATTERN)
    return Analysis(int(parsed.state.groups) - 1, _sequence(parsed))


def _hits(anchors: Anchors) -> float:
    """How often the words are likely to be found where nothing is meant, for comparison."""
    return sum(_often(word) for word in anchors.words)


def _often(word: str) -> float:
    if len(word) > 1:
        return 0.4 ** (len(word) - 1)
    return 25 if word in _COMMON else 1


def _without_longer(words: Literals) -> Literals:
    """Whoever finds 赠 has found 即赠 too."""
    return frozenset(word for word in words if not any(other != word and other in word for other in words))


def _telling(word: str) -> bool:
    """A single letter or digit is in every text, a sign is not."""
    return len(word) > 1 or not (word.isascii() and word.isalnum())


def _steps(parsed: Iterable[Any], *, repeated: bool = False) -> int:
    """In how many ways one attempt may try to match, at most."""
    return prod(_steps_of(str(op), args, repeated=repeated) for op, args in parsed)


def _steps_of(op: str, args: Any, *, repeated: bool) -> int:
    if op.endswith("_REPEAT"):
        low, high, inner = args
        if high > MAX_REPEAT:
            return _TOO_MANY
        return int(high - low + 1) * int(_steps(inner, repeated=repeated or high > 1) ** int(high))
    if op == "BRANCH":
        return _branch_steps(args[1], repeated=repeated)
    if op in ("ASSERT", "ASSERT_NOT") and args[0] < 0:
        low, high = args[1].getwidth()
        return 1 if low == high else _TOO_MANY  # a look-behind has to be of one width
    if op in ("SUBPATTERN", "ATOMIC_GROUP", "ASSERT", "ASSERT_NOT"):
        return _steps(args[-1] if isinstance(args, tuple) else args, repeated=repeated)
    return 1


def _branch_steps(branches: Iterable[Any], *, repeated: bool) -> int:
    """Outside of a repeat branches are tried one after the other; inside, those that can begin alike multiply."""
    if not repeated:
        return max(_steps(branch) for branch in branches)
    alike: Counter[int] = Counter()
    anyhow = 0
    for branch in branches:
        op, first = branch[0] if len(branch) else ("", 0)
        if str(op) == "LITERAL":
            alike[first] += _steps(branch, repeated=True)
        else:
            anyhow += _steps(branch, repeated=True)
    return anyhow + max(alike.values(), default=0)


def _lengths(parsed: Iterable[Any]) -> int:
    """In how many lengths its repeats may be taken together; whether something is there at all counts as one."""
    return prod(_lengths_of(str(op), args) for op, args in parsed)


def _lengths_of(op: str, args: Any) -> int:
    if op.endswith("_REPEAT"):
        low, high, inner = args
        return _lengths(inner) * int(high - low + 1 if high > 1 else 1)
    if op == "BRANCH":
        return max(map(_lengths, args[1]))
    if op in ("SUBPATTERN", "ATOMIC_GROUP", "ASSERT", "ASSERT_NOT"):
        return _lengths(args[-1])
    return 1


def _sequence(parsed: Any) -> Anchors | None:
    """The best choice among the parts of a sequence, all of which must match."""
    candidates: list[Anchors] = []
    run, passed, whole = _NO_RUN, 0, int(parsed.getwidth()[1])
    start = 0
    for op, args in parsed:
        options = _expand(str(op), args)
        width = _width(op, args)
        if options is not None and len(run) * len(options) <= _MAX_LITERALS:
            run = frozenset(a + b for a, b in product(run, options))
        else:
            candidates.append(_run(run, start, whole - passed))
            run, start = _NO_RUN, passed + width
            inner = Anchors(options, 0, 0) if options is not None else _inner(str(op), args)
            if inner is not None:
                candidates.append(Anchors(inner.words, passed + width, whole - passed))
        passed += width
    candidates.append(_run(run, start, whole - passed))
    useful = [one for one in candidates if all(word and _telling(word) for word in one.words)]
    return min(useful, key=_hits, default=None)


def _run(words: Literals, before: int, after: int) -> Anchors:
    """The shortest words of a run; the run may begin before them and go on behind them."""
    short = _without_longer(words)
    slack = max(map(len, words)) - min(map(len, short))
    return Anchors(short, before + slack, after + slack)


def _width(op: Any, args: Any) -> int:
    part = _parser.SubPattern(_parser.State(), [(op, args)])
    return int(part.getwidth()[1])


def _expand(op: str, args: Any) -> Literals | None:
    """All the texts that a part stands for, if they are few."""
    if op == "LITERAL":
        return frozenset([chr(args)])
    if op == "IN" and all(str(kind) in ("LITERAL", "RANGE") for kind, _ in args):
        codes = [range(*_bounds(value)) for _, value in args]
        return (
            frozenset(chr(code) for span in codes for code in span) if sum(map(len, codes)) <= _MAX_LITERALS else None
        )
    if op == "BRANCH":
        branches = [_expand_all(branch) for branch in args[1]]
        return frozenset().union(*(b for b in branches if b)) if all(b is not None for b in branches) else None
    if op == "SUBPATTERN":
        return _expand_all(args[-1])
    if op == "MAX_REPEAT" and args[:2] == (0, 1):
        once = _expand_all(args[2])
        return once | {""} if once is not None else None
    return frozenset([""]) if op in ("ASSERT", "ASSERT_NOT", "AT") else None


def _bounds(value: Any) -> tuple[int, int]:
    first, last = value if isinstance(value, tuple) else (value, value)
    return first, last + 1


def _expand_all(parsed: Iterable[Any]) -> Literals | None:
    texts: Literals = frozenset([""])
    for op, args in parsed:
        options = _expand(str(op), args)
        if options is None or len(texts) * len(options) > _MAX_LITERALS:
            return None
        texts = frozenset(a + b for a, b in product(texts, options))
    return texts


def _inner(op: str, args: Any) -> Anchors | None:
    """The words of a part that cannot be written out; how far it reaches is for the sequence to say."""
    if op == "BRANCH":
        branches = [_sequence(branch) for branch in args[1]]
        whole = [branch.words for branch in branches if branch is not None]
        return Anchors(frozenset().union(*whole), 0, 0) if len(whole) == len(branches) else None
    if op == "SUBPATTERN":
        return _sequence(args[-1])
    if op.endswith("_REPEAT") and args[0] > 0:
        return _sequence(args[2])
    return None
