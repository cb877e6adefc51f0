"""The whole window on one staged workspace, for tests that walk every page: built once, in each language and look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QSize, QTranslator
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QTableView, QWidget

from campaign_app import assets, bootstrap, words
from campaign_app.domain.audience import Op
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.message import InboundMessage
from campaign_app.domain.platform import Asked
from campaign_app.jobs import poll
from campaign_app.services.campaigns import Campaigns
from campaign_app.ui.desk import Desk
from campaign_app.ui.desk import Way as PageWay
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.ask_dialog import AskDialog
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.customers_drawer import CustomerDrawer
from campaign_app.ui.pages.guide_words import guide_of
from campaign_app.ui.pages.peaks import PAUSES
from campaign_app.ui.pages.person_requests import PersonRequests
from campaign_app.ui.pages.self_check import SelfCheckSection
from campaign_app.ui.pages.settings import SECTIONS
from campaign_app.ui.pages.settings_connect import ConnectDialog
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.pages.shortcut_sheet import ShortcutSheet
from campaign_app.ui.pages.steps.beside import BesideDialog
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.campaign_steps import STEPS
from campaign_app.ui.viewmodels.connect import Choices, ConnectModel
from campaign_app.ui.viewmodels.guide import GuideState
from campaign_app.ui.viewmodels.inbox import PLACES
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from campaign_app.ui.widgets.basics import lay_out
from tests.helpers.driving import pause
from tests.helpers.fresh import fresh_folder
from tests.helpers.inline_tasks import InlineTasks
from tests.helpers.looked_back import looked_back, spoil
from tests.helpers.peaking import plan
from tests.helpers.shop import ENTITY, person
from tests.helpers.staged import CLEAN, Staged, open_by_day, stage

LONGER: Final = 0.4
SHORT: Final = 12
SEGMENT: Final = "近 90 天下过单的"
TURNS: Final = 4  # of the event loop, until everything has its place
FAULTY: Final = "免费领红包，全网最低价" + CLEAN
CAMPAIGNS: Final = (
    *(("screened", step) for step in STEPS),
    ("draft", "content"),
    ("sent", "sending"),
    ("sent", "results"),
)
Grab = Callable[[str, QWidget], None]


class Longer(QTranslator):
    """Pseudo-translation: every text two fifths longer than `real` has it, as other languages are."""

    def __init__(self, real: QTranslator | None, parent: QObject) -> None:
        super().__init__(parent)
        self._real = real

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        found = self._real.translate(context, source, disambiguation, n) if self._real is not None else ""
        text = found or source
        more = max(1, round(len(text) * LONGER))
        # in words, as in any language: they may go on in the next line
        return text + "".join(" ~~~~~"[number % 6] if len(text) > SHORT else "~" for number in range(more))


@dataclass(frozen=True, slots=True)
class Language:
    code: words.Language
    longer: bool = False

    def __str__(self) -> str:
        return f"{self.code}{'+40%' if self.longer else ''}"


LANGUAGES: Final = tuple(Language(code, longer) for code in ("zh_CN", "en") for longer in (False, True))


class Windowed:
    def __init__(self, qt: QApplication, staged: Staged, folder: Path) -> None:
        self._qt, self.staged, self._keep = qt, staged, QObject()
        self._translators: list[QTranslator] = []
        self._former = QLocale()
        made = {"screened": staged.screened(), "draft": staged.draft(FAULTY), "sent": staged.sent()}
        self.ids = {name: campaign.id for name, campaign in made.items()}
        _reply(staged)
        _complain(staged)
        spoil(staged)
        looked_back(staged)
        staged.app.peaks.pause_all(plan(staged).id, drill=True, actor="王")  # nothing is being sent
        prefs = Prefs(folder / "prefs", self._keep)
        tasks = InlineTasks(self._keep)
        theme = Theme(qt, "light", self._keep)
        kit = Kit(theme, tasks, Messages(lambda: words.load(prefs.language), self._keep), prefs)
        session = Session(Plan(folder / "workspace"), tasks, self._keep)
        session.state = SessionState("open", app=staged.app, worker="running")
        self._jobs = Jobs(staged.app, tasks, self._keep)
        self._jobs.stop()  # nobody works here, and a look at nothing now and again is no test
        self.desk = Desk(kit, staged.app, self._jobs, session, PageWay(self._keep))
        self.shell: Shell
        self.speak(LANGUAGES[0])

    def speak(self, language: Language) -> None:
        """The window is built anew, as the program does it."""
        former = getattr(self, "shell", None)
        self._silence()
        self.desk.kit.prefs.language = language.code
        QLocale.setDefault(QLocale(language.code))  # as `ui.languages` does: dates are written by it
        real: QTranslator | None = None
        if language.code != "zh_CN":
            real = QTranslator(self._keep)
            assert real.load(str(assets.path("i18n", f"{language.code}.qm")))
        chosen = Longer(real, self._keep) if language.longer else real
        if chosen is not None:
            self._translators.append(chosen)
            self._qt.installTranslator(chosen)
        self.shell = Shell(self.desk.kit, self.desk.session)
        self.shell.attach(self.desk)
        self.shell.show()
        if former is not None:
            self._drop(former)

    def resize(self, size: QSize) -> None:
        self.shell.resize(size)
        self.settle()

    def activate(self) -> None:
        """The keyboard is the window's; where it was at the start."""
        self.shell.activateWindow()
        self.settle()

    def settle(self) -> None:
        for _ in range(TURNS):
            pause(0)
            lay_out()

    def views(self) -> Iterator[tuple[str, QWidget]]:
        """Every page in each of its states, shown: its name and the window or dialog that shows it."""
        for key in ("overview", "customers", "campaigns"):
            yield self._at(key, lambda key=key: self._go(key))
        self._first_row("customers", "customers_table")
        yield self._at("customer", lambda: None)
        yield self._at("segment", self._build)
        self._put_away()
        for key, step in CAMPAIGNS:
            yield self._at(f"{key} {step}", lambda key=key, step=step: self._go("campaigns", (self.ids[key], step)))
        campaigns = self.shell.page("campaigns")
        assert isinstance(campaigns, CampaignsPage)
        campaigns.model.close()
        for key in ("signatures", "inbox"):
            yield self._at(key, lambda key=key: self._go(key))
            self._first_row(key, f"{key}_table")
            yield self._at(f"{key} opened", lambda: None)
        places = self.shell.findChild(QTabBar, "inbox_places")
        for at, place in enumerate(PLACES[1:], 1):
            yield self._at(place, lambda at=at: (self._go("inbox"), places.setCurrentIndex(at)))
        yield self._at("case opened", lambda: self._go("inbox", ("case", 1)))
        places.setCurrentIndex(0)
        tabs = self.shell.findChild(QTabBar, "signature_tabs")
        yield self._at("templates", lambda: (self._go("signatures"), tabs.setCurrentIndex(1)))
        for section in ("lookback", "wordings", "peaks"):
            yield self._at(section, lambda section=section: self._go("compliance", section))
        peaks = self.shell.findChild(QTabBar, "peak_tabs")
        yield self._at("peak pauses", lambda: peaks.setCurrentIndex(PAUSES))
        yield self._at("report", self._report)
        for section in SECTIONS:
            yield self._at(f"settings {section}", lambda section=section: self._go("settings", section))
        yield self._at("palette", self.shell.find_command)
        self.shell.find_command()
        self.shell.show_shortcuts()
        sheet = self.shell.findChild(ShortcutSheet)
        assert sheet is not None
        self.settle()
        yield "shortcuts", sheet
        sheet.close()

    def guided(self) -> Iterator[tuple[str, QWidget]]:
        """The guide where it stands, as if nothing had been sent yet: on the first page, at every step, in settings."""
        guide = guide_of(self.desk)
        with patch.object(Campaigns, "any_accepted", return_value=False):
            guide.state = GuideState()
            guide.load()
            yield self._at("guide", lambda: self._go("overview"))
            for key, step in (("draft", "audience"), ("screened", "content"), ("screened", "sending")):
                go = partial(self._go, "campaigns", (self.ids[key], step))
                yield self._at(f"guide {key} {step}", go)
            yield self._at("guide settings", lambda: self._go("settings", "window"))
        guide.load()

    def end(self) -> None:
        self._silence()
        self._drop(self.shell)
        QLocale.setDefault(self._former)
        self._keep.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _at(self, name: str, go: Callable[[], object]) -> tuple[str, QWidget]:
        go()
        self.settle()
        return name, self.shell

    def _go(self, key: str, what: object = None) -> None:
        self.desk.way.to(key, what)

    def _build(self) -> None:
        """Conditions of every kind, one of them unfinished and two in a group, above the table."""
        page = self._customers()
        page.model.close()
        page.panel.begin()
        building = page.segments_model
        building.add(0, "days_since_order", Op.AT_MOST, "90")
        building.add(0, "spend_cents", Op.AT_LEAST, "x")
        building.add_group()
        building.add(building.state.draft.parts[-1].key, "tag", Op.IS_NOT, "会员")
        building.keep(SEGMENT, lambda _: None)

    def _put_away(self) -> None:
        page = self._customers()
        page.segments_model.forget(SEGMENT, lambda _: None)
        page.segments_model.clear()
        page.panel.close_it()
        page.model.clear_search()

    def _customers(self) -> CustomersPage:
        page = self.shell.page("customers")
        assert isinstance(page, CustomersPage)
        return page

    def _report(self) -> None:
        self._go("compliance", "report")
        section = self.shell.page("compliance").findChild(SelfCheckSection)
        assert section is not None
        section.model.count()

    def requests(self) -> Iterator[tuple[str, QWidget]]:
        """What may be asked for one customer, and the questions that come after: dialogs above one another."""
        self._go("customers", 1)
        drawer = self.shell.findChild(CustomerDrawer)
        assert drawer is not None
        drawer.ask()
        asked = self.shell.findChild(PersonRequests)
        assert asked is not None
        self.settle()
        yield "person requests", asked
        for ask in (asked.erase, asked.restrict):
            ask.click()
            (question,) = asked.findChildren(AskDialog)
            self.settle()
            yield question.objectName(), question
            question.reject()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        asked.reject()

    def connecting(self) -> Iterator[tuple[str, QWidget]]:
        """What is asked of every platform, with all that may be typed; and as an authorisation is renewed."""
        accounts = self.desk.app.accounts
        entities, (shop, *_) = accounts.entities(), accounts.all()
        for offer in accounts.offers():
            choices = Choices(accounts.offers(), entities, (shop,))
            for renews in (None, shop.id):
                model = ConnectModel(accounts, self.desk.kit.tasks, renews=renews)
                asked = Asked(offer.name, {}, entities[0], shop.id)
                dialog = ConnectDialog(self.desk.kit, model, choices, asked, self.shell)
                if renews is not None:
                    dialog.renew(replace(shop, platform=offer.name))
                dialog.open()
                if (more := dialog.findChild(QPushButton, "connect_more")) is not None:
                    more.click()
                self.settle()
                yield f"{'connect' if renews is None else 'renew'} {offer.name}", dialog
                dialog.reject()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def beside(self) -> Iterator[tuple[str, QWidget]]:
        """A draft beside itself, as every known sender would carry it: a dialog that does not end the work below."""
        self._go("campaigns", (self.ids["draft"], "content"))
        step = self.shell.findChild(ContentStep)
        assert step is not None
        step.compare()
        dialog = step.findChild(BesideDialog)
        assert dialog is not None
        dialog.everybody.setChecked(True)
        while not dialog.model.state.fresh:  # a pause is waited for
            pause(20)
        self.settle()
        yield "beside", dialog
        dialog.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _first_row(self, key: str, name: str) -> None:
        table = self.shell.page(key).findChild(QTableView, name)
        assert table is not None
        self.settle()
        table.selectRow(0)
        opened = getattr(table, "opened", None)
        assert opened is not None
        opened.emit(0)

    def _silence(self) -> None:
        for each in self._translators:
            self._qt.removeTranslator(each)
        self._translators.clear()

    def _drop(self, shell: Shell) -> None:
        shell.hide()
        shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _reply(staged: Staged) -> None:
    held = staged.shop.gateways[staged.account].stream.setdefault("inbound", [])
    held.append(InboundMessage("i0", "c00004", None, "TD 退订", staged.app.clock() + timedelta(seconds=1)))
    while poll.poll_inbound(staged.shop.context, staged.account):
        pass


def _complain(staged: Staged) -> None:
    """One that is due today, and one about nothing that was sent."""
    now = staged.app.clock()
    for who, days in ((4, 0), (1, 6)):
        at = now - timedelta(days=days)
        told = NewCase(
            ENTITY, Source.R12321, Way.FORM, at, at, f"GD2026-{who:04}", person("c", who).phone,
            text="反复收到营销短信，回复退订无效，要求停止发送并说明我的号码从哪里来", port="106900001234",
            signature="安宁百货",
        )  # fmt: skip
        staged.app.complaints.add(told, actor="李")


@contextmanager
def windowed(qt: QApplication, folder: Path) -> Iterator[Windowed]:
    made = fresh_folder(folder / "made")
    opened = open_by_day(made, folder / "workspace")
    app: bootstrap.App = next(opened)
    window = Windowed(qt, stage(app), folder)
    yield window
    window.end()
    next(opened, None)
