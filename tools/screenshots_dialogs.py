"""Pictures of every dialog, and of what stands in the window before a workspace is open: each is opened for real.

Most of them are closed where the window is built anew, so each is opened once for each language.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QPushButton, QWidget

from campaign_app import bootstrap
from campaign_app.credentials import KeychainKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.campaign import CampaignState
from campaign_app.ui.app import Application
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.crash_dialog import CrashReports
from campaign_app.ui.pages.customers_drawer import CustomerDrawer
from campaign_app.ui.pages.peaks import PeaksSection
from campaign_app.ui.pages.records import RecordsPage
from campaign_app.ui.pages.replies_dialog import RepliesDialog
from campaign_app.ui.pages.steps.beside import BesideDialog
from campaign_app.ui.pages.steps.content_templates import TemplateMenu
from campaign_app.ui.prefs import LANGUAGES, Prefs
from campaign_app.ui.viewmodels.session import Plan
from campaign_app.ui.widgets.basics import lay_out
from campaign_app.words import Language
from tests.helpers.driving import Driver, pause, wait_for
from tests.helpers.journey_on import LongerJourney
from tests.helpers.ring import Ring

THEMES = ("light", "dark")
GAP = 24
TEMPLATE = "尊敬的{1}，您的{2}积分本月底到期，可到门店换购。拒收请回复R"
PHRASE = "correct horse battery staple"
REPORT = """campaign-app 0.1.0
Python 3.11.7
Qt 6.11.3
Linux-x86_64-with-glibc2.36

Traceback (most recent call last):
  File "campaign_app/ui/viewmodels/customers.py", line 120, in _shown
    self._become(replace(self.state, chosen=rows[number]))
KeyError: '138****8000'"""


class Album:
    """One picture for each dialog: languages above one another, light and dark side by side."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._taken: dict[str, dict[Language, list[QImage]]] = {}

    def take(self, name: str, shown: QWidget, kit: Kit, *, around: QWidget | None = None) -> None:
        """`around`: what to cut out of `shown`, with some ground around it."""
        both = self._taken.setdefault(name, {})[kit.prefs.language] = []
        for theme in THEMES:
            kit.theme.use(theme)
            pause(250)
            lay_out()
            area = (
                shown.rect() if around is None else QRect(around.mapTo(shown, around.rect().topLeft()), around.size())
            )
            both.append(shown.grab(area if around is None else area.adjusted(-GAP, -GAP, GAP, GAP)).toImage())
        kit.theme.use(THEMES[0])

    def ask(self, name: str, kit: Kit, gesture: Callable[[], object]) -> None:
        """The dialog that the gesture opens; some come back from it only once they are closed."""
        seen: list[str] = []
        before = QApplication.activeModalWidget()

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is before:
                QTimer.singleShot(100, look)
                return
            assert isinstance(dialog, QDialog)
            self.take(name, dialog, kit)
            dialog.reject()
            seen.append(name)

        QTimer.singleShot(300, look)
        gesture()
        wait_for(lambda: seen, f"the dialog {name}")
        pause(100)

    def save(self) -> None:
        for name, taken in self._taken.items():
            rows = [taken[language] for language in LANGUAGES if language in taken]
            width = max(image.width() for row in rows for image in row)
            heights = [max(image.height() for image in row) for row in rows]
            sheet = QImage(width * len(THEMES) + GAP, sum(heights) + GAP * (len(rows) - 1), QImage.Format.Format_RGB32)
            sheet.fill(0x888888)
            painter = QPainter(sheet)
            for number, row in enumerate(rows):
                for place, image in enumerate(row):
                    painter.drawImage(place * (width + GAP), sum(heights[:number]) + number * GAP, image)
            painter.end()
            sheet.save(str(self._out / f"dialog-{name}.png"))


class Pictured(LongerJourney):
    """Whatever is asked on the way is taken before it is answered."""

    def __init__(self, qt: QApplication, folder: Path, customers: int, album: Album) -> None:
        super().__init__(qt, folder, customers, self._stage)
        self._album = album

    def _stage(self, stage: str) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            pause(300)
            self._album.take(stage, dialog, self.application.kit)

    def everything(self) -> None:
        self.begin()
        for language in LANGUAGES:
            self._speak(language)
            self.file_to_trial()
            self._asked("import_undo", self._undo)
            self.driver.click("import_next")
            wait_for(lambda: QApplication.activeModalWidget() is None, "the wizard to be closed")
            self._settings()
            self._asked("new_campaign", self._new)
            self._asked("columns", self._columns)
            self._person()
            self._asked("shortcuts", self.application.shell.show_shortcuts)
        self._speak("zh_CN")
        self.open_draft()
        self.write()
        self._for_each(self._templates)
        self._for_each(self._beside)
        self._speak("zh_CN")
        self.screen()
        self.approve()
        self._for_each(lambda: self._asked("send_now", self._send))
        self.driver.click("plan_later")
        self._for_each(lambda: self._asked("send_later", self._send))
        self._speak("zh_CN")
        self._surely("sending_primary")
        wait_for(lambda: self.state is CampaignState.SCHEDULED, "the plan")
        self._for_each(self._leaving)
        self._for_each(self._records)
        self._for_each(self._report)
        self._for_each(self._looking_back)
        self._for_each(self._peaks)

    def _for_each(self, gesture: Callable[[], None]) -> None:
        for language in LANGUAGES:
            self._speak(language)
            gesture()

    def _speak(self, language: Language) -> None:
        self.application.kit.prefs.language = language
        pause(600)

    def _asked(self, name: str, gesture: Callable[[], object]) -> None:
        self._album.ask(name, self.application.kit, gesture)

    def _undo(self) -> None:
        self.driver.click("import_next")
        self._listed("import_report_sums")
        self._stage("import_done")
        self.driver.click("import_undo")

    def _settings(self) -> None:
        shell = self.application.shell
        self.driver.click("nav_settings")
        shell.page("settings").open("about")
        self._asked("notices", lambda: self.driver.click("about_notices"))
        shell.page("settings").open("accounts")
        self._asked("connect", lambda: self.driver.click("account_connect"))
        self._asked("disconnect", lambda: self.driver.click("account_leave"))
        reports = CrashReports(self.application.kit.messages, lambda: shell)
        self._asked("crash", lambda: reports.tell(REPORT))
        self._asked("replies", RepliesDialog("Aliyun SMS", "", shell).open)

    def _columns(self) -> None:
        self.driver.click("nav_customers")
        self.driver.click("customers_columns")

    def _person(self) -> None:
        """What one person may ask for, and what is asked before two of the three."""
        self.driver.click("nav_customers")
        self._enter("customers_table", 1)
        drawer = self.driver.wait(CustomerDrawer, "customer_drawer")
        self.driver.wait(QPushButton, "customer_requests")
        self._asked("person_requests", drawer.ask)
        self._asked("person_lift", drawer.lift)
        for name in ("person_erase", "person_restrict"):
            drawer.ask()
            requests = self.driver.wait(QDialog, "person_requests")
            self._asked(name, lambda name=name: self.driver.click(name))
            requests.reject()
            pause(100)
        self.driver.press("customers_table", Qt.Key.Key_Escape)

    def _new(self) -> None:
        self.driver.click("nav_campaigns")
        self._listed("campaign_table")
        self.driver.click("campaign_new")

    def _templates(self) -> None:
        menu = self.driver.wait(TemplateMenu, "templates_menu")
        self._asked("template_import", lambda: self._bring(menu))
        self._asked("template_export", menu.exporting.trigger)

    def _bring(self, menu: TemplateMenu) -> None:
        menu.importing.trigger()
        self.driver.wait(QPlainTextEdit, "template_in_text").setPlainText(TEMPLATE)

    def _beside(self) -> None:
        """Not modal: it opens beside the editor."""
        self.driver.click("reader_compare")
        dialog = self.driver.wait(BesideDialog, "beside")
        dialog.everybody.setChecked(True)
        wait_for(lambda: dialog.model.state.fresh and dialog.cards, "every sender's version")
        self._album.take("beside", dialog, self.application.kit)
        dialog.close()

    def _send(self) -> None:
        wait_for(self._may_leave, "the campaign to be ready to leave")
        self.driver.click("sending_primary")

    def _records(self) -> None:
        self.driver.click("nav_records")
        self._asked("evidence_export", lambda: self.driver.click("records_export"))
        self._asked("evidence_check", self._checked)

    def _report(self) -> None:
        self.count_report()
        self._asked("report", lambda: self.driver.click("report_make"))

    def _looking_back(self) -> None:
        self.driver.click("nav_compliance")
        self.application.shell.page("compliance").open("lookback")
        self._asked("lookback_start", lambda: self.driver.click("empty_action"))

    def _peaks(self) -> None:
        self.driver.click("nav_compliance")
        self.plan_a_peak()
        section = self.driver.find(PeaksSection, "peaks_section")
        self._asked("peak_plan", lambda: section.plan_dialog(section.model.state.opened))
        self._asked("peak_word", section.list.rows["support"].tick.click)
        self._asked("peak_pause", lambda: section.ask_pause(drill=True))

    def _checked(self) -> None:
        """A campaign's own proof, exported anew, with its verdict."""
        page = self.application.shell.page("records")
        assert isinstance(page, RecordsPage)
        campaign = next(each.id for each in page.model.state.campaigns if each.provable)
        file = Path(tempfile.mkdtemp()) / "evidence.yunfa"
        page.model.export(campaign, file, "")
        wait_for(file.exists, "the proof to be exported")
        page.check_dialog(file)

    def _leaving(self) -> None:
        self._asked("closing", self.application.shell.close)
        self._asked("cancel", lambda: self.driver.click("run_cancel"))


class Gates:
    """What is asked before a workspace is open: the four cases of the keychain, a passphrase, and one that is newer."""

    def __init__(self, qt: QApplication, folder: Path, album: Album) -> None:
        self._qt, self._folder, self._album = qt, folder, album

    def everything(self) -> None:
        ring = Ring()
        keyring.set_keyring(ring)
        kept, phrase = self._folder / "kept", self._folder / "phrase"
        bootstrap.create_app(kept, KeychainKeeper()).close()
        bootstrap.create_app(phrase, PassphraseKeeper(PHRASE, Scrypt(n=2**10))).close()
        for language in LANGUAGES:
            self._open("gate_welcome", language, self._folder / "new", ring)
            self._open("gate_keychain", language, self._folder / "new", ring, "gate_new")
            self._open("gate_no_keychain", language, self._folder / "new", NoKeyring(), "gate_new", "gate_create")
            ring.locked = True
            self._open("gate_locked", language, kept, ring)
            ring.locked = False
            changed = Ring()
            changed.kept = dict.fromkeys(ring.kept, "00" * 32)
            self._open("gate_changed", language, kept, changed)
            self._passphrase(language, phrase, ring)

    def _open(self, name: str, language: Language, folder: Path, ring: KeyringBackend, *presses: str) -> None:
        keyring.set_keyring(ring)
        application = self._start(language, folder)
        for press in presses:
            Driver(lambda: application.shell).click(press)
            self._wait(application)
        self._take(name, application)
        application.shut()

    def _passphrase(self, language: Language, folder: Path, ring: KeyringBackend) -> None:
        """A wrong one is said; with the right one another can be chosen."""
        keyring.set_keyring(ring)
        application = self._start(language, folder)
        driver = Driver(lambda: application.shell)
        driver.type("gate_passphrase", "a wrong one")
        driver.click("gate_unlock")
        self._wait(application)
        self._take("gate_passphrase", application)
        application.session.open(PHRASE)
        wait_for(lambda: application.desk is not None, "the workspace to be open")
        application.shell.page("settings").open("workspace")
        driver.click("workspace_passphrase")
        dialog = driver.wait(QDialog, "passphrase_dialog")
        self._album.take("passphrase", dialog, application.kit)
        dialog.reject()
        for press in ("backup", "restore"):
            driver.click(f"workspace_{press}")
            dialog = driver.wait(QDialog, f"{press}_dialog")
            self._album.take(press, dialog, application.kit)
            dialog.reject()
        application.shut()

    def _start(self, language: Language, folder: Path) -> Application:
        prefs = Prefs(self._folder / "prefs")
        prefs.language = language
        application = Application(self._qt, Plan(folder), prefs)
        # no worker is needed to look at a gate
        application.session.starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None)
        application.start()
        self._wait(application)
        return application

    def _ask(self, name: str, application: Application, gesture: Callable[[], object]) -> None:
        self._album.ask(name, application.kit, gesture)

    def _wait(self, application: Application) -> None:
        pause(50)
        wait_for(lambda: application.session.state.phase != "opening", "the workspace to be tried")
        pause(100)

    def _take(self, name: str, application: Application) -> None:
        panel = application.shell.gate.panel
        assert panel is not None
        self._album.take(name, application.shell, application.kit, around=panel)
