"""TOP under the fail-closed suite: a platform without consents, whose vetoes and silence are spoilt on their way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from campaign_app.conformance.adapters import OpenEnd, PlatformCase, Running, Spoilt, renamed
from campaign_app.conformance.adapters.tampering import Spoil, edit
from campaign_app.domain.consent import ConsentStatus
from campaign_app.transport.top.limits import PATH
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.top import connect_top, everybody

PEOPLE = 400
MEMBERS = "crm_members_get_privy_response"
LISTED = "crm_members_search_privy_response"
IDENTITY = "crm_member_identity_get_privy_response"


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=PEOPLE) as sandbox:
        shop = connect_top(sandbox)
        refs = [customer.ref for customer in everybody(shop.client())[0]]
        shop.close()
        for ref in refs[:40]:
            shop.member(ref)
        for ref in refs[40:45]:
            shop.member(ref, status="blacklist")
        refused = dict.fromkeys(refs[:40], ConsentStatus.UNKNOWN) | dict.fromkeys(refs[40:45], ConsentStatus.WITHDRAWN)
        yield Running(
            account=shop.account, secret=json.dumps(shop.kept), people=len(refs), refused=refused, simulator=shop
        )


def _inside(name: str, change: Callable[[dict[str, Any]], None]) -> Spoil:
    """Edits the answers to one method; those to others stay as they are."""

    def edited(page: Any) -> None:
        if name in page:
            change(page[name])

    return edit(PATH, edited)


def _put(name: str, **fields: Any) -> Spoil:
    return _inside(name, lambda answer: answer.update(fields))


def _drop(name: str, field: str) -> Spoil:
    return _inside(name, lambda answer: answer.pop(field))


def _row(**fields: Any) -> Spoil:
    def change(answer: dict[str, Any]) -> None:
        for row in answer["members"]["basic_member"]:
            row.update(fields)

    return _inside(MEMBERS, change)


def case() -> PlatformCase:
    return PlatformCase(
        name="top",
        strangers=50,
        start=_start,
        spoilt=(
            Spoilt("unknown status", 1, _row(status="vip")),
            Spoilt("null status", 1, _row(status=None)),
            Spoilt("null grade", 1, _row(grade=None)),
            Spoilt("another member", 1, _row(ouid="ou1ffffffff")),
            Spoilt("no members", 1, _drop(MEMBERS, "members")),
            Spoilt("members of another shape", 1, _put(MEMBERS, members="x")),
            Spoilt("no total", 1, _drop(MEMBERS, "total_result")),
            Spoilt("an answer to something else", 1, edit(PATH, lambda _: {"x_response": {}})),
            Spoilt("no result", 1, _drop(IDENTITY, "result")),
            Spoilt("unknown membership", 1, _put(IDENTITY, result={"member_info": {"bind_status": 7}})),
        ),
        open_ends=(
            OpenEnd("customers", "no total", _drop(LISTED, "total_result")),
            OpenEnd("customers", "null for a total", _put(LISTED, total_result=None)),
            OpenEnd("customers", "an empty page that goes on", _put(LISTED, members={"crm_member": []})),
            OpenEnd("customers", "more than there is", _put(LISTED, total_result=10**6)),
        ),
        drifted=renamed("total_result"),
        opt_in=rb"(?i)opt.?in\b|subscribe",
    )
