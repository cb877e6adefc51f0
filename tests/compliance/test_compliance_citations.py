"""What a rule rests on: a citation that says “verified” can be looked up, and one that cannot says so everywhere."""

from __future__ import annotations

import re

import pytest

from campaign_app import assets
from campaign_app.compliance import Rule, load_all
from campaign_app.domain.finding import Citation

RULES = load_all(assets.path("rules")).rules
CITED = [(rule.id, dated.citation) for rule in RULES for dated in rule.citations]
# a page of a site, and not only the site
PAGE = re.compile(r"https://[^/\s]+/[^\s]{3,}")
# known from memory or from reports only: nobody has the text
FROM_MEMORY = (
    "第31号",
    "第74号",
    "网络交易监督管理办法",
    "银发〔2019〕316号",
    "2023年第6号",
    "2025年修订",
    "〔2021〕第3号",
)


@pytest.mark.parametrize(("rule", "citation"), CITED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_verified_names_its_article_and_the_page_where_it_was_read(rule: str, citation: Citation) -> None:
    if citation.verified:
        assert citation.article, rule
        assert PAGE.fullmatch(citation.url), rule
        assert citation.url.isascii(), rule
        assert not any(name in citation.law for name in FROM_MEMORY), rule


def test_most_of_them_are_verified() -> None:
    assert sum(citation.verified for _, citation in CITED) > 0.7 * len(CITED)


def test_the_draw_rule_cites_the_law_of_its_day() -> None:
    rule: Rule = next(rule for rule in RULES if rule.id == "PRZ-001")
    old, new = (dated for dated in rule.citations)
    assert old.citation.verified
    assert not new.citation.verified
    assert rule.citation_on(old.effective_to) == old.citation
    assert rule.citation_on(None) == rule.citation_on(new.effective_from) == new.citation
