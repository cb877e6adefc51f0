"""设置: accounts, entities, policies, the workspace, and the window itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedWidget, QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_accounts import AccountsSection
from campaign_app.ui.pages.settings_entities import EntitiesSection
from campaign_app.ui.pages.settings_policies import PoliciesSection
from campaign_app.ui.pages.settings_window import WindowSection
from campaign_app.ui.pages.settings_workspace import WorkspaceSection
from campaign_app.ui.viewmodels.accounts import AccountsModel
from campaign_app.ui.viewmodels.settings import PoliciesModel, WorkspaceModel
from campaign_app.ui.widgets.basics import row
from campaign_app.ui.widgets.page import Page

SECTIONS: Final = ("accounts", "entities", "policies", "workspace", "window")
_REMEMBERED: Final = "settings_section"
_WIDTH: Final = 176


class SettingsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("")
        self.title.setText(self.tr("设置"))
        self._desk = desk
        self.accounts, self.policies, self.workspace = _models(desk)
        self._sections: dict[str, QWidget] = {}
        self.stack = QStackedWidget()
        self.list = self._list()
        self.content.addLayout(row(self.list, self.stack, space=5, stretch=1))
        self.open(desk.session.property(_REMEMBERED) or SECTIONS[0])

    def shown(self) -> None:
        self.accounts.load()
        self.policies.load()
        self.workspace.load()

    def open(self, what: object) -> None:
        """The key of a section."""
        if what in SECTIONS:
            self.list.setCurrentRow(SECTIONS.index(str(what)))

    def section(self, key: str) -> QWidget:
        """Built when it is first wanted."""
        found = self._sections.get(key)
        if found is None:
            found = self._sections[key] = self._build(key)
            self.stack.addWidget(found)
        return found

    def _build(self, key: str) -> QWidget:
        desk = self._desk
        if key == "accounts":
            return AccountsSection(desk, self.accounts)
        if key == "entities":
            return EntitiesSection(desk, self.accounts)
        if key == "policies":
            return PoliciesSection(desk, self.policies)
        return WorkspaceSection(desk, self.workspace) if key == "workspace" else WindowSection(desk.kit)

    def _list(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("settings_sections")
        made.setAccessibleName(self.tr("设置分区"))
        made.setFixedWidth(_WIDTH)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title in self._titles():
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(0, 38))
            made.addItem(item)
        made.currentRowChanged.connect(self._chosen)
        return made

    def _titles(self) -> tuple[str, ...]:
        return (self.tr("账户"), self.tr("主体与资质"), self.tr("策略"), self.tr("工作区"), self.tr("界面"))

    def _chosen(self, index: int) -> None:
        self.stack.setCurrentWidget(self.section(SECTIONS[index]))
        self._desk.session.setProperty(_REMEMBERED, SECTIONS[index])


def _models(desk: Desk) -> tuple[AccountsModel, PoliciesModel, WorkspaceModel]:
    """They outlive the page, which is built anew for another language: what was typed stays."""
    session, kit = desk.session, desk.kit
    accounts = session.findChild(AccountsModel, "settings_accounts")
    policies = session.findChild(PoliciesModel, "settings_policies")
    workspace = session.findChild(WorkspaceModel, "settings_workspace")
    if accounts is not None and policies is not None and workspace is not None:
        return accounts, policies, workspace
    accounts = AccountsModel(desk.app, kit.tasks, kit.messages, desk.jobs, session)
    policies = PoliciesModel(desk.app, kit.tasks, kit.messages, session)
    workspace = WorkspaceModel(desk.app, kit.tasks, kit.messages, session)
    for model, name in ((accounts, "accounts"), (policies, "policies"), (workspace, "workspace")):
        model.setObjectName(f"settings_{name}")
    return accounts, policies, workspace
