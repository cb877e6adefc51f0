"""What became of a campaign by the workspace and by the sandbox, and in what they or the files are wrong."""

from __future__ import annotations

from typing import Any, Final

import requests
import sqlalchemy as sa

from campaign_app.domain.campaign import CampaignState
from campaign_app.storage.integrity import check_integrity
from campaign_app.storage.schema_sending import ledger, ledger_latest
from campaign_app.storage.workspace import Workspace

CAMPAIGN: Final = 1  # the only one of its workspace
_REACHED: Final = frozenset({"accepted", "delivered", "failed"})
_NEVER_LEFT: Final = frozenset({"rejected", "withheld"})
_PENDING: Final = sa.text("SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')")


def inspect(workspace: Workspace, url: str, expected: frozenset[str]) -> dict[str, Any]:
    """What became of the campaign by the workspace and by the sandbox, and in what they or the files are wrong."""
    check_integrity(workspace)
    said = requests.get(f"{url}/ledger", timeout=30).json()
    accepted = [row["message_id"] for row in requests.get(f"{url}/ledger/rows?limit=10000", timeout=30).json()["rows"]]
    campaign, funnel = workspace.campaigns.campaign(CAMPAIGN), workspace.campaigns.funnel(CAMPAIGN)
    ours = _outcomes(workspace)
    reached = {message for message, outcome in ours.items() if outcome in _REACHED}
    unsure = {message for message, outcome in ours.items() if outcome not in _REACHED | _NEVER_LEFT}
    done = campaign.state is CampaignState.DONE
    wrong = {
        "doubled": bool(said["doubled"]) or len(set(accepted)) != len(accepted),
        "unconfirmed": bool(said["unconfirmed"]),
        "lost": done and len(ours) != funnel.get("ok", 0),
        "others than without a fault": bool(expected) and done and set(accepted) != expected,
        "ledgers differ": not reached <= set(accepted) <= reached | unsure,
        "no outcome": done and bool(unsure),
        "no reason": not done and not campaign.state_note,
        "not in the audit": done and not {"campaign.approved", "campaign.scheduled"} <= _noted(workspace),
        "integrity": _damaged(workspace),
        "flow left": bool(flows_left(workspace)),
    }
    broken = [name for name, holds in wrong.items() if holds]
    return {"state": campaign.state.value, "note": campaign.state_note, "reached": accepted, "broken": broken}


def _outcomes(workspace: Workspace) -> dict[str, str | None]:
    latest = ledger_latest.c
    same = sa.and_(latest.campaign_id == ledger.c.campaign_id, latest.ledger_id == ledger.c.id)
    rows = sa.select(ledger.c.message_id, latest.outcome).outerjoin(ledger_latest, same)
    with workspace.database.read() as connection:
        return {row.message_id: row.outcome for row in connection.execute(rows)}


def _noted(workspace: Workspace) -> set[str]:
    return {entry.action for entry in workspace.audit.entries(limit=1_000)}


def _damaged(workspace: Workspace) -> bool:
    """By SQLite's own full look; `check_integrity` raises for pages, keys and the chain of the audit."""
    for engine in (workspace.database.engine, workspace.flows):
        with engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").all() != [("ok",)]:
                return True
    return False


def flows_left(workspace: Workspace) -> int:
    """How many flows have not ended by what DBOS keeps; each ends a moment after its job."""
    with workspace.flows.connect() as connection:
        return int(connection.execute(_PENDING).scalar_one())
