"""The kind `disguise_pinyin`: words in which pinyin or its initials stand for characters, as in 免fei and gj级."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from campaign_app.compliance.checks.base import Builder
from campaign_app.compliance.checks.phrases import Group, PhraseOptions, Phrases, build
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.patterns import BadPattern

_LETTER: Final = "[a-z]"


class PinyinOptions(Group):
    """`words` with the pinyin of each character, in order.

    Those of `initials` are also found by first letters, those of `whole` also without any character left: most
    words spelt out are somebody's brand.
    """

    words: Mapping[str, str]
    initials: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


def build_pinyin(options: Mapping[str, Any], table: FoldTable) -> Phrases:
    """Letters of a word's own at its end must end there: 减fei is a word, 减feizi is none. Raises BadPattern."""
    given = PinyinOptions.model_validate(options)
    forms = sorted({form for word in given.words for form in _forms(word, given)})
    groups = []
    for starts, ends in product((True, False), repeat=2):
        phrases = tuple(f for f in forms if f[0].isascii() is starts and f[-1].isascii() is ends)
        groups.append(
            Group(
                phrases=phrases,
                not_before=_LETTER if starts else "",
                not_after="|".join(filter(None, (given.not_after, _LETTER if ends else ""))),
                unless=given.unless,
                spread=False,
            )
        )
    return build(PhraseOptions(group=tuple(groups)), table)


def _forms(word: str, given: PinyinOptions) -> Iterator[str]:
    """One character at least is spelt out and one at least is not, but for those of `whole`."""
    syllables = given.words[word].split()
    if len(syllables) != len(word):
        raise BadPattern(f"not as many syllables as characters: {given.words[word]}", word)
    for chosen in product((False, True), repeat=len(word)):
        if any(chosen) and (not all(chosen) or word in given.whole):
            yield "".join(s if spelt else c for c, s, spelt in zip(word, syllables, chosen, strict=True))
    if word in given.initials:
        for kept in range(1, len(word) - 1):
            yield "".join(s[0] for s in syllables[:-kept]) + word[-kept:]


KINDS: Final[dict[str, Builder]] = {"disguise_pinyin": build_pinyin}
