"""Every deed that has a shortcut, in one table: stable id, keys, where they hold, and what it is called.

Pages make their QActions from it by `action`; the sheet of shortcuts, tooltips and the command palette read it too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from campaign_app.ui.messages import QT_TRANSLATE_NOOP, translate

_HERE: Final = Qt.ShortcutContext.WidgetWithChildrenShortcut
_ITSELF: Final = Qt.ShortcutContext.WidgetShortcut
_WINDOW: Final = Qt.ShortcutContext.WindowShortcut
PAGES: Final = 8


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`place` is the part of the window where the keys hold; `source` the deed in the words of the code.

    `alike` are keys that do the same and need no word, such as those of the number pad.
    """

    keys: tuple[str, ...]
    place: str
    source: str
    context: Qt.ShortcutContext = _HERE
    alike: tuple[str, ...] = ()


GROUPS: Final[Mapping[str, str]] = {
    "window": QT_TRANSLATE_NOOP("Shortcuts", "全局"),
    "customers": QT_TRANSLATE_NOOP("Shortcuts", "客户"),
    "campaigns": QT_TRANSLATE_NOOP("Shortcuts", "活动列表"),
    "campaign": QT_TRANSLATE_NOOP("Shortcuts", "一个活动"),
    "content": QT_TRANSLATE_NOOP("Shortcuts", "活动 → 内容"),
    "rows": QT_TRANSLATE_NOOP("Shortcuts", "活动 → 核验的名单"),
    "search": QT_TRANSLATE_NOOP("Shortcuts", "有搜索框的页面"),
    "help": QT_TRANSLATE_NOOP("Shortcuts", "帮助窗口"),
}
_PAGE: Final = QT_TRANSLATE_NOOP("Shortcuts", "打开左侧的页面")
_STEP: Final = QT_TRANSLATE_NOOP("Shortcuts", "打开活动的步骤")
SHORTCUTS: Final[Mapping[str, Shortcut]] = {
    "window.palette": Shortcut(("Ctrl+K",), "window", QT_TRANSLATE_NOOP("Shortcuts", "命令面板"), _WINDOW),
    "window.help": Shortcut(("F1",), "window", QT_TRANSLATE_NOOP("Shortcuts", "帮助"), _WINDOW),
    "window.shortcuts": Shortcut(("Ctrl+/", "?"), "window", QT_TRANSLATE_NOOP("Shortcuts", "快捷键"), _WINDOW),
    **{f"page.{number}": Shortcut((f"Ctrl+{number}",), "window", _PAGE, _WINDOW) for number in range(1, PAGES + 1)},
    "customers.find": Shortcut(("Ctrl+F",), "customers", QT_TRANSLATE_NOOP("Shortcuts", "查找客户"), _WINDOW),
    "customers.close": Shortcut(("Esc",), "customers", QT_TRANSLATE_NOOP("Shortcuts", "收起客户详情"), _ITSELF),
    "campaigns.new": Shortcut(("Ctrl+N",), "campaigns", QT_TRANSLATE_NOOP("Shortcuts", "新建活动")),
    "campaigns.copy": Shortcut(("Ctrl+D",), "campaigns", QT_TRANSLATE_NOOP("Shortcuts", "复制为新草稿"), _ITSELF),
    "campaigns.delete": Shortcut(("Delete",), "campaigns", QT_TRANSLATE_NOOP("Shortcuts", "删除草稿…"), _ITSELF),
    **{f"campaign.step.{number}": Shortcut((f"Alt+{number}",), "campaign", _STEP) for number in range(1, 6)},
    "content.next": Shortcut(("F8",), "content", QT_TRANSLATE_NOOP("Shortcuts", "下一个问题")),
    "content.previous": Shortcut(("Shift+F8",), "content", QT_TRANSLATE_NOOP("Shortcuts", "上一个问题")),
    "content.fix": Shortcut(
        ("Alt+Enter",), "content", QT_TRANSLATE_NOOP("Shortcuts", "改正当前问题"), alike=("Alt+Return",)
    ),
    "content.beside": Shortcut(("F9",), "content", QT_TRANSLATE_NOOP("Shortcuts", "各通道预览")),
    "rows.back": Shortcut(("Esc",), "rows", QT_TRANSLATE_NOOP("Shortcuts", "收起凭据，或返回漏斗")),
    "search.find": Shortcut(("Ctrl+F",), "search", QT_TRANSLATE_NOOP("Shortcuts", "查找")),
    "help.find": Shortcut(("Ctrl+F",), "help", QT_TRANSLATE_NOOP("Shortcuts", "在本章中查找"), _WINDOW),
    "help.back": Shortcut(("Alt+Left",), "help", QT_TRANSLATE_NOOP("Shortcuts", "后退"), _WINDOW),
    "help.forward": Shortcut(("Alt+Right",), "help", QT_TRANSLATE_NOOP("Shortcuts", "前进"), _WINDOW),
    "help.close": Shortcut(("Esc",), "help", QT_TRANSLATE_NOOP("Shortcuts", "关闭帮助"), _WINDOW),
}


def action(owner: QWidget, key: str, do: Callable[[], object], *, text: str = "", name: str = "") -> QAction:
    """An action of `SHORTCUTS` that `owner` has; `text` where it says more than the table does."""
    of = SHORTCUTS[key]
    made = QAction(text or said(key), owner)
    made.setObjectName(name or key)
    made.setData(key)
    made.setShortcuts([QKeySequence(keys) for keys in (*of.keys, *of.alike)])
    made.setShortcutContext(of.context)
    made.triggered.connect(lambda _=False: do())
    owner.addAction(made)
    return made


def said(key: str) -> str:
    """What the deed is called in the language of now."""
    return translate("Shortcuts", SHORTCUTS[key].source)


def keys_of(key: str) -> str:
    """The first keys of a deed as this system writes them."""
    return native(SHORTCUTS[key].keys[0])


def native(keys: str) -> str:
    """As they are on the keys, in every language: Qt would translate what is printed on them."""
    form = QKeySequence.SequenceFormat
    written = QKeySequence(keys).toString(form.NativeText if sys.platform == "darwin" else form.PortableText)
    return written.replace("Left", "←").replace("Right", "→").replace("Return", "Enter")


def tip(text: str, key: str) -> str:
    """A tooltip that says the keys, too."""
    return f"{text}  {keys_of(key)}"
