"""`campaign-app person`: a copy, restriction and erasure of one person, and what it says of nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.phone import Phone
from tests.cli.test_cli_backup import SHOP
from tests.helpers.line import new_line

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ISSUER = "91110000MA0000009X"


def test_what_one_person_may_ask_for(tmp_path: Path) -> None:
    line, phone = new_line(tmp_path), Phone("13912345678")
    with line.open() as app:
        stores = app.workspace
        stores.accounts.add_entity(SHOP)
        new = Account(0, "consent_api", "店", "http://127.0.0.1", SHOP.uscc, ISSUER, "登记处", "k", True, "{}")
        account = str(stores.accounts.add_account(new).id)
        stores.customers.upsert_page(int(account), [PlatformCustomer("c1", "张三", phone, NOW)], "x", NOW)
    file = tmp_path / "c1.json"
    line.here("person", "export", account, "c1", "--out", str(file))
    told = json.loads(file.read_text("utf-8"))
    assert (told["customer"]["name"], told["customer"]["phone"]) == ("张三", phone.masked)
    assert phone.digits not in file.read_text("utf-8")
    status, _, said = line.call("person", "export", account, "c1", "--out", str(file), *line.options)
    assert (status, "没有覆盖" in said) == (2, True)
    assert line.here("person", "restrict", account, "c1", "--note", "来函")["restricted"]
    assert line.here("person", "erase", account, "c1")["erased"]
    assert not line.here("person", "erase", account, "c1")["erased"]
    status, _, said = line.call("person", "erase", account, "c9", *line.options)
    assert (status, "客户" in said) == (2, True)
