"""The one place that knows every adapter: what the services of an open workspace are made of.

Heavy libraries are imported when a workspace is wired, never when this module is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from typing import TYPE_CHECKING, Any

from campaign_app.domain.ports import Clock, JobStore
from campaign_app.domain.team import Permission, Person

if TYPE_CHECKING:
    from campaign_app.compliance import Engine
    from campaign_app.credentials import KeyKeeper
    from campaign_app.evidence.desk import Evidence
    from campaign_app.printing.reporting import Reporting
    from campaign_app.reports.case_pack import CasePacks
    from campaign_app.services.accounts import Accounts
    from campaign_app.services.answers import Answers
    from campaign_app.services.audiences import Audiences
    from campaign_app.services.campaigns import Campaigns
    from campaign_app.services.case_file import CaseFiles
    from campaign_app.services.complaints import Complaints
    from campaign_app.services.composing import Composing
    from campaign_app.services.courses import Courses
    from campaign_app.services.filings import Filings
    from campaign_app.services.following import Following
    from campaign_app.services.import_parts import Beside
    from campaign_app.services.imports import Imports
    from campaign_app.services.lifting import Lifting
    from campaign_app.services.lookback import LookBacks
    from campaign_app.services.members import Members
    from campaign_app.services.money import Money
    from campaign_app.services.opt_outs import OptOuts
    from campaign_app.services.peaks import Peaks
    from campaign_app.services.people import People
    from campaign_app.services.policies import Policies
    from campaign_app.services.preflight import Preflights
    from campaign_app.services.profiles import Profiles
    from campaign_app.services.replies import Replies
    from campaign_app.services.rules import Rules
    from campaign_app.services.staff_numbers import StaffNumbers
    from campaign_app.services.stated import StatedTemplates
    from campaign_app.services.subjects import Subjects
    from campaign_app.services.suppressing import Suppressing
    from campaign_app.services.templates import Templates
    from campaign_app.services.test_messages import TestMessages
    from campaign_app.services.texts import Texts
    from campaign_app.services.trends import Trends
    from campaign_app.services.unread_replies import UnreadReplies
    from campaign_app.services.wordings import ConsentWordings
    from campaign_app.settings import Settings
    from campaign_app.storage.workspace import Workspace


def system_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 the one place that hands out real time


def wait(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 the one place that hands out real time


def shifted_clock(offset: timedelta) -> Clock:
    """The clock of a demo, which plays by day even at night."""
    return lambda: system_clock() + offset


@dataclass(frozen=True, slots=True)
class App:
    """The services of one open workspace, as the window and the command line use them."""

    workspace: Workspace
    keeper: KeyKeeper = field(repr=False)
    accounts: Accounts
    audiences: Audiences
    campaigns: Campaigns
    composing: Composing
    filings: Filings
    rules: Rules
    profiles: Profiles
    imports: Imports
    lookbacks: LookBacks
    people: People
    members: Members
    courses: Courses
    money: Money
    peaks: Peaks
    preflights: Preflights
    policies: Policies
    opt_outs: OptOuts
    following: Following
    replies: Replies
    stated: StatedTemplates
    answers: Answers
    complaints: Complaints
    case_packs: CasePacks
    case_files: CaseFiles
    suppressing: Suppressing
    lifting: Lifting
    trends: Trends
    templates: Templates
    staff_numbers: StaffNumbers
    test_messages: TestMessages
    unread: UnreadReplies
    wordings: ConsentWordings
    subjects: Subjects
    evidence: Evidence
    reporting: Reporting
    jobs: JobStore
    clock: Clock
    wait: Callable[[float], None]
    offset: timedelta = timedelta(0)  # by which the clock of a demo is shifted

    @property
    def person(self) -> Person:
        """Who works with it, and in which roles."""
        return self.workspace.person

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.workspace.close()


def wire(workspace: Workspace, keeper: KeyKeeper, offset: timedelta) -> App:
    """The services of a workspace that is open; the app closes it. Only a demo's clock is shifted by `offset`."""
    from campaign_app.jobs.tabular import open_table
    from campaign_app.platforms import Offers
    from campaign_app.proving import case_packs_of, courses_of, evidence_of, members_of, peaks_of, reporting_of
    from campaign_app.services.accounts import Accounts
    from campaign_app.services.answers import Answers
    from campaign_app.services.asked_jobs import AskedJobs
    from campaign_app.services.audiences import Audiences
    from campaign_app.services.campaigns import Campaigns
    from campaign_app.services.case_file import CaseFiles
    from campaign_app.services.complaints import Complaints
    from campaign_app.services.composing import Composing
    from campaign_app.services.following import Following
    from campaign_app.services.lifting import Lifting
    from campaign_app.services.lookback import LookBacks
    from campaign_app.services.opt_outs import OptOuts
    from campaign_app.services.policies import Policies
    from campaign_app.services.replies import Replies
    from campaign_app.services.staff_numbers import StaffNumbers
    from campaign_app.services.stated import StatedTemplates
    from campaign_app.services.subjects import Subjects
    from campaign_app.services.suppressing import Suppressing
    from campaign_app.services.templates import Templates
    from campaign_app.services.trends import Trends
    from campaign_app.services.wordings import ConsentWordings

    clock = shifted_clock(offset) if offset else system_clock
    me, jobs = workspace.person, AskedJobs(workspace.jobs, workspace.person)
    rules, profiles = rules_of(workspace, clock), profiles_of(workspace, clock).used_by(me)
    engine = _engines(workspace, clock, rules)
    texts = texts_of(workspace, rules.engine, profiles)
    accounts = Accounts(
        store=workspace.accounts, secrets=workspace.secrets, clock=clock, make_client=_client(workspace, clock),
        offers=Offers(),
    ).used_by(me)  # fmt: skip
    campaigns = Campaigns(
        store=workspace.campaigns, inbox=workspace.inbox, texts=texts, audit=workspace.audit, clock=clock,
        hours=lambda: _hours(workspace), by_another=lambda: bool(load_settings(workspace).approval_by_another),
    ).used_by(me)  # fmt: skip
    audiences = Audiences(customers=workspace.customers, store=workspace.audiences, clock=clock).used_by(me)
    complaints = Complaints(workspace.complaints, clock, workspace.phone_keys).used_by(me)
    opt_outs = OptOuts(workspace.opt_outs, clock, workspace.accounts, workspace.jobs).used_by(me)
    numbers = workspace.opt_outs, workspace.suppressions, workspace.accounts, workspace.phone_keys
    money, evidence = _money(workspace, clock).used_by(me), evidence_of(workspace, clock, rules)
    composing = Composing(
        texts=texts,
        engine=engine,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
        readings=workspace.readings,
        clock=clock,
        contracted=money.price_of,
    ).used_by(me)
    return App(
        workspace=workspace,
        keeper=keeper,
        accounts=accounts,
        audiences=audiences,
        campaigns=campaigns,
        composing=composing,
        filings=_filings(workspace, clock, engine, profiles).used_by(me),
        rules=rules,
        profiles=profiles,
        imports=imports_of(workspace, clock).used_by(me),
        lookbacks=LookBacks(workspace, jobs, clock).used_by(me),
        members=members_of(workspace, clock),
        courses=courses_of(workspace, clock),
        people=_people(workspace, clock),
        money=money,
        peaks=peaks_of(workspace, clock, campaigns, accounts, opt_outs).used_by(me),
        preflights=_preflights(workspace, campaigns, money, accounts, _speaking(workspace, engine, profiles), clock),
        policies=Policies(store=workspace.accounts, clock=clock).used_by(me),
        opt_outs=opt_outs,
        following=Following(workspace.accounts, workspace.opt_outs, workspace.audit),
        replies=Replies(workspace.accounts, clock).used_by(me),
        stated=StatedTemplates(workspace.accounts, clock).used_by(me),
        answers=Answers(workspace.answers, workspace.accounts, opt_outs.untold, workspace.phone_keys),
        complaints=complaints,
        case_packs=case_packs_of(workspace, clock, complaints, evidence).used_by(me),
        case_files=CaseFiles(complaints, open_table, clock).used_by(me),
        suppressing=Suppressing(*numbers, open_table, clock).used_by(me),
        lifting=Lifting(workspace.suppressions, workspace.facts, clock).used_by(me),
        trends=Trends(workspace.trends, workspace.campaigns, workspace.accounts, audiences.saved, clock),
        templates=Templates(accounts),
        staff_numbers=StaffNumbers(workspace.staff, clock).used_by(me),
        test_messages=_test_messages(workspace, texts, clock).used_by(me),
        unread=unread_of(workspace, clock).used_by(me),
        evidence=evidence,
        reporting=reporting_of(workspace, clock, rules),
        wordings=ConsentWordings(workspace.wordings, workspace.accounts, clock).used_by(me),
        subjects=Subjects(workspace, clock).used_by(me),
        jobs=jobs,
        clock=clock,
        wait=wait,
        offset=offset,
    )


def _filings(workspace: Workspace, clock: Clock, engine: Callable[[str], Engine], profiles: Profiles) -> Filings:
    from campaign_app.services.filings import Filings

    return Filings(workspace.filings, workspace.accounts, workspace.campaigns, clock, engine, profiles.of)


def _money(workspace: Workspace, clock: Clock) -> Money:
    from campaign_app.services.money import Money

    return Money(store=workspace.money, accounts=workspace.accounts, clock=clock)


def _preflights(
    workspace: Workspace,
    campaigns: Campaigns,
    money: Money,
    accounts: Accounts,
    texts: Callable[[str], Texts],
    clock: Clock,
) -> Preflights:
    from campaign_app.platforms.abilities import abilities_of
    from campaign_app.services.preflight import Preflights

    return Preflights(
        campaigns=workspace.campaigns,
        accounts=workspace.accounts,
        clock=clock,
        texts=texts,
        warnings=campaigns.warnings,
        hours=lambda: _hours(workspace),
        max_age=lambda: timedelta(minutes=load_settings(workspace).max_consent_age_minutes),
        abilities=abilities_of,
        spending=money.spending,
        editor=campaigns.editor,
        ends=accounts.ends,
        is_approved=campaigns.is_approved,
        may_approve=lambda login: Person(login, workspace.roles_of(login)).may(Permission.APPROVE),
    )


def _test_messages(workspace: Workspace, texts: Texts, clock: Clock) -> TestMessages:
    from campaign_app.services.test_messages import Stores, TestMessages

    stores = Stores(workspace.staff, workspace.campaigns, workspace.customers, workspace.accounts, workspace.jobs)

    def limits() -> tuple[int, tuple[time_of_day, time_of_day]]:
        settings = load_settings(workspace)
        return settings.tests_per_day, (settings.window_opens, settings.window_closes)

    return TestMessages(stores, texts, clock, limits)


def _hours(workspace: Workspace) -> tuple[time_of_day, time_of_day]:
    settings = load_settings(workspace)
    return settings.window_opens, settings.window_closes


def imports_of(workspace: Workspace, clock: Clock, beside: Beside | None = None) -> Imports:
    from campaign_app.jobs.tabular import open_table
    from campaign_app.services.import_parts import nobody
    from campaign_app.services.imports import Imports
    from campaign_app.storage.host import place_id

    def seen() -> bool:
        takers = workspace.home.takers()
        return takers is None or takers.see(place_id())

    return Imports(
        store=workspace.imports,
        settings=workspace.accounts,
        open_table=open_table,
        clock=clock,
        place=place_id() if workspace.shared else "",
        seen=seen,
        beside=beside or nobody,
    )


def _people(workspace: Workspace, clock: Clock) -> People:
    from campaign_app.services.people import People

    return People(
        store=workspace.people,
        customers=workspace.customers,
        facts=workspace.facts,
        suppressions=workspace.suppressions,
        subjects=workspace.subjects,
        accounts=workspace.accounts,
        phone_keys=workspace.phone_keys,
        clock=clock,
    )


def _client(workspace: Workspace, clock: Clock) -> Callable[..., Any]:
    from campaign_app.platforms import Shared, client_of
    from campaign_app.storage.secrets import AccountSecrets

    secrets, account_of = AccountSecrets(workspace.secrets), workspace.accounts.account
    shared = Shared(bans=workspace.bans)
    return lambda account, secret: client_of(
        account, secret, clock, secrets=secrets, account_of=account_of, shared=shared
    )


def rules_of(workspace: Workspace, clock: Clock, language: str = "zh_CN") -> Rules:
    """The rules in force, speaking a language."""
    from campaign_app import assets
    from campaign_app.services.rules import Rules

    return Rules(
        shipped=assets.path("rules"),
        own=workspace.folder / "rules",
        settings=workspace.accounts,
        clock=clock,
        language=language,
    ).used_by(workspace.person)


def _engines(workspace: Workspace, clock: Clock, rules: Rules) -> Callable[[str], Engine]:
    """By language; another one than `rules` speak is read when somebody first wants it."""
    speaking = {"zh_CN": rules}

    def engine(language: str) -> Engine:
        if language not in speaking:
            speaking[language] = rules_of(workspace, clock, language)
        return speaking[language].engine()

    return engine


def profiles_of(workspace: Workspace, clock: Clock) -> Profiles:
    from campaign_app.services.profiles import Profiles

    return Profiles(settings=workspace.accounts, clock=clock)


def _speaking(workspace: Workspace, engine: Callable[[str], Engine], profiles: Profiles) -> Callable[[str], Texts]:
    """Texts whose findings are in a language."""
    return lambda language: texts_of(workspace, partial(engine, language), profiles)


def unread_of(workspace: Workspace, clock: Clock) -> UnreadReplies:
    from campaign_app.services.unread_replies import UnreadReplies

    return UnreadReplies(workspace.accounts, workspace.secrets, clock)


def texts_of(workspace: Workspace, engine: Callable[[], Engine], profiles: Profiles) -> Texts:
    from campaign_app.services.texts import Texts

    return Texts(
        engine=engine,
        profile=profiles.of,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
    )


def load_settings(workspace: Workspace) -> Settings:
    """The workspace's settings; raises SettingsError if a stored one is out of its limits."""
    from campaign_app import settings

    return settings.load(workspace.accounts.settings(settings.NAMES).get)
