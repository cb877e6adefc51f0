"""An open workspace as the window and the command line work with it. `wiring` makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper
    from campaign_app.domain.ports import Clock, JobStore
    from campaign_app.domain.team import Person
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
    from campaign_app.services.trends import Trends
    from campaign_app.services.unread_replies import UnreadReplies
    from campaign_app.services.wordings import ConsentWordings
    from campaign_app.storage.workspace import Workspace


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
