"""What shows others what was done, put together from a workspace: evidence, case packs, reports, lists, results."""

from __future__ import annotations

from campaign_app.domain.ports import Clock
from campaign_app.evidence.desk import Evidence
from campaign_app.evidence.stamping import stamps_in
from campaign_app.printing.pdf import render
from campaign_app.printing.reporting import Reporting
from campaign_app.reports.case_pack import CasePacks, Kept
from campaign_app.services.accounts import Accounts
from campaign_app.services.campaigns import Campaigns
from campaign_app.services.complaints import Complaints
from campaign_app.services.courses import Courses
from campaign_app.services.members import Members
from campaign_app.services.opt_outs import OptOuts
from campaign_app.services.peaks import Peaks
from campaign_app.services.rules import Rules
from campaign_app.services.self_check import SelfChecks
from campaign_app.services.self_check_numbers import Stamp
from campaign_app.storage.workspace import Workspace


def evidence_of(workspace: Workspace, clock: Clock, rules: Rules) -> Evidence:
    audit, campaigns, accounts = workspace.audit, workspace.campaigns, workspace.accounts
    return Evidence(
        store=workspace.evidence,
        reader=audit,
        audit=audit,
        campaigns=campaigns,
        accounts=accounts,
        rules=lambda: rules.current().rules,
        clock=clock,
        person=workspace.person,
    )


def case_packs_of(workspace: Workspace, clock: Clock, complaints: Complaints, evidence: Evidence) -> CasePacks:
    stores = Kept(workspace.accounts, workspace.facts, workspace.filings, workspace.audit)
    return CasePacks(workspace.complaints, evidence, stores, complaints.timers.answer_by, render, clock)


def reporting_of(workspace: Workspace, clock: Clock, rules: Rules) -> Reporting:
    accounts, audit = workspace.accounts, workspace.audit

    def stamp() -> Stamp | None:
        newest = max(stamps_in(audit), key=lambda each: (each.at_entry, each.at), default=None)
        return None if newest is None else Stamp(newest.head, newest.at, newest.authority, newest.ca)

    return Reporting(SelfChecks(workspace.reports, accounts, audit, lambda: rules.current().rules, clock, stamp), audit)


def members_of(workspace: Workspace, clock: Clock) -> Members:
    customers, facts, audit = workspace.customers, workspace.facts, workspace.audit
    return Members(workspace.campaigns, customers, facts, workspace.accounts, audit, clock)


def courses_of(workspace: Workspace, clock: Clock) -> Courses:
    return Courses(workspace.course, workspace.campaigns, workspace.inbox, workspace.audit, clock)


def peaks_of(workspace: Workspace, clock: Clock, campaigns: Campaigns, accounts: Accounts, opt_outs: OptOuts) -> Peaks:
    return Peaks(workspace, campaigns, accounts, opt_outs, clock)
