"""What a platform asks for: its fields, whose shop it is, and who says who agreed where the platform cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLayout, QLineEdit, QVBoxLayout, QWidget

from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.platform import Asked, ConnectField, Offer, lacking
from campaign_app.services.expiry import AUTHORISED_UNTIL
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.connect import Choices, KeyFile
from campaign_app.ui.widgets.basics import button, column, label, row, show_if
from campaign_app.ui.widgets.passphrase import hidden_field

# of these two an account is known: with others it is another one
KNOWN_BY: Final = ("base_url", "key_id")
PLACEHOLDERS: Final = {"base_url": "https://", "smpp_base_url": "smpps://", AUTHORISED_UNTIL: "2026-12-31"}

# the codes of errors, and the fields that they are about
_OF_SECRETS: Final = frozenset({
    "unauthorized", "bad_signature", "bad_private_key", "unauthorized_key", "token_expired",
    "smpp_login", "kannel_login",
})  # fmt: skip
_OF_THE_ADDRESS: Final = frozenset({
    "unreachable", "tls", "redirected", "not_found", "bad_request", "bad_url", "insecure_url",
    "bad_smpp_url", "kannel_address",
})  # fmt: skip
_ABOUT: Final = {"unknown_key": ("key_id",), **dict.fromkeys(_OF_THE_ADDRESS, ("base_url",))}


class ConnectForm(QWidget):
    """Built anew for every platform that is chosen.

    `renews`: whose shop it is and who says who agreed are as they were, and are not asked for; nor is which account.
    """

    edited = Signal()
    grew = Signal()
    file_wanted = Signal()

    def __init__(self, kit: Kit, offer: Offer, choices: Choices, asked: Asked, *, renews: bool = False) -> None:
        super().__init__()
        self._kit, self.offer = kit, offer
        self.bare = label("", "warn", wrap=True, name="connect_key_bare")
        show_if(self.bare, False)
        self._kept = (asked.entity, asked.consent_account_id) if renews else (None, None)
        self.fields = {field.name: self._field(field, asked.values.get(field.name, "")) for field in offer.fields}
        for name in KNOWN_BY if renews else ():
            if name in self.fields:
                self.fields[name].setReadOnly(True)
        sourced = renews or offer.capabilities.consent_lookup
        self.owner = EntityChoice(choices.entities, asked.entity) if offer.issuer and not renews else None
        self.source = None if sourced else SourceChoice(choices.sources, asked)
        usual = [field for field in offer.fields if _is_usual(field)]
        parts: list[QWidget | QLayout | None] = [self._lined(field) for field in usual]
        if rest := [field for field in offer.fields if field not in usual]:
            parts += self._more(rest, typed=any(asked.values.get(field.name) for field in rest))
        if self.owner is not None:
            self.owner.edited.connect(self._owner_changed)
            parts.append(self.owner)
        if self.source is not None:
            self.source.edited.connect(self.edited)
            parts.append(self.source)
            self._owner_changed()
        self.setLayout(column(*parts))

    def asked(self) -> Asked:
        typed = {name: field.text().strip() for name, field in self.fields.items()}
        entity, source = self._kept
        if self.owner is not None:
            entity = self.owner.entity()
        if self.source is not None:
            source = self.source.account_id()
        return Asked(self.offer.name, typed, entity, source)

    @property
    def whole(self) -> bool:
        """Whether everything is typed that has to be."""
        typed = {name: field.text().strip() for name, field in self.fields.items()}
        return not lacking(self.offer.fields, typed) and (self.owner is None or self.owner.whole)

    def take_focus(self) -> None:
        """To the first that is still to be typed, if any is."""
        usual = (self.fields[field.name] for field in self.offer.fields if _is_usual(field))
        if (first := next((field for field in usual if not (field.isReadOnly() or field.text())), None)) is not None:
            first.setFocus()

    def take_focus_back(self, code: str) -> bool:
        """To the field that an error is about, all of it selected; whether there is one."""
        names = _ABOUT.get(code) or (
            [field.name for field in self.offer.fields if field.secret] if code in _OF_SECRETS else ()
        )
        about = next((self.fields[name] for name in names if name in self.fields), None)
        if about is None or about.isReadOnly() or not about.isVisible():
            return False
        about.setFocus()
        about.selectAll()
        return True

    def take_key(self, read: KeyFile) -> None:
        """The key of a file; that others may read it there too is said, until another one is typed."""
        if (typed := self.fields.get("private_key")) is None:
            return
        typed.setText(read.key)
        told = self.tr("文件“{}”能被本机的其他用户读取，请改为仅本人可读。可能已经被读过的，请换一把新的密钥。")
        self.bare.setText(told.format(read.name) if read.bare else "")
        show_if(self.bare, read.bare)

    def clear_secrets(self) -> None:
        for field in self.offer.fields:
            if field.secret:
                self.fields[field.name].clear()

    def _field(self, field: ConnectField, value: str) -> QLineEdit:
        spoken = self.spoken(field)
        made = hidden_field(f"connect_{field.name}", spoken) if field.secret else QLineEdit()
        made.setObjectName(f"connect_{field.name}")
        made.setAccessibleName(spoken)
        made.setText(value)
        hint = PLACEHOLDERS.get(f"{self.offer.name}_{field.name}", PLACEHOLDERS.get(field.name, ""))
        made.setPlaceholderText(field.default or ("" if field.scheme else hint))
        if field.name == "private_key":
            made.setPlaceholderText(self.tr("base64url，32 字节 Ed25519"))
        made.textChanged.connect(self.edited)
        return made

    def spoken(self, field: ConnectField) -> str:
        """The platform's own word for the field, else the common one."""
        own, words = f"{self.offer.name}_{field.name}", self._kit.words
        found = words.term("connect_field", own)
        return found if found != own else words.term("connect_field", field.name)

    def _lined(self, field: ConnectField) -> QVBoxLayout:
        made = self.fields[field.name]
        name = self.spoken(field)
        if not field.required or field.default:
            name = self.tr("{field}（选填）").format(field=name)
        head, line = label(name, "strong", wrap=True), row(made, stretch=0)
        if field.name != "private_key":
            return column(head, line, space=1)
        line.addWidget(button(self.tr("从文件读取…"), name="connect_key_file", click=self.file_wanted.emit))
        made.textEdited.connect(lambda _: show_if(self.bare, False))
        return column(head, line, self.bare, space=1)

    def _more(self, fields: Sequence[ConnectField], *, typed: bool) -> list[QWidget | QLayout | None]:
        """What can stay as it is, out of the way unless somebody typed it."""
        inner = QWidget()
        inner.setLayout(column(*(self._lined(field) for field in fields)))
        inner.setVisible(typed)

        def turn() -> None:
            inner.setVisible(inner.isHidden())
            self.grew.emit()

        return [row(button(self.tr("更多设置"), "quiet", name="connect_more", click=turn), None), inner]

    def _owner_changed(self) -> None:
        if self.source is not None and self.owner is not None:
            self.source.show_entity(self.owner.entity())
        self.edited.emit()


def _is_usual(field: ConnectField) -> bool:
    """Until when a token holds is asked of everybody: nobody is warned otherwise."""
    return (field.required and not field.default) or field.name == AUTHORISED_UNTIL


class EntityChoice(QWidget):
    """Whose shop it is: one of the entities that are known, or a new one."""

    edited = Signal()

    def __init__(self, known: tuple[Entity, ...], chosen: Entity | None) -> None:
        super().__init__()
        self._known = known
        self.which = QComboBox()
        self.which.setObjectName("connect_entity")
        self.which.setAccessibleName(self.tr("店铺的主体"))
        for entity in known:
            self.which.addItem(f"{entity.name}  {entity.uscc}")
        self.which.addItem(self.tr("另一个主体…"))
        self.name, self.uscc = QLineEdit(), QLineEdit()
        for field, key, spoken in (
            (self.name, "connect_entity_name", self.tr("主体名称")),
            (self.uscc, "connect_entity_uscc", self.tr("统一社会信用代码")),
        ):
            field.setObjectName(key)
            field.setAccessibleName(spoken)
            field.setPlaceholderText(spoken)
            field.textChanged.connect(self.edited)
        self.uscc.setMaxLength(18)
        hint = label(self.tr("平台不会告诉我们店铺属于哪个主体，请照营业执照选择或填写。"), "small", wrap=True)
        self.setLayout(
            column(
                label(self.tr("店铺的主体"), "strong"), self.which, row(self.name, self.uscc, stretch=0), hint, space=1
            )
        )
        self.which.currentIndexChanged.connect(self._chosen)
        self.which.setPlaceholderText(self.tr("请选择主体"))
        self._choose(chosen)

    def entity(self) -> Entity | None:
        index = self.which.currentIndex()
        if index < len(self._known):
            return self._known[index] if index >= 0 else None
        name, uscc = self.name.text().strip(), self.uscc.text().strip().upper()
        return Entity(uscc, name) if name or uscc else None

    @property
    def whole(self) -> bool:
        found = self.entity()
        return found is not None and bool(found.name and found.uscc)

    def _choose(self, chosen: Entity | None) -> None:
        """Of several none is chosen beforehand: what another one's shop consents to would be taken for theirs."""
        if chosen is None and len(self._known) > 1:
            self.which.setCurrentIndex(-1)
        found = next((i for i, entity in enumerate(self._known) if chosen and entity.uscc == chosen.uscc), None)
        if found is not None:
            self.which.setCurrentIndex(found)
        elif chosen is not None:
            self.which.setCurrentIndex(len(self._known))
            self.name.setText(chosen.name)
            self.uscc.setText(chosen.uscc)
        self._chosen()

    def _chosen(self) -> None:
        new = self.which.currentIndex() >= len(self._known)
        self.name.setVisible(new)
        self.uscc.setVisible(new)
        self.edited.emit()


class SourceChoice(QWidget):
    """Whose Platform Consent API confirms for this shop; nobody's means that nobody can be sent to."""

    edited = Signal()

    def __init__(self, sources: tuple[Account, ...], asked: Asked) -> None:
        super().__init__()
        self._sources, self._wanted = sources, asked.consent_account_id
        self._shown: tuple[Account, ...] = ()
        self.which = QComboBox()
        self.which.setObjectName("connect_source")
        self.which.setAccessibleName(self.tr("由谁确认同意"))
        self.hint = label("", "small", wrap=True)
        self.setLayout(column(label(self.tr("由谁确认同意"), "strong"), self.which, self.hint, space=1))
        self.setContentsMargins(0, 0, 0, SPACE[1])
        self.which.currentIndexChanged.connect(self._chosen)
        self.show_entity(asked.entity)

    def account_id(self) -> int | None:
        index = self.which.currentIndex() - 1
        return self._shown[index].id if 0 <= index < len(self._shown) else None

    def show_entity(self, entity: Entity | None) -> None:
        """Only accounts of the same entity can answer."""
        uscc = "" if entity is None else entity.uscc
        self._shown = tuple(source for source in self._sources if source.entity_uscc == uscc)
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItem(self.tr("暂不设置"))
        self.which.addItems([f"{source.label} · {source.issuer_name}" for source in self._shown])
        ids = [source.id for source in self._shown]
        self.which.setCurrentIndex(1 + ids.index(self._wanted) if self._wanted in ids else 0)
        self.which.blockSignals(False)
        self._hint()

    def _chosen(self) -> None:
        self._wanted = self.account_id()
        self._hint()
        self.edited.emit()

    def _hint(self) -> None:
        if self.account_id() is not None:
            words = self.tr("同意记录由所选的同意查询服务出具，平台只用来排除不可发送的人。")
        elif self._shown:
            words = self.tr("不设置时无人可发：此平台没有短信同意查询接口，不能证明谁同意过。")
        else:
            words = self.tr(
                "此平台没有短信同意查询接口。请先为同一主体连接同意查询服务，再回到这里选择；此前无人可发。"
            )
        self.hint.setText(words)
