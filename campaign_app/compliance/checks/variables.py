"""The `variables_*` kinds: nothing is left unfilled, and nothing empty is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from campaign_app.compliance.checks.base import Builder, simple
from campaign_app.compliance.subject import Hit, Subject

# ours without a value, and what other providers' systems fill: ${x} {{x}} {1} #x# %s &param1;
_LEFT_OVER: Final = re.compile(
    r"\$?\{{1,3}[^{}\n]{0,40}\}{1,3}|#[A-Za-z][A-Za-z0-9_.]{0,39}#|%[sd](?![A-Za-z0-9])|%\d\$[sd]"
    r"|&[A-Za-z][A-Za-z0-9_]{0,39};|\[\[[A-Za-z_]\w{0,39}\]\]|<%=?.{0,40}?%>"
)
_EMPTY: Final = re.compile(r"\s*(?:null|undefined|none|nan|nil|n/a|\(null\)|<null>|#n/a|nat)\s*", re.IGNORECASE)


def unfilled(subject: Subject) -> Iterator[Hit]:
    text = subject.rendered.text
    for match in _LEFT_OVER.finditer(text):
        yield subject.body_hit(*match.span())
    for span in subject.value_spans:
        if _EMPTY.fullmatch(text[span.start : span.end]):
            yield subject.body_hit(span.start, span.end)


def unwelcome(subject: Subject) -> Iterator[Hit]:
    """Variables side by side, a template of nothing else, or any at all where the provider takes none."""
    template = subject.template
    if template.names and (template.adjacent or not template.fixed.strip() or not subject.provider.variables_allowed):
        yield Hit()


KINDS: Final[dict[str, Builder]] = {
    "variables_unfilled": simple(unfilled),
    "variables_unwelcome": simple(unwelcome, fixed=True),
}
