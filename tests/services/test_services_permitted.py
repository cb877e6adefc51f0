"""Whatever a service changes for a person asks that person's role first, in the app as it is wired."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import NotPermitted
from campaign_app.domain.team import Permission, Person, Role
from campaign_app.services.permitted import Permitted
from campaign_app.wiring import App, wire
from tests.helpers.fresh import KEY, fresh_folder

# what names who did it and changes nothing: copies for oneself, masked or of counts only
OPEN = {"Members.export", "Courses.export", "Courses.note_export"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Of somebody with no role at all."""
    with bootstrap.open_app(fresh_folder(tmp_path / "workspace"), MemoryKeeper(KEY)) as opened:
        nobody = replace(opened.workspace, person=Person("nobody", frozenset()))
        yield wire(nobody, opened.keeper, opened.offset)


def changing(app: App) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every method of a wired service that asks for who does it, or that says that it needs a permission."""
    for each in fields(app):
        service = getattr(app, each.name)
        if not type(service).__module__.startswith("campaign_app.services"):
            continue
        for name, method in inspect.getmembers(service, inspect.ismethod):
            if name.startswith("_") or name == "used_by":
                continue
            if "actor" in inspect.signature(method).parameters or hasattr(method, "__wrapped__"):
                yield f"{type(service).__name__}.{name}", method


def test_nobody_without_a_role_changes_anything(app: App) -> None:
    found = {name: method for name, method in changing(app) if name not in OPEN}
    assert len(found) > 35
    for name, method in found.items():
        given = {
            each.name: None
            for each in inspect.signature(method).parameters.values()
            if each.default is each.empty and each.kind is not each.VAR_KEYWORD
        }
        with pytest.raises(NotPermitted):
            method(**given)
        assert isinstance(method.__self__, Permitted), name


def test_every_service_that_asks_is_wired_to_whoever_uses_the_app(app: App) -> None:
    services = [getattr(app, each.name) for each in fields(app)]
    asking = [service for service in services if isinstance(service, Permitted)]
    assert len(asking) >= 16
    assert all(service.person is app.person for service in asking)


def test_nobody_puts_down_or_ends_a_job_that_is_not_theirs(app: App) -> None:
    store = app.workspace.jobs
    job = store.enqueue("import", {}, app.clock())
    for attempt in (
        lambda: app.jobs.enqueue("sync", {"account_id": 1}, app.clock()),
        lambda: app.jobs.set_state(job.id, "cancelled"),
        lambda: app.jobs.set_progress(job.id, 1, 2),
        lambda: app.jobs.forget([job.id]),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert [each.id for each in app.jobs.open_jobs()] == [job.id]
    assert app.jobs.ended_jobs(5) == app.jobs.ended(app.clock(), 5) == ()
    operator = replace(app.workspace, person=Person("anna", frozenset({Role.OPERATOR})))
    theirs = wire(operator, app.keeper, app.offset).jobs
    theirs.set_state(job.id, "cancelled")
    assert theirs.job(job.id).state == "cancelled"
    with pytest.raises(NotPermitted) as caught:
        theirs.enqueue("dispatch", {"campaign_id": 1}, app.clock())
    assert caught.value.facts["permission"] == Permission.WORK
    worker = replace(app.workspace, person=Person("svc", frozenset({Role.WORKER})))
    own = wire(worker, app.keeper, app.offset).jobs
    made = own.enqueue("dispatch", {"campaign_id": 1}, app.clock())
    own.set_progress(made.id, 1, 2)
    own.forget([made.id])
    assert own.job(made.id).progress == 1, "one that is open is not forgotten"
