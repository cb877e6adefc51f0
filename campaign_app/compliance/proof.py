"""A rule proves itself by its own cases: ours in the tests, a merchant's own before it is taken into use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.message import CheckRequest, request_from_json
from campaign_app.compliance.rule import Case, Rule

_USCC: Final = "91330100MA0000001X"
_FINAL: Final = re.compile(r"【([^【】]*)】(.*)", re.DOTALL)
_SOUND: Final[Mapping[str, Any]] = {
    "signature": {
        "owner": _USCC,
        "source": "company",
        "status": "approved",
        "carrier_filed": True,
        "scopes": ["retail", "finance", "membership"],
        "valid_until": "2027-12-31",
    },
    "sender": {"uscc": _USCC, "kind": "enterprise", "licences": []},
    "purpose": "retail",
    "industry": "general",
    "provider": "generic",
    "allowed_domains": ["anning.example"],
    "variables": {},
    "send_at": "2026-12-01T10:00:00+08:00",
}


def request_of(case: Case) -> CheckRequest:
    """The case's message: a sound one, but for the text and the fields that the case gives."""
    parts = _FINAL.fullmatch(case.text)
    signature, body = (parts[1], parts[2]) if parts else ("", case.text)
    line: dict[str, Any] = {name: dict(value) if isinstance(value, dict) else value for name, value in _SOUND.items()}
    line["body"] = body
    line["signature"]["text"] = signature
    line["sender"]["name"] = f"{signature}有限公司"
    for name, value in case.fields.items():
        line[name] = {**line[name], **value} if isinstance(value, dict) else value
    return request_from_json(line)


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that says something against its rule; `number` counts from 1."""

    rule: Rule
    number: int
    found: tuple[str, ...]
    wanted: tuple[str, ...]

    def __str__(self) -> str:
        case = f"{self.rule.pack}/{self.rule.id} case {self.number} ({self.rule.cases[self.number - 1].text})"
        return f"{case}: finds {self.found}, not {self.wanted}"


def failures(engine: Engine, rule: Rule) -> Iterator[Failure]:
    """What the rule's cases say against it; nothing if all is well."""
    for number, case in enumerate(rule.cases, 1):
        result = engine.check(request_of(case))
        found = tuple(finding.text for finding in result.findings if finding.rule_id == rule.id)
        if found != case.finds:
            yield Failure(rule, number, found, case.finds)
