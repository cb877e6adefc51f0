"""设置: accounts, entities, rules, policies, the workspace, the window itself, and what the program is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedWidget, QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_about import AboutSection
from campaign_app.ui.pages.settings_accounts import AccountsSection
from campaign_app.ui.pages.settings_entities import EntitiesSection
from campaign_app.ui.pages.settings_money import MoneySection
from campaign_app.ui.pages.settings_policies import PoliciesSection
from campaign_app.ui.pages.settings_rules import RulesSection
from campaign_app.ui.pages.settings_staff import StaffSection
from campaign_app.ui.pages.settings_window import WindowSection
from campaign_app.ui.pages.settings_workspace import WorkspaceSection
from campaign_app.ui.viewmodels.about import AboutModel, desk_of
from campaign_app.ui.viewmodels.accounts import AccountsModel
from campaign_app.ui.viewmodels.backups import BackupModel
from campaign_app.ui.viewmodels.money import MoneyModel
from campaign_app.ui.viewmodels.profiles import ProfilesModel
from campaign_app.ui.viewmodels.rules import RulesModel
from campaign_app.ui.viewmodels.settings import PoliciesModel, WorkspaceModel
from campaign_app.ui.viewmodels.staff import StaffModel
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import row
from campaign_app.ui.widgets.page import Page

SECTIONS: Final = ("accounts", "entities", "rules", "policies", "money", "staff", "workspace", "window", "about")
# of the kinds of what is done (`Page.renew`), those after which something here is another
_SHOWN: Final = frozenset(
    {"account", "entity", "profile_changed", "rule_switched_off", "rule_switched_on", "settings", "staff", "sync"}
)
_REMEMBERED: Final = "settings_section"
_WIDTH: Final = 176
_AROUND: Final = 40  # the words of an entry


class SettingsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("")
        self.title.setText(self.tr("设置"))
        self._desk = desk
        self._make_models(desk)
        self._sections: dict[str, QWidget] = {}
        self.stack = QStackedWidget()
        self.list = self._list()
        self.content.addLayout(row(self.list, self.stack, space=5, stretch=1))
        self.open(desk.session.property(_REMEMBERED) or SECTIONS[0])

    def shown(self) -> None:
        self._load_shared()
        for model in (self.workspace, self.backups, self.about):
            model.load()

    def renew(self, kinds: frozenset[str]) -> None:
        if kinds & _SHOWN:
            self._load_shared()

    def _load_shared(self) -> None:
        """What everybody of a team sees, and somebody may have changed."""
        for model in (self.accounts, self.profiles, self.rules, self.policies, self.money, self.staff):
            model.load()

    def place(self) -> str:
        return f"settings.{SECTIONS[self.list.currentRow()]}"

    def unsaved(self) -> bool:
        return bool(self.policies.state.changed)

    def drops(self) -> bool:
        self._desk.way.to("settings", "policies")
        return confirm(
            self,
            self.tr("策略的改动还没有保存"),
            self.tr("现在关闭会丢掉这些改动，仍按原来的策略执行。要保留，请返回后点“保存”。"),
            yes=self.tr("放弃并关闭"),
            no=self.tr("返回"),
            danger=True,
        )

    def open(self, what: object) -> None:
        """The key of a section; ("account", id) or ("renew", id): the account's card, or its connect dialog.

        ("field", section, names): the very field there, see `land` of the sections that have it.
        """
        if what in SECTIONS:
            self.list.setCurrentRow(SECTIONS.index(str(what)))
        elif isinstance(what, tuple) and what[0] == "field":
            self.list.setCurrentRow(SECTIONS.index(what[1]))
            section = self.section(what[1])
            if isinstance(section, AccountsSection | MoneySection | StaffSection):
                section.land(what[2])
        elif isinstance(what, tuple):
            self.list.setCurrentRow(SECTIONS.index("accounts"))
            accounts, (deed, account_id) = self.section("accounts"), what
            assert isinstance(accounts, AccountsSection)
            accounts.show_account(account_id, renew=deed == "renew")

    def _make_models(self, desk: Desk) -> None:
        """They outlive the page, which is built anew for another language: what was typed stays."""
        app, tasks, messages, session = desk.app, desk.kit.tasks, desk.kit.messages, desk.session
        self.accounts = desk.kept(AccountsModel, lambda: AccountsModel(app, tasks, messages, desk.jobs, session))
        self.profiles = desk.kept(ProfilesModel, lambda: ProfilesModel(app, tasks, messages, session))
        self.rules = desk.kept(RulesModel, lambda: RulesModel(app, tasks, messages, session))
        self.policies = desk.kept(PoliciesModel, lambda: PoliciesModel(app, tasks, messages, session))
        self.money = desk.kept(MoneyModel, lambda: MoneyModel(app, tasks, messages, session))
        self.staff = desk.kept(StaffModel, lambda: StaffModel(app, tasks, messages, session))
        self.workspace = desk.kept(WorkspaceModel, lambda: WorkspaceModel(app, tasks, messages, session))
        self.about = desk.kept(AboutModel, lambda: AboutModel(desk_of(app.clock), tasks, session))
        self.backups = desk.kept(BackupModel, lambda: BackupModel(app, tasks, messages, session))

    def section(self, key: str) -> QWidget:
        """Built when it is first wanted."""
        found = self._sections.get(key)
        if found is None:
            found = self._sections[key] = self._build(key)
            self.stack.addWidget(found)
        return found

    def _build(self, key: str) -> QWidget:
        desk = self._desk
        make: dict[str, Callable[[], QWidget]] = {
            "accounts": lambda: AccountsSection(desk, self.accounts),
            "entities": lambda: EntitiesSection(desk, self.accounts, self.profiles),
            "rules": lambda: RulesSection(desk, self.rules),
            "policies": lambda: PoliciesSection(desk, self.policies),
            "money": lambda: MoneySection(desk, self.money),
            "staff": lambda: StaffSection(desk, self.staff),
            "workspace": lambda: WorkspaceSection(desk, self.workspace, self.backups),
            "window": lambda: WindowSection(desk),
            "about": lambda: AboutSection(desk, self.about),
        }
        return make[key]()

    def _list(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("settings_sections")
        made.setAccessibleName(self.tr("设置分区"))
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title in self._titles():
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(0, 38))
            made.addItem(item)
        words = max(made.fontMetrics().horizontalAdvance(title) for title in self._titles())
        made.setFixedWidth(max(_WIDTH, words + _AROUND))
        made.currentRowChanged.connect(self._chosen)
        return made

    def _titles(self) -> tuple[str, ...]:
        rules = (self.tr("主体资料"), self.tr("规则"), self.tr("策略"), self.tr("费用与预算"))
        return (self.tr("账户"), *rules, self.tr("测试号码"), self.tr("工作区"), self.tr("界面"), self.tr("关于"))

    def _chosen(self, index: int) -> None:
        self.stack.setCurrentWidget(self.section(SECTIONS[index]))
        self._desk.session.setProperty(_REMEMBERED, SECTIONS[index])
