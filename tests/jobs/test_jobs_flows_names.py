"""What DBOS has written down of flows that are under way stays readable to the program that goes on with them."""

from __future__ import annotations

import ast
import inspect

from campaign_app.jobs import flows
from campaign_app.jobs.flows import FLOWS_VERSION, Flows

WORKFLOWS = {"run", "dispatch_chunk"}
STEPS = {
    "end", "sync_signatures", "sync_page", "import_chunk", "import_end", "snapshot", "screen_chunk", "screen_end",
    "dispatch_batch", "dispatch_end", "pause", "reconcile_once", "poll_streams", "tell_some", "changes_once",
    "lookback_some", "lookback_failed", "lookback_end", "test_once",
}  # fmt: skip


def test_flows_and_steps_of_this_version_keep_their_names() -> None:
    """Recovery compares `Flows.sync_page` with what it finds: another name needs another FLOWS_VERSION, too."""
    durable = {
        node.name
        for node in ast.walk(ast.parse(inspect.getsource(flows)))
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    assert (FLOWS_VERSION, durable) == ("flows-4", WORKFLOWS | STEPS)
    assert {getattr(Flows, name).__qualname__ for name in durable} == {f"Flows.{name}" for name in durable}
