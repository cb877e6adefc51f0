"""The compliance engine: texts, signatures and schedules against rules that are data."""

from __future__ import annotations

from campaign_app.compliance.engine import CheckResult, Engine, check
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.packs import PackError, RuleSet, load_all
from campaign_app.compliance.rule import Case, Rule
from campaign_app.compliance.segments import Segments, cn_segments, cut_marks, gsm_segments
from campaign_app.compliance.template import Template

__all__ = [
    "Case",
    "CheckRequest",
    "CheckResult",
    "Engine",
    "PackError",
    "Rule",
    "RuleSet",
    "Segments",
    "Sender",
    "Template",
    "check",
    "cn_segments",
    "cut_marks",
    "gsm_segments",
    "load_all",
]
