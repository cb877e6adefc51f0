"""The main job as a user does it in the demo's window, from the first page to the results, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QTabBar, QTableView, QWidget

from campaign_app.domain.audience import Op
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.lookback import RunState
from campaign_app.domain.peak import Duty, Wish
from campaign_app.ui.app import Application
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.lookback import LookBackSection
from campaign_app.ui.pages.peaks import PeaksSection
from campaign_app.ui.pages.self_check import SelfCheckSection
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.session import Plan
from tests.helpers.answering import answer
from tests.helpers.driving import Driver, apart, pause, wait_for

Stage = Callable[[str], None]
BOX = 8
SEGMENT = "近 90 天满 100 元"
AGREEMENT = """第八条 用户完成注册即视为同意接收本公司及关联方发送的营销短信，无需另行获得用户同意。
第九条 我们会根据您的购买记录向您推送您可能感兴趣的商品。
如不同意接收活动短信，将无法完成注册。"""


class Journey:
    """Each method is one stage; `at` is called with its name while its outcome is shown."""

    def __init__(self, qt: QApplication, folder: Path, customers: int, at: Stage = lambda _: None) -> None:
        self.application = Application(qt, Plan(folder, customers), Prefs(folder / "prefs"))
        self._long = 180 + customers / 100  # seconds that a stage may take which looks at everybody
        self.driver = Driver(lambda: self.application.shell)
        self._at = at

    def begin(self) -> None:
        """The window is there, the workspace opens, the demo's shops are synced."""
        staged: list[bool] = []
        self.application.session.staged.connect(lambda: staged.append(True))
        self.application.start()
        wait_for(lambda: staged, "the demo to be staged", self._long)
        wait_for(lambda: self.application.desk is not None, "the workspace to be open")
        apart(self._bear_complaints)
        pause(600)
        self._at("overview")

    def _bear_complaints(self) -> None:
        """How many of the demo's people complain before a batch is a matter of speed: too many would pause it."""
        desk = self.application.desk
        assert desk is not None
        desk.app.workspace.accounts.set_setting("complaints_per_10000", 100)

    def look_at_customers(self) -> None:
        self.driver.click("nav_customers")
        self._listed("customers_table")
        pause(600)
        self._at("customers")
        self._enter("customers_table", 1)
        self.driver.wait(QWidget, "customer_drawer")
        pause(600)
        self._at("customer")
        self.driver.press("customers_table", Qt.Key.Key_Escape)
        self._build_segment()

    def _build_segment(self) -> None:
        """Conditions above the table, counted while they are added; saved, and gone again."""
        page = self.application.shell.page("customers")
        assert isinstance(page, CustomersPage)
        building, customers = page.segments_model, page.model
        self.driver.click("customers_build")
        self.driver.click("quick_days_since_order")
        wait_for(lambda: building.state.values.get("province"), "the provinces", self._long)
        building.add(0, "spend_cents", Op.AT_LEAST, "100")
        building.add(0, "province", Op.IN, "、".join(building.state.values["province"][:3]))
        wait_for(lambda: not building.state.counting and customers.state.search.conditions, "a count", self._long)
        wait_for(lambda: customers.state.found == building.state.count, "as many rows", self._long)
        building.keep(SEGMENT, lambda _: None)
        wait_for(lambda: customers.state.search.segment == SEGMENT, "it to be saved")
        pause(600)
        self._at("segment")
        building.forget(SEGMENT, lambda _: None)
        wait_for(lambda: SEGMENT not in customers.state.segments, "it to be gone")
        building.hide()
        customers.clear_search()

    def open_draft(self) -> None:
        self.driver.click("nav_campaigns")
        self._listed("campaign_table")
        pause(400)
        self._at("campaigns")
        self._enter("campaign_table", 0)
        self.driver.click("step_audience")
        pause(1_000)
        self._at("audience")

    def write(self) -> None:
        """Mends the draft by a one-key fix, as its problems ask for."""
        self.driver.click("step_content")
        self.driver.wait(QWidget, "problems_list")
        wait_for(self._fixes, "fixes to be offered")
        pause(400)
        self._at("content")
        self.fix_first()
        pause(400)
        self._at("content_mended")

    def fix_first(self) -> None:
        before = self.model.view.campaign.body
        wait_for(self._fixes, "a fix to be offered")
        QTest.mouseClick(self._fixes()[0], Qt.MouseButton.LeftButton)
        wait_for(lambda: self.model.view.campaign.body != before and not self.model.view.unsaved, "the fix to be saved")

    def screen(self) -> None:
        self.driver.click("step_screening")
        self.driver.click("empty_action")
        pause(200)
        self._at("screening_on")
        wait_for(lambda: self.state is CampaignState.SCREENED, "the screening to end", self._long)
        pause(800)
        self._at("screening")

    def approve(self) -> None:
        self.driver.click("step_sending")
        self.driver.wait(QWidget, "approval_count")
        pause(1_200)
        self._at("sending")
        self._confirm()
        count = self.driver.wait(QLineEdit, "approval_count")
        count.setFocus()
        QTest.keyClicks(count, str(self.model.view.ready))
        self.driver.click("sending_primary")
        wait_for(lambda: self.state is CampaignState.APPROVED, "the approval")
        pause(800)
        self._at("approved")

    def send(self) -> None:
        wait_for(self._may_leave, "the campaign to be ready to leave")
        answer("confirm_yes")
        self.driver.click("sending_primary")
        pause(300)
        self._at("running")
        wait_for(lambda: self.state is CampaignState.DONE, "the sending to end", self._long)
        pause(600)
        self._at("sent")

    def results(self) -> dict[str, int]:
        self.driver.click("step_results")
        self.driver.click("results_fetch")
        wait_for(self._reported, "the delivery reports", self._long)
        pause(800)
        self._at("results")
        self._at("replies")
        self._at("course")
        return dict(self.model.view.counts)

    def guided(self, name: str, step: str) -> None:
        """Waits until this part of the guide of the first campaign calls that step the next; "": it is away."""

        def led() -> bool:
            shown = [part for part in self.application.shell.findChildren(QWidget, name) if part.isVisible()]
            return [part.property("step") for part in shown] == ([step] if step else [])

        wait_for(led, f"{name} to lead to {step or 'nothing'}")

    def look_at_signatures(self) -> None:
        self.driver.click("nav_signatures")
        self._listed("signatures_table")
        pause(400)
        self._at("signatures")
        self._enter("signatures_table", 0)
        self.driver.wait(QWidget, "signature_provider")
        pause(400)
        self._at("signature")
        tabs = self.driver.find(QTabBar, "signature_tabs")
        tabs.setFocus()
        QTest.keyClick(tabs, Qt.Key.Key_Right)
        pause(600)
        self._at("templates")

    def look_at_inbox(self) -> None:
        self.driver.click("nav_inbox")
        self._listed("inbox_table")
        self._enter("inbox_table", 0)
        self.driver.wait(QWidget, "inbox_opened")
        pause(400)
        self._at("inbox")

    def look_at_report(self) -> None:
        self.count_report()
        self._at("report")

    def count_report(self) -> None:
        self.driver.click("nav_compliance")
        self.application.shell.page("compliance").open("report")
        section = self.driver.wait(SelfCheckSection, "report_section")
        section.model.count()
        self._listed("report_numbers")

    def look_at_records(self) -> None:
        self.driver.click("nav_records")
        self._listed("records_table")
        self.driver.click("records_verify")
        self.driver.wait(QAbstractButton, "records_copy")
        self._enter("records_table", 0)
        self.driver.wait(QWidget, "records_opened")
        pause(400)
        self._at("records")

    def look_at_compliance(self) -> None:
        self.driver.click("nav_compliance")
        self.application.shell.page("compliance").open("lookback")
        self.driver.wait(QAbstractButton, "empty_action").click()
        self.driver.click("lookback_start_dialog_save")
        looked_back = self.driver.wait(QTableView, "lookback_groups")
        wait_for(self._looked_back, "the look-back to end", self._long)
        pause(800)
        looked_back.selectRow(0)
        self._at("lookback")
        self.application.shell.page("compliance").open("wordings")
        self.driver.wait(QPlainTextEdit, "wording_text").setPlainText(AGREEMENT)
        pause(900)
        self._at("wordings")
        self.plan_a_peak()
        pause(400)
        self._at("peaks")

    def plan_a_peak(self) -> None:
        """Of today and tomorrow, with two people on duty."""
        self.application.shell.page("compliance").open("peaks")
        model = self.driver.find(PeaksSection, "peaks_section").model
        wait_for(lambda: model.state.plans is not None, "the plans to be read")
        if not model.state.plans:
            today = model.today()
            duty = (Duty("王丽", "总值班 09:00–22:00"), Duty("李强", "客服和投诉"))
            model.add(Wish("双十一", today, today + timedelta(days=1), (), duty), object())
        wait_for(lambda: model.state.looked is not None, "the plan to be shown")

    def _looked_back(self) -> bool:
        run = self.driver.find(LookBackSection, "lookback_section").model.state.opened
        return run is not None and run.state is RunState.DONE

    def look_at_settings(self) -> None:
        self.driver.click("nav_settings")
        pause(800)
        self._at("settings")
        self.application.shell.page("settings").open("rules")
        pause(0)  # what a user does next is a turn of its own
        self._listed("rules_table")
        self._at("rules")
        self._enter("rules_table", 0)
        pause(300)
        self._at("rule")
        self.driver.press("rule_back", Qt.Key.Key_Escape)
        for section in ("entities", "policies", "money", "staff", "workspace", "window", "about"):
            # a look in another language builds the pages anew
            self.application.shell.page("settings").open(section)
            pause(500)
            self._at(f"settings_{section}")
        self.application.shell.page("settings").open("accounts")
        pause(300)  # what a test does next is no part of this turn

    def end(self) -> None:
        self.application.shut()

    @property
    def model(self) -> CampaignModel:
        page = self.application.shell.findChild(CampaignsPage)
        assert page is not None
        model = page.model.current
        assert model is not None
        return model

    @property
    def state(self) -> CampaignState:
        return self.model.view.campaign.state

    def ledger(self) -> dict[str, Any]:
        """What the demo's platform really accepted."""
        desk = self.application.desk
        assert desk is not None
        answer: dict[str, Any] = requests.get(f"{desk.app.accounts.all()[0].base_url}/ledger", timeout=30).json()
        return answer

    def _listed(self, name: str) -> QTableView:
        table = self.driver.wait(QTableView, name)
        wait_for(lambda: table.model().rowCount() > 0, f"{name} to have rows")
        return table

    def _enter(self, name: str, number: int) -> None:
        """Opens a row by the keyboard."""
        table = self._listed(name)
        wait_for(lambda: table.model().index(number, 0).data(), f"row {number} of {name} to be read")
        table.selectRow(number)
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_Return)

    def _fixes(self) -> list[QAbstractButton]:
        panel = self.driver.find(QWidget, "problems")
        return [b for b in panel.findChildren(QAbstractButton) if b.objectName().startswith("fix") and b.isVisible()]

    def _may_leave(self) -> bool:
        """At some hours of the day the rules have a warning about the hour, which comes with a look of its own."""
        self._confirm()
        return self.driver.find(QAbstractButton, "sending_primary").isEnabled()

    def _confirm(self) -> None:
        for box in self._confirmations():
            # a check box answers on its box and words only, not on the empty space behind them
            QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(BOX, box.height() // 2))

    def _confirmations(self) -> list[QAbstractButton]:
        every = self.application.shell.findChildren(QAbstractButton)
        return [b for b in every if b.objectName().startswith("confirm_") and b.isVisible() and not b.isChecked()]

    def _reported(self) -> bool:
        counts = self.model.view.counts
        return counts.get("delivered", 0) + counts.get("failed", 0) >= counts.get("accepted", 1) > 0
