"""Whether characters that stand apart still make one word: 贷·款 and 加 微 信 do, 更环保，本店 does not."""

from __future__ import annotations

from itertools import pairwise

from campaign_app.compliance.normalize import SEPARATORS, Folded

_LIST_MARK = "、"
_WIDEST = 6


def is_spread_out(body: Folded, start: int, end: int) -> bool:
    """Whether a gap parts two Chinese characters or two single letters, where no writer puts one."""
    fragments, _ = _fragments(body, start, end)
    return any(
        not (a[-1].isascii() or b[0].isascii()) or (_ends_single(a) and _ends_single(b[::-1]))
        for a, b in pairwise(fragments)
    )


def _ends_single(text: str) -> bool:
    """Whether a letter stands alone at the end."""
    return text[-1].isalpha() and not text[-2:-1].isalpha()


def is_one_word(body: Folded, start: int, end: int) -> bool:
    """Whether the fragments of squeezed[start:end] were meant to be read as one word."""
    fragments, gaps = _fragments(body, start, end)
    first, last = body.plain_at_squeezed(start), body.plain_at_squeezed(end - 1) + 1
    if max(map(len, gaps), default=0) > _WIDEST:
        return False
    if any(_LIST_MARK in gap for gap in gaps):
        return end - start > 2 and all(len(fragment) == 1 for fragment in fragments)
    if end - start > 2 or not all(gap.isspace() for gap in gaps):
        return True
    return _stands_alone(body.plain, first - 1) or _stands_alone(body.plain, last)


def bridged(body: Folded, start: int, end: int, signs: str) -> bool:
    """Whether one of these signs stands between the characters of squeezed[start:end], as ❤ does in 薇❤领."""
    _, gaps = _fragments(body, start, end)
    return any(sign in gap for gap in gaps for sign in signs)


def is_taken_apart(body: Folded, start: int, end: int) -> bool:
    """Whether each character of squeezed[start:end] stands alone, as in 免-费-领; 满199元 送礼 has words."""
    fragments, gaps = _fragments(body, start, end)
    apart = len(gaps) > 1 and all(len(fragment) == 1 for fragment in fragments)
    return apart and is_spread_out(body, start, end)


def _fragments(body: Folded, start: int, end: int) -> tuple[list[str], list[str]]:
    """The runs of letters and the runs of separators and decorations between them."""
    kept = {body.plain_at_squeezed(at) for at in range(start, end)}
    fragments, gaps, joined = [""], [""], True
    for at in range(min(kept), max(kept) + 1):
        char, skipped = body.plain[at], at not in kept
        if skipped and joined:
            gaps.append("")
        elif not skipped and not joined:
            fragments.append("")
        joined = not skipped
        if skipped:
            gaps[-1] += char
        else:
            fragments[-1] += char
    return fragments, gaps[1:]


def _stands_alone(plain: str, at: int) -> bool:
    """Whether the character at `at`, beyond the border of a word, parts it from its neighbour."""
    return not 0 <= at < len(plain) or plain[at] in SEPARATORS or not plain[at].isalnum()
