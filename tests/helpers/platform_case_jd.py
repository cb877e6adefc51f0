"""JD under the fail-closed suite: a platform that can only veto, one person by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from campaign_app.conformance.adapters import OpenEnd, PlatformCase, Running, Spoilt, renamed
from campaign_app.conformance.adapters.tampering import Spoil, edit
from campaign_app.domain.consent import ConsentStatus
from campaign_app.platforms.jd.gateway import ROUTER
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import account_of, connected, everybody, jd_calls

SCAN = "jingdong_crm_member_scan_responce"
IN_VENDER = "jingdong_pop_crm_getMemberInVender_responce"


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=300) as sandbox:
        account, secret = account_of(sandbox, "jd", calls_per_second="1000")
        with connected(sandbox, "jd") as client:
            refs = everybody(client)
        lapsed = refs[3:20:4]
        for ref in refs[:20]:
            jd_calls(sandbox, ref, 3 if ref in lapsed else 1)
        yield Running(
            account=account,
            secret=secret,
            people=len(set(refs) - set(lapsed)),
            refused=dict.fromkeys(refs[:20], ConsentStatus.UNKNOWN),
            vetoed=dict.fromkeys(lapsed, "not_a_member"),
            simulator=sandbox,
        )


def _status(value: Any) -> Spoil:
    def change(page: Any) -> None:
        if IN_VENDER in page:
            page[IN_VENDER]["getmemberinvender_result"] = {"customerInfoEs": {"customerStatus": value}}

    return edit(ROUTER, change)


def _scan(**fields: Any) -> Spoil:
    """A page of members with other fields; `...` takes one away."""

    def change(page: Any) -> None:
        result = page[SCAN]["crm_member_scan_result"]
        result.update(fields)
        for name in [name for name, value in fields.items() if value is ...]:
            del result[name]

    return edit(ROUTER, change)


def case() -> PlatformCase:
    return PlatformCase(
        name="jd",
        strangers=50,
        start=_start,
        spoilt=(
            Spoilt("unknown status", 1, _status(7)),
            Spoilt("null status", 1, _status(None)),
            Spoilt("status in words", 1, _status("confirmed")),
            Spoilt("no envelope", 1, edit(ROUTER, lambda page: {"something": page.get(IN_VENDER)})),
            Spoilt("an error beside the answer", 1, edit(ROUTER, lambda page: {**page, "error_response": {}})),
        ),
        open_ends=(
            OpenEnd("customers", "no total", _scan(total_result=...)),
            OpenEnd("customers", "null for a total", _scan(total_result=None)),
            OpenEnd("customers", "an empty page that goes on", _scan(crm_members=[])),
            OpenEnd("customers", "more, and no way on", _scan(scroll_id="", total_result=10_000)),
            OpenEnd("customers", "no members at all", _scan(crm_members=...)),
        ),
        drifted=renamed("crm_members"),
    )
