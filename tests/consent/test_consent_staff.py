"""The seal of staff numbers: who may get a test message, and that neither kind of recipient passes for the other."""

from __future__ import annotations

import ast
import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

import campaign_app
from campaign_app.consent.staff import StaffAsk, StaffRecipient, admit_staff
from campaign_app.domain.phone import Phone

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
ASK = StaffAsk("91330100MA2B00001X", 7, Phone("13800000001"), suppressed=False, sent_today=0, cap=1, now=NOW)


def test_a_registered_number_gets_a_sealed_recipient() -> None:
    found = admit_staff(ASK)
    assert isinstance(found, StaffRecipient)
    assert (found.staff_id, found.phone, found.decided_at) == (7, Phone("13800000001"), NOW)
    assert "13800000001" not in repr(found)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": None, "suppressed": True, "sent_today": 9}, "not_registered"),
        ({"suppressed": True, "sent_today": 9}, "staff_suppressed"),
        ({"sent_today": 1}, "test_cap"),
        ({"cap": 0}, "test_cap"),
    ],
)
def test_anybody_else_is_refused_for_the_first_reason(changes: dict[str, object], code: str) -> None:
    assert admit_staff(dataclasses.replace(ASK, **changes)) == code  # type: ignore[arg-type]


def test_nobody_else_can_make_one() -> None:
    with pytest.raises(TypeError, match=r"only consent\.staff\.admit_staff"):
        StaffRecipient("91330100MA2B00001X", 7, Phone("13800000001"), NOW)
    found = admit_staff(ASK)
    assert isinstance(found, StaffRecipient)
    with pytest.raises(TypeError):
        dataclasses.replace(found, phone=Phone("13800000002"))


@pytest.mark.no_cover
def test_only_the_store_of_registered_numbers_admits() -> None:
    root = Path(campaign_app.__file__).parent
    users = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.alias) and node.name == "admit_staff")
        or (isinstance(node, ast.Attribute) and node.attr == "admit_staff")
    }
    assert users == {"storage/staff.py"}
