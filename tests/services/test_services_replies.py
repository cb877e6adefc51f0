"""Where the answers to a sender's messages are read is a person's word: kept, audited, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.services.replies import WHERE_MAX
from tests.fakes.remotes import ENTITY, ISSUER


def test_the_word_is_kept_and_audited_and_can_be_taken_back(tmp_path: Path) -> None:
    with bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app:
        store, replies = app.workspace.accounts, app.replies
        store.add_entity(Entity(ENTITY, "安宁百货"))
        sender = store.add_account(
            Account(0, "aliyun", "阿里云", "https://x.example", ENTITY, ISSUER, "登记处", "k", False, "{}")
        )
        assert replies.read_at(sender.id) == ""
        replies.record(sender.id, "  控制台，王丽每天看 ", actor="王")
        assert replies.read_at(sender.id) == "控制台，王丽每天看"
        assert sender.id in app.workspace.audit.touched("account")
        replies.record(sender.id, "", actor="王")
        assert replies.read_at(sender.id) == ""
        with pytest.raises(NotFound):
            replies.record(99, "控制台", actor="王")
        with pytest.raises(SettingsError) as refused:
            replies.record(sender.id, "长" * (WHERE_MAX + 1), actor="王")
        assert refused.value.code == "replies_where"
