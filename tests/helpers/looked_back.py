"""Look-backs over what a staged workspace has sent, gone through in the test's own process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from campaign_app import parts
from campaign_app.domain.consent import ConsentMethod, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.lookback import Run, RunState, Scope
from campaign_app.jobs import lookback
from campaign_app.services.sent_texts import LookedAt
from tests.fakes.remotes import ENTITY
from tests.helpers.staged import Staged


def go_through(staged: Staged, run_id: int, windows: int = 99) -> Run:
    """What the worker would do of a run; with fewer windows only a part of it."""
    workspace = staged.app.workspace
    profiles = parts.profiles_of(workspace, staged.app.clock)
    texts = parts.texts_of(workspace, parts.rules_of(workspace, staged.app.clock).engine, profiles)
    staged.shop.clock.now = staged.app.clock()
    context = replace(staged.shop.context, sent_texts=LookedAt(texts))
    more, *_ = lookback.look_some(context, run_id, windows, lookback.Walk())
    if not more:
        lookback.end(context, run_id)
    for job in workspace.jobs.open_jobs():
        workspace.jobs.set_state(job.id, "done")
    return workspace.lookbacks.run(run_id)


def spoil(staged: Staged) -> None:
    """Somebody has opted out since, and somebody's consent turns out to be one by default."""
    workspace, account = staged.app.workspace, staged.account
    key = workspace.phone_keys.of_ref(CustomerRef(account, "c00000"))
    since = staged.app.clock() + timedelta(hours=1)
    workspace.suppressions.add([Suppression(ENTITY, key, SuppressionKind.OPT_OUT, since, "reply")])
    ids = workspace.customers.ids_of_refs(account, ["c00005"])
    ((_, fact),) = workspace.facts.latest(list(ids.values())).values()
    later = fact.checked_at and fact.checked_at + timedelta(seconds=1)
    workspace.facts.append([replace(fact, method=ConsentMethod.REGISTRATION_DEFAULT, checked_at=later)], [])


def looked_back(staged: Staged) -> Run:
    """A finished look-back over everything."""
    now = staged.app.clock()
    scope = Scope(now - timedelta(days=90), now + timedelta(days=1))
    run = staged.app.workspace.lookbacks.begin(scope, asked_by="王", at=now)
    done = go_through(staged, run.id)
    assert done.state is RunState.DONE
    return done
