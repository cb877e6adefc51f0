"""What all the messages of one request have in common, worked out once."""

from __future__ import annotations

from typing import Final

from campaign_app.compliance.lazy import lazy
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.segments import cn_segments
from campaign_app.compliance.template import Template

# no name is longer; a text of nothing else would be searched for it at every place
_LONGEST: Final = 100
# what a company calls itself beyond the words that customers know
_COMPANY_FORMS: Final = ("股份有限公司", "有限责任公司", "有限公司", "公司")


class Frame:
    def __init__(self, request: CheckRequest, provider: Provider, template: Template, table: FoldTable) -> None:
        self.request = request
        self.provider = provider
        self.template = template
        self.table = table
        self.head = f"【{request.signature.text}】"
        self.offset = len(self.head)

    @lazy
    def nameless(self) -> bool:
        """Whether the signature shows nothing."""
        return not self.table.text(self.request.signature.text).plain.strip()

    @lazy
    def own_names(self) -> tuple[str, ...]:
        """Folded names of the sender, longest first: words inside them claim nothing."""
        names = {self.request.signature.text, self.request.sender.name, short_name(self.request.sender.name)}
        folded = {self.table.phrase(name) for name in names}
        return tuple(sorted((name for name in folded if 1 < len(name) <= _LONGEST), key=len, reverse=True))

    @lazy
    def goods(self) -> tuple[tuple[str, int], ...]:
        """Folded names of the registered goods with the price of their page, in cents."""
        named = ((self.table.phrase(each.name), each.cents) for each in self.request.goods)
        return tuple((name, cents) for name, cents in named if len(name) > 1)

    @lazy
    def fixed_parts(self) -> int:
        """The parts of the text with every variable empty."""
        return cn_segments(self.head + self.template.fixed).segments


def short_name(name: str) -> str:
    """A company's name without its legal form."""
    for form in _COMPANY_FORMS:
        if name.endswith(form):
            return name.removesuffix(form)
    return name
