"""How the forms of variables and the customers' own variables are called, in both dialogs about templates."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from campaign_app.services.readers import Variable
from campaign_app.ui.kit import Kit

_SAMPLE: Final = 12
USERS: Final = {"${name}": ("aliyun",), "{1}": ("tencent", "ucloud"), "${1}": ("huawei",)}


class TemplateWords(QObject):
    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit

    def notation(self, notation: str) -> str:
        """With the providers who write so."""
        users = [self._kit.words.term("provider", user) for user in USERS.get(notation, ())]
        if notation == "{name}":
            users = [self.tr("本程序")]
        between = self.tr("、")
        return f"{notation} · {between.join(users)}" if users else notation

    def variable(self, variable: Variable) -> str:
        """With its meaning and somebody's value of it."""
        names = {"name": self.tr("姓名"), "province": self.tr("省份"), "city": self.tr("城市")}
        said = f"{{{variable.name}}}"
        meaning = names.get(variable.name, "")
        sample = variable.sample if len(variable.sample) <= _SAMPLE else f"{variable.sample[:_SAMPLE]}…"
        words = filter(None, (meaning, self.tr("例如 {}").format(sample) if sample else ""))
        return " ".join((said, self.tr("，").join(words))).strip()
