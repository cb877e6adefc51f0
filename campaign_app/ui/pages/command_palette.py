"""Ctrl+K: what the palette offers on the page that is shown, and what each of it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget
from shiboken6 import isValid

from campaign_app import assets
from campaign_app.domain.campaign import Campaign
from campaign_app.ui.commands import Command, Finder
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.campaigns import LEVELS
from campaign_app.ui.messages import QT_TRANSLATE_NOOP, translate
from campaign_app.ui.pages.guide_words import guide_of
from campaign_app.ui.viewmodels.palette import PaletteModel
from campaign_app.ui.widgets.actions import SHORTCUTS, keys_of
from campaign_app.ui.widgets.navigation import Place
from campaign_app.ui.widgets.palette import Palette

# in the words of `Shell` and `SettingsPage`: the palette is found by them in every language
PAGES: Final[Mapping[str, str]] = {
    "overview": QT_TRANSLATE_NOOP("Shell", "概览"),
    "customers": QT_TRANSLATE_NOOP("Shell", "客户"),
    "campaigns": QT_TRANSLATE_NOOP("Shell", "活动"),
    "signatures": QT_TRANSLATE_NOOP("Shell", "签名与模板"),
    "inbox": QT_TRANSLATE_NOOP("Shell", "退订与投诉"),
    "compliance": QT_TRANSLATE_NOOP("Shell", "合规"),
    "records": QT_TRANSLATE_NOOP("Shell", "记录"),
    "settings": QT_TRANSLATE_NOOP("Shell", "设置"),
}
SECTIONS: Final[Mapping[str, str]] = {
    "accounts": QT_TRANSLATE_NOOP("SettingsPage", "账户"),
    "entities": QT_TRANSLATE_NOOP("SettingsPage", "主体资料"),
    "rules": QT_TRANSLATE_NOOP("SettingsPage", "规则"),
    "policies": QT_TRANSLATE_NOOP("SettingsPage", "策略"),
    "money": QT_TRANSLATE_NOOP("SettingsPage", "费用与预算"),
    "staff": QT_TRANSLATE_NOOP("SettingsPage", "测试号码"),
    "workspace": QT_TRANSLATE_NOOP("SettingsPage", "工作区"),
    "window": QT_TRANSLATE_NOOP("SettingsPage", "界面"),
    "about": QT_TRANSLATE_NOOP("SettingsPage", "关于"),
}
# what is done in a section whose name does not say so: by its dialog, in whose words it is known
WITHIN: Final[Mapping[str, tuple[str, str, str]]] = {
    "backup": ("workspace", "BackupDialog", QT_TRANSLATE_NOOP("BackupDialog", "备份工作区")),
    "restore": ("workspace", "RestoreDialog", QT_TRANSLATE_NOOP("RestoreDialog", "从备份恢复")),
}
BRING_BACK: Final = QT_TRANSLATE_NOOP("CommandPalette", "显示“第一次活动”指引")
_SETTINGS: Final = "settings"
_MODES: Final = frozenset({"page", "campaign.step"})  # on the screen already, as pages or as buttons with more to say


class CommandPalette(QObject):
    """`places` are those of the navigation, `shown` gives the page that is shown, `more` are commands of the window."""

    def __init__(
        self,
        desk: Desk,
        window: QWidget,
        places: Sequence[Place],
        shown: Callable[[], QWidget | None],
        more: Sequence[QAction],
    ) -> None:
        super().__init__(window)
        self._desk, self._places, self._shown, self._more = desk, tuple(places), shown, tuple(more)
        self._english = QTranslator(self)
        if desk.kit.prefs.language != "en":
            self._english.load(str(assets.path("i18n", "en.qm")))
        self.model = model_of(desk)
        self.view = Palette(desk.kit.theme, window)
        self._known: tuple[Campaign, ...] = ()
        self._rows: list[Command] = []
        self._here: list[Command] = []
        self._finder = Finder((), {})
        self.view.asked.connect(self._find)
        self.model.changed.connect(self._news)
        self.model.load()

    def toggle(self) -> None:
        """The same keys open and close it. What it offers of the page is looked up once for each opening."""
        if self.view.isVisible():
            self.view.close_palette()
            return
        page = self._shown()
        self._here = [*self._deeds(page)] if page is not None else []
        self._renew()
        self.view.open()
        self.model.load()

    def commands(self) -> list[Command]:
        """In the order of an empty query."""
        return [*self._here, *self._pages(), *self._sections(), *self._window(), *self._campaigns()]

    def _renew(self) -> None:
        self._finder = Finder(self.commands(), self.model.readings)

    def _news(self) -> None:
        if self.view.isVisible():
            self._renew()
            self._find(self.view.field.text())

    def _find(self, query: str) -> None:
        self.view.offer(self._finder.find(query), query)

    def _pages(self) -> Iterator[Command]:
        there = (place for place in self._places if not place.coming)
        for number, place in enumerate(there, start=1):
            also = (place.key, PAGES.get(place.key, ""))
            go = partial(self._desk.way.to, place.key)
            yield Command(
                f"page.{place.key}", "page", place.title, go, place.picture, keys_of(f"page.{number}"), also=also
            )

    def _sections(self) -> Iterator[Command]:
        named = {key: (key, "SettingsPage", source) for key, source in SECTIONS.items()}
        for key, (section, context, source) in {**named, **WITHIN}.items():
            also = (key, source, self._in_english(context, source))
            go = partial(self._desk.way.to, _SETTINGS, section)
            yield Command(f"section.{key}", "section", translate(context, source), go, _SETTINGS, also=also)

    def _window(self) -> Iterator[Command]:
        for action in self._more:
            yield self._of_action(action)
        guide = guide_of(self._desk)
        if guide.state.hidden and not guide.state.over:
            title, also = translate("CommandPalette", BRING_BACK), self._in_english("CommandPalette", BRING_BACK)
            yield Command("guide.show", "action", title, self._bring_back, "right", also=(BRING_BACK, also))

    def _bring_back(self) -> None:
        """Where it can be seen."""
        guide_of(self._desk).hide(hidden=False)
        self._desk.way.to("overview")

    def _campaigns(self) -> list[Command]:
        if self._known is not self.model.campaigns:
            self._known = self.model.campaigns
            self._rows = [self._campaign(each) for each in self._known]
        return self._rows

    def _campaign(self, each: Campaign) -> Command:
        go = partial(self._desk.way.to, "campaigns", each.id)
        state, level = self._desk.kit.words.term("state", each.state), LEVELS[each.state]
        return Command(f"campaign.{each.id}", "campaign", each.name, go, "campaigns", note=state, level=level)

    def _deeds(self, page: QWidget) -> Iterator[Command]:
        """Actions with keys first, then every button of the page that says of itself what it does."""
        seen: set[str] = set()
        for action in page.findChildren(QAction):
            owner = action.parent()
            offered = action.data() in SHORTCUTS and str(action.data()).rpartition(".")[0] not in _MODES
            if offered and isinstance(owner, QWidget) and owner.isVisible() and action.isEnabled():
                seen.add(action.text())
                yield self._of_action(action)
        buttons = [each for each in page.findChildren(QPushButton) if each.isVisible() and each.isEnabled()]
        names = [_name(each) for each in buttons]
        for button, name in zip(buttons, names, strict=True):
            # of two with one name nobody could tell which is meant
            if name and name not in seen and names.count(name) == 1:
                key, also = f"button.{button.objectName() or name}", self._english_of(button)
                yield Command(key, "action", name, partial(_press, button, name), "right", also=(also,))

    def _of_action(self, action: QAction) -> Command:
        key = str(action.data())
        source = SHORTCUTS[key].source
        also = (source, self._in_english("Shortcuts", source))
        return Command(f"action.{key}", "action", action.text(), action.trigger, "right", keys_of(key), also=also)

    def _english_of(self, button: QAbstractButton) -> str:
        """Words of a page are known by the class that says them: the button's own page, or a part of it."""
        part: QObject | None = button
        while part is not None:
            found = self._in_english(type(part).__name__, button.text())
            if found:
                return found
            part = part.parent()
        return ""

    def _in_english(self, context: str, source: str) -> str:
        return self._english.translate(context, source) or ""


def _press(button: QPushButton, name: str) -> None:
    """Only while it still is what was chosen: pages go on changing under an open palette."""
    if isValid(button) and button.isVisible() and button.isEnabled() and _name(button) == name:
        button.click()


def _name(button: QAbstractButton) -> str:
    return (button.accessibleName() or button.text()).strip()


def model_of(desk: Desk) -> PaletteModel:
    """It outlives the window, which is built anew for another language."""
    return desk.kept(PaletteModel, lambda: PaletteModel(desk.app, desk.kit.tasks, desk.session))
