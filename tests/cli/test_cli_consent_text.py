"""`campaign-app consent-text`: a file is checked, kept for an entity, and listed."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_cli_backup import SHOP
from tests.helpers.line import new_line


def test_a_file_is_checked_kept_and_listed(tmp_path: Path) -> None:
    line = new_line(tmp_path)
    with line.open() as app:
        app.workspace.accounts.add_entity(SHOP)
    file = tmp_path / "同意页.txt"
    file.write_text("“接收短信”已为您默认勾选。", "utf-8")
    told = line.json("consent-text", "check", str(file), "--kind", "screen")
    assert (told["verdict"], [each["rule"] for each in told["findings"]]) == ("block", ["CON-004"] * 3 + ["CON-002"])
    place = told["findings"][-1]
    assert (place["text"], place["citation"]["verified"]) == ("默认勾选", False)
    kept = line.here("consent-text", "check", str(file), "--kind", "screen", "--entity", SHOP.uscc)
    (listed,) = line.here("consent-text", "list")["wordings"]
    assert (listed["sha256"], listed["findings"], listed["name"]) == (kept["sha256"], 4, "同意页.txt")
    status, shown, _ = line.call("consent-text", "check", str(file))
    assert (status, "未核实" in shown, "改为默认不勾选" in shown) == (0, True, True)
    status, _, said = line.call("consent-text", "check", str(tmp_path / "none.txt"))
    assert (status, "none.txt" in said) == (2, True)
