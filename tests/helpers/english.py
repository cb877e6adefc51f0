"""What a person reads of a window in another language than Chinese, less what is the user's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QWidget,
)

from campaign_app import bootstrap
from campaign_app.ui.pages.rule_words import STATE

CHINESE: Final = re.compile(r"[\u2e80-\u9fff\u3000-\u303f\ufe30-\ufe4f\uff00-\uffef]")
QUOTED: Final = re.compile(r"“[^”]*”|\"[^\"]*\"|【[^】]*】")
ROWS: Final = 30


def chinese_in(root: QWidget, own: Iterable[str]) -> list[str]:
    """Every text of `root` and what is in it that is Chinese; quoted words, and those that are `own`, are data."""
    known = sorted({each for each in own if CHINESE.search(each)}, key=len, reverse=True)
    with_any = ((where, text) for where, text in shown(root) if CHINESE.search(text))
    return [f"{where}: {text}" for where, text in with_any if CHINESE.search(bare(text, known))]


def bare(text: str, known: Iterable[str] = ()) -> str:
    for each in known:
        text = text.replace(each, "")
    return QUOTED.sub("", text)


def shown(root: QWidget) -> Iterator[tuple[str, str]]:
    for widget in (root, *root.findChildren(QWidget)):
        where = f"{type(widget).__name__} {widget.objectName()}"
        for text in (*_common(widget), *_special(widget)):
            if text:
                yield where, text
    for action in root.findChildren(QAction):
        yield "QAction", action.text()


def _common(widget: QWidget) -> tuple[str, ...]:
    return (
        widget.accessibleName(),
        widget.accessibleDescription(),
        widget.toolTip(),
        widget.statusTip(),
        widget.whatsThis(),
        widget.windowTitle(),
    )


def _special(widget: QWidget) -> Iterable[str]:
    if isinstance(widget, QLabel | QAbstractButton):
        return [widget.text()]
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        return [widget.placeholderText()]
    if isinstance(widget, QProgressBar):
        return [widget.text()]
    if isinstance(widget, QComboBox):
        return _items(widget.model())
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        return _items(widget.model())
    return []


def _items(model: QAbstractItemModel) -> Iterator[str]:
    roles = (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(QModelIndex()), ROWS)):
            for role in roles:
                yield str(model.index(row, column).data(role) or "")


def own_words(app: bootstrap.App) -> set[str]:
    """Names, places, texts and signatures of the workspace, the names of laws, and what rules give as examples."""
    accounts, found = app.accounts.all(), set(app.audiences.saved())
    for account in accounts:
        found |= {account.label, account.issuer_name}
    for entity in app.accounts.entities():
        found |= {entity.name} | {signature.text for signature in app.accounts.signatures(entity.uscc)}
        found |= set(app.audiences.values("tag", entity.uscc, 1_000))
    for campaign in app.campaigns.all():
        found |= {campaign.name, campaign.body, *re.split(r"\{[^}]*\}", campaign.body)}
    for person in app.people.rows(app.people.query(), 0, 100_000):
        found |= {person.name, person.province, person.city}
    for rule in app.rules.current().rules.rules:
        said = f"{rule.about['en']} {rule.message['en']} {rule.fix['en']}"
        found |= {case.text for case in rule.cases}
        found |= set(re.findall(rf"{CHINESE.pattern}+", said))  # rules speak of Chinese words
        for dated in rule.citations:
            law = dated.citation.law
            found |= {law, law.removeprefix(STATE), dated.citation.article}
    return found
