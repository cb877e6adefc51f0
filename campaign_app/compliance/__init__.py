"""The compliance engine: texts, signatures and schedules against rules that are data."""

from __future__ import annotations

from campaign_app.compliance.engine import CheckResult, Engine, engine_of
from campaign_app.compliance.fixes import Fix, apply_edits, fixes_for
from campaign_app.compliance.menders import Edit
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.packs import RuleSet, load_all
from campaign_app.compliance.refused import PackError
from campaign_app.compliance.rule import Case, Rule
from campaign_app.compliance.segments import Segments, cn_segments, cut_marks, gsm_segments
from campaign_app.compliance.template import Template

__all__ = [
    "Case",
    "CheckRequest",
    "CheckResult",
    "Edit",
    "Engine",
    "Fix",
    "PackError",
    "Rule",
    "RuleSet",
    "Segments",
    "Sender",
    "Template",
    "apply_edits",
    "cn_segments",
    "cut_marks",
    "engine_of",
    "fixes_for",
    "gsm_segments",
    "load_all",
]
