"""The services of an open workspace, put together. Heavy: `bootstrap` imports it when a workspace is opened.

With `working`, which does the same for the worker, the only module that knows every adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial

from campaign_app.app import App
from campaign_app.clocks import shifted_clock, system_clock, wait
from campaign_app.compliance import Engine
from campaign_app.credentials import KeyKeeper
from campaign_app.domain.customer import Account
from campaign_app.domain.ports import Clock, PlatformClient
from campaign_app.domain.team import Permission, Person
from campaign_app.jobs.tabular import open_table
from campaign_app.parts import imports_of, load_settings, profiles_of, rules_of, texts_of, unread_of
from campaign_app.platforms import Offers, Shared, client_of
from campaign_app.platforms.abilities import abilities_of
from campaign_app.proving import case_packs_of, courses_of, evidence_of, members_of, peaks_of, reporting_of
from campaign_app.services.accounts import Accounts
from campaign_app.services.answers import Answers
from campaign_app.services.asked_jobs import AskedJobs
from campaign_app.services.audiences import Audiences
from campaign_app.services.campaigns import Campaigns
from campaign_app.services.case_file import CaseFiles
from campaign_app.services.complaints import Complaints
from campaign_app.services.composing import Composing
from campaign_app.services.filings import Filings
from campaign_app.services.following import Following
from campaign_app.services.lifting import Lifting
from campaign_app.services.lookback import LookBacks
from campaign_app.services.money import Money
from campaign_app.services.opt_outs import OptOuts
from campaign_app.services.people import People
from campaign_app.services.policies import Policies
from campaign_app.services.preflight import Preflights
from campaign_app.services.profiles import Profile
from campaign_app.services.replies import Replies
from campaign_app.services.rules import Rules
from campaign_app.services.staff_numbers import StaffNumbers
from campaign_app.services.stated import StatedTemplates
from campaign_app.services.subjects import Subjects
from campaign_app.services.suppressing import Suppressing
from campaign_app.services.templates import Templates
from campaign_app.services.test_messages import Stores, TestMessages
from campaign_app.services.texts import Texts
from campaign_app.services.trends import Trends
from campaign_app.services.wordings import ConsentWordings
from campaign_app.storage.secrets import AccountSecrets
from campaign_app.storage.workspace import Workspace


def wire(workspace: Workspace, keeper: KeyKeeper, offset: timedelta) -> App:
    """The services of a workspace that is open; the app closes it. Only a demo's clock is shifted by `offset`."""
    clock = shifted_clock(offset) if offset else system_clock
    me = workspace.person
    jobs = AskedJobs(workspace.jobs, me)
    rules, profiles = rules_of(workspace, clock), profiles_of(workspace, clock).used_by(me)
    engine = _engines(workspace, clock, rules)
    texts = texts_of(workspace, rules.engine, profiles)

    def texts_in(language: str) -> Texts:
        return texts_of(workspace, partial(engine, language), profiles)

    accounts = _accounts(workspace, clock).used_by(me)
    campaigns = _campaigns(workspace, clock, texts).used_by(me)
    audiences = Audiences(customers=workspace.customers, store=workspace.audiences, clock=clock).used_by(me)
    complaints = Complaints(workspace.complaints, clock, workspace.phone_keys).used_by(me)
    opt_outs = OptOuts(workspace.opt_outs, clock, workspace.accounts, workspace.jobs).used_by(me)
    money = Money(store=workspace.money, accounts=workspace.accounts, clock=clock).used_by(me)
    evidence = evidence_of(workspace, clock, rules)
    return App(
        workspace=workspace,
        keeper=keeper,
        accounts=accounts,
        audiences=audiences,
        campaigns=campaigns,
        composing=_composing(workspace, clock, texts, engine, money).used_by(me),
        filings=_filings(workspace, clock, engine, profiles.of).used_by(me),
        rules=rules,
        profiles=profiles,
        imports=imports_of(workspace, clock).used_by(me),
        lookbacks=LookBacks(workspace, jobs, clock).used_by(me),
        members=members_of(workspace, clock),
        courses=courses_of(workspace, clock),
        people=_people(workspace, clock),
        money=money,
        peaks=peaks_of(workspace, clock, campaigns, accounts, opt_outs).used_by(me),
        preflights=_preflights(workspace, clock, campaigns, money, accounts, texts_in),
        policies=Policies(store=workspace.accounts, clock=clock).used_by(me),
        opt_outs=opt_outs,
        following=Following(workspace.accounts, workspace.opt_outs, workspace.audit),
        replies=Replies(workspace.accounts, clock).used_by(me),
        stated=StatedTemplates(workspace.accounts, clock).used_by(me),
        answers=Answers(workspace.answers, workspace.accounts, opt_outs.untold, workspace.phone_keys),
        complaints=complaints,
        case_packs=case_packs_of(workspace, clock, complaints, evidence).used_by(me),
        case_files=CaseFiles(complaints, open_table, clock).used_by(me),
        suppressing=_suppressing(workspace, clock).used_by(me),
        lifting=Lifting(workspace.suppressions, workspace.facts, clock).used_by(me),
        trends=Trends(workspace.trends, workspace.campaigns, workspace.accounts, audiences.saved, clock),
        templates=Templates(accounts),
        staff_numbers=StaffNumbers(workspace.staff, clock).used_by(me),
        test_messages=_test_messages(workspace, clock, texts).used_by(me),
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


def _engines(workspace: Workspace, clock: Clock, rules: Rules) -> Callable[[str], Engine]:
    """By language; another one than `rules` speak is read when somebody first wants it."""
    speaking = {"zh_CN": rules}

    def engine(language: str) -> Engine:
        if language not in speaking:
            speaking[language] = rules_of(workspace, clock, language)
        return speaking[language].engine()

    return engine


def _accounts(workspace: Workspace, clock: Clock) -> Accounts:
    secrets, account_of = AccountSecrets(workspace.secrets), workspace.accounts.account
    shared = Shared(bans=workspace.bans)

    def make_client(account: Account, secret: str) -> PlatformClient:
        return client_of(account, secret, clock, secrets=secrets, account_of=account_of, shared=shared)

    return Accounts(
        store=workspace.accounts, secrets=workspace.secrets, clock=clock, make_client=make_client, offers=Offers()
    )


def _campaigns(workspace: Workspace, clock: Clock, texts: Texts) -> Campaigns:
    return Campaigns(
        store=workspace.campaigns,
        inbox=workspace.inbox,
        texts=texts,
        audit=workspace.audit,
        clock=clock,
        hours=lambda: _hours(workspace),
        by_another=lambda: bool(load_settings(workspace).approval_by_another),
    )


def _composing(
    workspace: Workspace, clock: Clock, texts: Texts, engine: Callable[[str], Engine], money: Money
) -> Composing:
    return Composing(
        texts=texts,
        engine=engine,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
        readings=workspace.readings,
        clock=clock,
        contracted=money.price_of,
    )


def _filings(
    workspace: Workspace, clock: Clock, engine: Callable[[str], Engine], profile_of: Callable[[str], Profile]
) -> Filings:
    return Filings(workspace.filings, workspace.accounts, workspace.campaigns, clock, engine, profile_of)


def _people(workspace: Workspace, clock: Clock) -> People:
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


def _preflights(
    workspace: Workspace,
    clock: Clock,
    campaigns: Campaigns,
    money: Money,
    accounts: Accounts,
    texts: Callable[[str], Texts],
) -> Preflights:
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


def _suppressing(workspace: Workspace, clock: Clock) -> Suppressing:
    stores = workspace.opt_outs, workspace.suppressions, workspace.accounts, workspace.phone_keys
    return Suppressing(*stores, open_table, clock)


def _test_messages(workspace: Workspace, clock: Clock, texts: Texts) -> TestMessages:
    stores = Stores(workspace.staff, workspace.campaigns, workspace.customers, workspace.accounts, workspace.jobs)
    return TestMessages(stores, texts, clock, lambda: (load_settings(workspace).tests_per_day, _hours(workspace)))


def _hours(workspace: Workspace) -> tuple[time, time]:
    settings = load_settings(workspace)
    return settings.window_opens, settings.window_closes
