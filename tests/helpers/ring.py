"""A desktop's keychain, held in memory."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from campaign_app.credentials import SERVICE


class Ring(KeyringBackend):
    """May be locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.locked = False
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._ask(service)
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask(service)
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._ask(service)
        del self.kept[username]

    def _ask(self, service: str) -> None:
        assert service == SERVICE
        if self.locked:
            raise KeyringLocked
