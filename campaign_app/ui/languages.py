"""The language that is in force: Qt's own words and ours, and the names of months and days."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from campaign_app import assets
from campaign_app.words import Language


class Languages:
    def __init__(self, qt: QCoreApplication, parent: QObject) -> None:
        self._qt, self._parent = qt, parent
        self._installed: list[QTranslator] = []

    def use(self, language: Language) -> None:
        self.clear()
        # what Qt writes by itself, such as a calendar's head, is of the window's language and not of the system's
        QLocale.setDefault(QLocale(language))
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._installed = [QTranslator(self._parent), QTranslator(self._parent)]
        found = [self._installed[0].load(f"qtbase_{language}", folder)]
        # the words in the code are Chinese, whose file has only what Qt's lacks
        ours = "qt_zh_CN.qm" if language == "zh_CN" else f"{language}.qm"
        found.append(self._installed[1].load(str(assets.path("i18n", ours))))
        for translator, loaded in zip(self._installed, found, strict=True):
            if loaded:
                self._qt.installTranslator(translator)

    def clear(self) -> None:
        QLocale.setDefault(QLocale.system())
        for known in self._installed:
            self._qt.removeTranslator(known)
