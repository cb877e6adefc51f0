"""What a provider lets be used, and so the signature and template that give a finished text.

What it said is believed for ten minutes. A text that fits none asks anew, once a minute at most: its template may have
been approved since. Where nothing of a batch fits it is asked anew in any case: the campaign stops, or a person has let
it go on and is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from campaign_app.compliance.filed import Filled, Templates, signed
from campaign_app.domain.message import NO_TEMPLATE
from campaign_app.domain.ports import Clock

BELIEVED: Final = timedelta(minutes=10)
ASKED_ANEW: Final = timedelta(minutes=1)
AT_ONCE: Final = timedelta(0)
NO_SIGNATURE: Final = "no_signature"
NO_TEMPLATES: Final = "templates_unusable"  # none at all, whatever the text
# whoever a message is for → our code
OF_ACCOUNT: Final[Mapping[object, str]] = {NO_SIGNATURE: "signature_unusable", NO_TEMPLATES: NO_TEMPLATES}


class Wording(NamedTuple):
    """A signature and a template with its values: what is asked for instead of the text."""

    signature: str
    template: Filled


class Allowed(NamedTuple):
    """What may be used; whatever else the provider knows of is left out."""

    signatures: frozenset[str]
    templates: Templates

    def wording(self, text: str) -> Wording | str:
        """Or why there is none."""
        parts = signed(text)
        if parts is None or parts.signature not in self.signatures:
            return NO_SIGNATURE
        found = self.templates.fill(parts.body)
        if found is None:
            return NO_TEMPLATE if self.templates else NO_TEMPLATES
        return Wording(parts.signature, found)


@dataclass(slots=True)
class Wordings:
    """Threads may share it. `ask` raises RemoteError where the provider does not say what may be used."""

    ask: Callable[[], Allowed]
    clock: Clock
    _known: tuple[Allowed, datetime] | None = None
    _lock: Lock = field(default_factory=Lock)

    def of(self, texts: Collection[str]) -> Mapping[str, Wording | str]:
        """For each text its wording, or why there is none. Raises what `ask` raises."""
        found = self._of(texts, BELIEVED)
        if any(isinstance(each, str) for each in found.values()):
            found = self._of(texts, ASKED_ANEW)
        if all(isinstance(each, str) for each in found.values()):
            # others of the account may have asked a moment before whoever lets it go on had mended it
            found = self._of(texts, AT_ONCE)
        if all(isinstance(each, str) for each in found.values()):
            self.doubt()
        return found

    def doubt(self) -> None:
        """The provider refused what it had called usable."""
        with self._lock:
            self._known = None

    def _of(self, texts: Collection[str], believed: timedelta) -> Mapping[str, Wording | str]:
        allowed = self._allowed(believed)
        return {text: allowed.wording(text) for text in texts}

    def _allowed(self, believed: timedelta) -> Allowed:
        with self._lock:
            now = self.clock()
            # abs: after the clock was set back nobody knows how old it is
            if self._known is None or abs(now - self._known[1]) > believed:
                self._known = self.ask(), now
            return self._known[0]


def plain(wordings: Mapping[str, Wording | str]) -> Mapping[str, Wording | str]:
    """Without those a value of which a provider might take for a placeholder: an older document says that TOP replaces

    ${url} within values, and then nobody would read what was checked.
    """
    return {text: NO_TEMPLATE if _replaceable(wording) else wording for text, wording in wordings.items()}


def _replaceable(wording: Wording | str) -> bool:
    return isinstance(wording, Wording) and any("${" in value for _, value in wording.template.values)
