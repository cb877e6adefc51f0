"""What cannot be opened is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.services.tables import ReadOptions


def test_a_file_that_leads_to_itself_cannot_be_read(tmp_path: Path) -> None:
    loop = tmp_path / "名单.csv"
    loop.symlink_to(loop)
    with pytest.raises(SettingsError) as caught:
        open_table(loop, ReadOptions())
    assert caught.value.code == "file_unreadable"


@pytest.mark.parametrize(
    "content",
    [
        "<html><body><table><tr><td>手机号</td></tr></table>".encode(),
        "\ufeff\r\n<TABLE border=1><tr><td>手机号</td></tr></table>".encode(),
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'.encode("utf-16"),
        "<meta charset=gbk><table><tr><td>手机号</td></tr></table>".encode("gbk"),
    ],
)
@pytest.mark.parametrize("name", ["会员.xls", "会员.csv", "会员.xlsx"])
def test_a_web_page_under_the_name_of_a_table_is_called_one(content: bytes, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        open_table(file, ReadOptions())
    assert caught.value.code == "file_markup"
