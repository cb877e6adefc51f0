"""One of several workers: what it takes of the jobs, and what it leaves to whoever leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from campaign_app.domain.campaign import CampaignState
from campaign_app.jobs.sharing import QUEUES, WHOLE, Share, place_of, queue_of
from campaign_app.jobs.worker import Worker
from campaign_app.services.preflight import HEARTBEAT
from tests.helpers.shop import NOW, Shop
from tests.jobs.started import Started


def test_every_kind_of_job_stands_in_one_queue() -> None:
    kinds = [kind for each in QUEUES.values() for kind in each]
    assert len(kinds) == len(set(kinds))
    assert len(kinds) == 10, "as many as `jobs.flows` runs"
    assert queue_of("test") == "send"


def test_one_that_does_not_lead_begins_nothing_by_itself(shop: Shop) -> None:
    shop.add_account(1)
    shop.campaign()
    started, leading = Started(), [False]
    worker = Worker(shop.context, started, share=replace(WHOLE, leads=lambda: leading[0]))
    assert not worker.tick()
    assert shop.workspace.accounts.setting(HEARTBEAT, None) is None
    job = shop.workspace.jobs.enqueue("sync", {"account_id": 1}, NOW)
    assert worker.tick()
    assert [kind for kind, _ in started] == ["sync"], "but it takes what is there"
    leading[0] = True
    shop.workspace.jobs.set_state(job.id, "done")
    worker.tick()
    assert {kind for kind, _ in started} == {"sync", "dispatch", "poll"}


def test_it_takes_of_its_queues_as_much_as_it_has_room_for(shop: Shop) -> None:
    jobs, active, started = shop.workspace.jobs, set[int](), Started()
    share = Share("worker-2", frozenset({"send", "poll"}), 2, lambda: False, lambda: active)
    worker = Worker(shop.context, started, share=share)
    sends = [jobs.enqueue("dispatch", {"campaign_id": n}, NOW).id for n in range(3)]
    jobs.enqueue("import", {"import_id": 1, "chunks": 1}, NOW)
    worker.tick()
    assert started == [("dispatch", 0), ("dispatch", 1)]
    active |= set(sends[:2])
    jobs.enqueue("poll", {"account_id": 9}, NOW)
    worker.tick()
    assert started[2:] == [("poll", 9)], "no campaign keeps a reply from being read"
    active.discard(sends[0])
    jobs.set_state(sends[0], "done")
    worker.tick()
    assert started[3:] == [("dispatch", 2)], "at once, not by the clock"
    assert [job.state for job in jobs.open_jobs()] == ["running", "running", "queued", "running"]


def test_a_file_is_imported_where_it_lies(shop: Shop) -> None:
    jobs = shop.workspace.jobs
    begun = {"chunks": 1, "place": "here"}
    first, second, third = (
        jobs.enqueue("import", {"import_id": n, **args}, NOW)
        for n, args in enumerate((begun, {**begun, "place": "there"}, {"chunks": 1}))
    )
    share = Share("worker-2", frozenset({"import"}), 8, lambda: False, place="here")
    Worker(shop.context, Started(), share=share).tick()
    states = [jobs.job(each.id).state for each in (first, second, third)]
    assert states == ["running", "queued", "running"], "and by anybody where nothing is said of a place"
    assert [place_of(each) for each in (first, second, third)] == ["import-here", "import-there", "import"]
    assert share.places == ("import", "import-here")
    assert replace(share, queues=frozenset({"send"})).places == ("send",)
    assert WHOLE.takes(second), "whoever is alone, such as after a move, tries"


def test_whoever_leads_looks_every_second_for_work_that_nobody_does(shop: Shop) -> None:
    kinds = list[str | None]()
    job = shop.workspace.jobs.enqueue("poll", {"account_id": 1}, NOW)

    def take_over(kind_of: Callable[[int], str | None]) -> None:
        kinds.extend((kind_of(job.id), kind_of(job.id + 1)))

    worker = Worker(shop.context, Started(), share=replace(WHOLE, take_over=take_over))
    for _ in range(4):
        worker.tick()
        shop.clock.advance(0.5)
    assert kinds == ["poll", None] * 2


def test_a_campaign_that_a_worker_cannot_take_is_left_where_it_is(shop: Shop) -> None:
    shop.add_account(1)
    campaign = shop.campaign()
    Worker(shop.context, Started(), share=replace(WHOLE, queues=frozenset({"poll"}))).tick()
    assert shop.state(campaign.id) == (CampaignState.SENDING, "")


def test_a_campaign_that_waits_for_a_place_is_told_of(shop: Shop) -> None:
    jobs, told = shop.workspace.jobs, list[bool]()
    share = Share("worker-2", frozenset({"send"}), 1, lambda: False, tuple, crowd=told.append)
    for n in range(2):
        jobs.enqueue("dispatch", {"campaign_id": n}, NOW)
    busy = replace(share, active=lambda: {job.id for job in jobs.open_jobs() if job.state == "running"})
    worker = Worker(shop.context, Started(), share=busy)
    worker.tick()
    shop.clock.advance(4)
    worker.tick()
    assert told == [False, False], "another worker may have a place"
    shop.clock.advance(1)
    worker.tick()
    jobs.set_state(jobs.open_jobs()[0].id, "done")
    worker.tick()
    assert told[2:] == [True, False]


def test_what_gave_way_stands_behind_the_others_at_once(shop: Shop) -> None:
    shop.add_account(1)
    campaign, jobs = shop.campaign(), shop.workspace.jobs
    worker = Worker(shop.context, Started())

    def ended(how: str) -> int:
        """How many jobs of the campaign there are, once the last ended so."""
        worker.tick()
        (last,) = (job for job in jobs.open_jobs() if job.kind == "dispatch")
        jobs.set_state(last.id, "done", result={"ended": how})
        worker.tick()
        return sum(job.kind == "dispatch" for job in jobs.open_jobs())

    assert [ended("gives_way"), ended("gives_way"), ended("stopped")] == [1, 1, 0]
    assert shop.state(campaign.id)[0] is CampaignState.SENDING


def test_what_left_its_place_since_it_only_waits_stands_behind_the_others_after_a_while(shop: Shop) -> None:
    shop.add_account(1)
    shop.campaign()
    jobs, worker = shop.workspace.jobs, Worker(shop.context, Started())
    begun = list[int]()
    for _ in range(40):  # half a second each
        worker.tick()
        for job in jobs.open_jobs():
            if job.kind == "dispatch":
                begun.append(job.id)
                jobs.set_state(job.id, "done", result={"ended": "leaves"})
        shop.clock.advance(0.5)
    assert len(begun) == 4, "every five seconds, whatever came before"
