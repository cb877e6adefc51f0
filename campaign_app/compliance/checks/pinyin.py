"""The kind `disguise_pinyin`: words in which pinyin or its initials stand for characters, as in 免fei and gj级."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from campaign_app.compliance.checks.base import Builder, Options, with_options
from campaign_app.compliance.checks.phrases import Group, PhraseOptions, Phrases, build
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.refused import BadPattern, Wrong

_LETTER: Final = "[a-z]"


class PinyinOptions(Options):
    """`words` with the pinyin of each character behind them: “免费 mian fei”.

    Those of `initials` are also found by first letters before their last character, those of `whole` also without any
    character left: most words spelt out are somebody's brand.
    """

    words: tuple[str, ...]
    initials: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    unless: tuple[str, ...] = ()


def build_pinyin(options: PinyinOptions, table: FoldTable) -> Phrases:
    """Letters of a word's own at its end must end there: 减fei is a word, 减feizi is none. Raises BadPattern."""
    forms = sorted({form for written in options.words for form in _forms(written, options)})
    groups = []
    for starts, ends in product((True, False), repeat=2):
        phrases = tuple(f for f in forms if f[0].isascii() is starts and f[-1].isascii() is ends)
        groups.append(
            Group(
                phrases=phrases,
                not_before=_LETTER if starts else "",
                not_after=_LETTER if ends else "",
                unless=options.unless,
                spread=False,
            )
        )
    return build(PhraseOptions(group=tuple(groups)), table)


def _forms(written: str, given: PinyinOptions) -> Iterator[str]:
    """One character at least is spelt out and one at least is not, but for those of `whole`."""
    word, *syllables = written.split() or [""]
    if not word or len(syllables) != len(word):
        raise BadPattern("not as many syllables as characters", written, Wrong.SYLLABLES)
    for chosen in product((False, True), repeat=len(word)):
        if any(chosen) and (not all(chosen) or word in given.whole):
            yield _spelt(word, syllables, chosen)
        if any(chosen) and not chosen[-1] and word in given.initials:
            yield _spelt(word, [syllable[0] for syllable in syllables], chosen)


def _spelt(word: str, sounds: Sequence[str], chosen: Sequence[bool]) -> str:
    return "".join(sound if spelt else char for char, sound, spelt in zip(word, sounds, chosen, strict=True))


KINDS: Final[dict[str, Builder]] = {"disguise_pinyin": with_options(PinyinOptions, build_pinyin)}
