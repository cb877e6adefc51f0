"""What the window remembers of this user on this computer: language, appearance, geometry. Nothing of any customer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtCore import QByteArray, QLocale, QObject, QSettings, Signal

from campaign_app.ui.theme import theme
from campaign_app.words import Language

LANGUAGES: Final[Mapping[Language, str]] = {"zh_CN": "简体中文", "en": "English"}
_GUIDE: Final = "guide"
_AWAITED: Final = "import"


class Prefs(QObject):
    """A small file that may be lost without harm: what cannot be read or written is the default again."""

    language_changed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stored = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat, self)

    @property
    def language(self) -> Language:
        known = self._stored.value("language", "")
        if known in LANGUAGES:
            return cast("Language", known)
        # Chinese first: English only where the system speaks neither
        return "zh_CN" if QLocale.system().language() in (QLocale.Language.Chinese, QLocale.Language.C) else "en"

    @language.setter
    def language(self, language: Language) -> None:
        if language != self.language:
            self._stored.setValue("language", language)
            self.language_changed.emit()

    @property
    def theme(self) -> str:
        known = str(self._stored.value("theme", "system"))
        return known if known in theme.NAMES else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._stored.setValue("theme", name)

    @property
    def workspace(self) -> Path | None:
        """The folder that was opened last, where it is not the usual one."""
        known = self._stored.value("workspace", "")
        return Path(known) if isinstance(known, str) and known else None

    @workspace.setter
    def workspace(self, folder: Path | None) -> None:
        self._stored.setValue("workspace", "" if folder is None else str(folder))

    def is_guide_hidden(self, mark: str) -> bool:
        """Whether the guide of the first campaign is out of the way in the workspace of this mark."""
        return bool(self._stored.contains(f"{_GUIDE}/{mark}"))

    def hide_guide(self, mark: str, *, hidden: bool) -> None:
        if hidden:
            self._stored.setValue(f"{_GUIDE}/{mark}", "hidden")
        else:
            self._stored.remove(f"{_GUIDE}/{mark}")

    def awaited_import(self, mark: str) -> str:
        """What `await_import` was told in the workspace of this mark; "" for nothing."""
        return str(self._stored.value(f"{_AWAITED}/{mark}", ""))

    def await_import(self, mark: str, told: str) -> None:
        if told:
            self._stored.setValue(f"{_AWAITED}/{mark}", told)
        else:
            self._stored.remove(f"{_AWAITED}/{mark}")

    def bytes(self, name: str) -> QByteArray:
        """Geometry and the like; empty where nothing is known."""
        known: Any = self._stored.value(name)
        return known if isinstance(known, QByteArray) else QByteArray()

    def put_bytes(self, name: str, value: QByteArray) -> None:
        self._stored.setValue(name, value)

    def save(self) -> None:
        self._stored.sync()


def default_folder() -> Path:
    from platformdirs import user_config_path

    return user_config_path("campaign_app", appauthor=False)
