"""Pictures of what the window shows in rarer moments: accounts that need a person, an older copy, an empty inbox.

All of it is staged in a small workspace.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import keyring
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QScrollArea, QTabBar, QWidget
from screenshots_dialogs import GAP, Gates

from campaign_app import bootstrap
from campaign_app.bootstrap import App
from campaign_app.credentials import KeychainKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.copies import OLDER
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.phone import Phone
from campaign_app.services.balances import note_balance
from campaign_app.storage.seen import seen_of
from campaign_app.ui.app import Application
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.guide_card import GuideCard
from campaign_app.ui.pages.settings_accounts import AccountsSection
from campaign_app.ui.pages.settings_workspace import WorkspaceSection
from campaign_app.ui.prefs import LANGUAGES
from campaign_app.words import Language
from tests.helpers.driving import Driver, pause, wait_for
from tests.helpers.ring import Ring

SHOP: Final = Entity("91330100MA2B00001X", "安宁百货有限公司")
STATED: Final = {
    "signatures": "安宁百货",
    "templates": "1009=${what}，会员到店可用，拒收请回复R\n1010=${name}您好，秋装上新，拒收请回复R",
}
SIZE: Final = QSize(1280, 900)
UNREAD: Final = 7
ERASED: Final = 3


class Cards(Gates):
    def everything(self) -> None:
        ring = Ring()
        keyring.set_keyring(ring)
        folder = self._older_copy()
        for language in LANGUAGES:
            # each from the same beginning: an open window queues jobs
            self._pictures(language, Path(shutil.copytree(folder, self._folder / language)))

    def _older_copy(self) -> Path:
        """A workspace with all that is shown, behind what this computer has seen of it."""
        first, copy = self._folder / "first", self._folder / "copy"
        with bootstrap.create_app(first, KeychainKeeper()) as app:
            _stage(app)
        shutil.copytree(first, copy)
        with bootstrap.open_app(first, KeychainKeeper()) as app:
            app.workspace.audit.record("backup.forgotten", actor="王", at=app.clock())
            seen = seen_of(app.workspace, app.clock)
            assert seen is not None
            seen.guard()
        return copy

    def _pictures(self, language: Language, folder: Path) -> None:
        application = self._start(language, folder)
        wait_for(lambda: application.desk is not None, "the workspace to be open")
        application.shell.resize(SIZE)
        driver = Driver(lambda: application.shell)
        self._guide(application, driver)
        self._accounts(application)
        self._workspace(application, driver)
        driver.click("nav_signatures")
        self._ask("own_signature", application, lambda: driver.click("own_signature_new"))
        self._inbox(application, driver)
        self._resume(application, driver)
        application.shut()

    def _guide(self, application: Application, driver: Driver) -> None:
        """Nothing was sent from here yet, as far as this workspace knows."""
        driver.click("nav_overview")
        self._card("guide", application, driver.wait(GuideCard, "guide_card"))

    def _accounts(self, application: Application) -> None:
        section = application.shell.page("settings")
        section.open("accounts")
        found = application.shell.findChild(AccountsSection)
        assert found is not None
        wait_for(lambda: found.cards, "the accounts")
        shop, aliyun, pinduoduo = found.cards.values()
        self._card("card_unread", application, aliyun)
        (note,) = (b for b in aliyun.notes.findChildren(QPushButton) if b.isVisible())
        self._ask("clear_unread", application, note.click)
        self._card("card_stated", application, pinduoduo)
        self._ask("compare_templates", application, pinduoduo.sending.compare.click)
        shop.more.click()
        self._card("card_details", application, shop)
        self._ask("erasures", application, shop.following.erased.click)

    def _card(self, name: str, application: Application, card: QWidget) -> None:
        area = card.parent()
        while not isinstance(area, QScrollArea):
            assert area is not None
            area = area.parent()
        area.ensureWidgetVisible(card, 0, GAP)
        pause(100)
        self._album.take(name, application.shell, application.kit, around=card)

    def _workspace(self, application: Application, driver: Driver) -> None:
        application.shell.page("settings").open("workspace")
        found = application.shell.findChild(WorkspaceSection)
        assert found is not None
        driver.wait(QPushButton, "workspace_accept")
        self._card("card_copy", application, found.copy_card)
        self._ask("accept_copy", application, found.accept.click)

    def _inbox(self, application: Application, driver: Driver) -> None:
        driver.click("nav_inbox")
        pause(400)
        self._album.take("inbox_empty", application.shell, application.kit)
        driver.type("inbox_search", "怎么退货")
        pause(400)
        self._album.take("inbox_no_match", application.shell, application.kit)
        driver.wait(QPushButton, "empty_action").click()
        self._complaints(application, driver)

    def _complaints(self, application: Application, driver: Driver) -> None:
        places = driver.find(QTabBar, "inbox_places")
        for at, name in ((1, "complaints"), (2, "suppression_list"), (3, "complaint_trend")):
            places.setCurrentIndex(at)
            pause(600)
            self._album.take(name, application.shell, application.kit)
        application.shell.page("inbox").open(("case", 1))
        driver.wait(QWidget, "case_owner")
        pause(400)
        self._album.take("complaint_case", application.shell, application.kit)
        self._ask("complaint_new", application, lambda: driver.click("case_enter"))
        self._ask("complaints_file", application, lambda: driver.click("case_import"))
        places.setCurrentIndex(0)

    def _resume(self, application: Application, driver: Driver) -> None:
        driver.click("nav_campaigns")
        page = application.shell.findChild(CampaignsPage)
        assert page is not None
        wait_for(lambda: page.model.state.rows, "the campaigns")
        page.model.open(page.model.state.rows[0].campaign.id)
        driver.click("step_sending")
        driver.wait(QPushButton, "run_resume")
        self._ask("resume_copy", application, lambda: driver.click("run_resume"))


def _stage(app: App) -> None:
    accounts, now = app.workspace.accounts, app.clock()
    accounts.add_entity(SHOP)
    issuer = ("91110000MA0000009X", "同意登记处有限公司")
    shop = Account(
        0, "consent_api", "安宁旗舰店", "https://consent.example", SHOP.uscc, *issuer, "shop-1", simulated=False,
        pinned_keys="{}",
    )  # fmt: skip
    first = accounts.add_account(shop).id
    aliyun = accounts.add_account(
        replace(shop, platform="aliyun", label="阿里云短信", base_url="https://dysmsapi.aliyuncs.com", key_id="LTAI5t")
    ).id
    pinduoduo = accounts.add_account(
        replace(shop, platform="pinduoduo", label="安宁拼多多店", base_url="https://pdd.example", key_id="pdd-1",
                options=STATED)
    ).id  # fmt: skip
    accounts.set_sender(first, aliyun)
    accounts.set_sender(pinduoduo, pinduoduo)
    note_balance(accounts, aliyun, 12_345, now)
    for number in range(UNREAD):
        at = now - timedelta(minutes=UNREAD - number)
        app.unread.met(aliyun, f'{{"phone_number":"1380013800{number}","content":"\ufffd\ufffd退订"', at)
    people = [PlatformCustomer(f"ou-{number:05d}", "王芳", None, now) for number in range(ERASED + 2)]
    app.workspace.customers.upsert_page(first, people, "", now)
    app.workspace.customers.upsert_page(first, (), "", now, [person.ref for person in people[:ERASED]])
    for number, (days, text) in enumerate(((6, "一直收到短信，从没有同意过"), (1, "退订了还在发")), 1):
        at = now - timedelta(days=days)
        told = NewCase(
            SHOP.uscc, Source.R12321, Way.FORM, at, at, f"GD2026-{number:04}", Phone(f"1381111000{number}"), text=text
        )  # fmt: skip
        app.complaints.add(told, actor="李")
    draft = Campaign(
        0, "双十一会员专享", SHOP.uscc, "retail", Filter(), "安宁百货", "{name}您好，冬装上新。拒收请回复R",
        CampaignState.PAUSED, OLDER, window_end=now + timedelta(hours=6),
    )  # fmt: skip
    app.workspace.campaigns.create(draft)
