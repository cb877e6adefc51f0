"""Which reader a file needs, by what it is and not by what it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.csv_table import CsvTable
from campaign_app.jobs.tabular.xlsx_table import XlsxTable
from campaign_app.services.tables import ReadOptions, Table

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE_LOOK: Final = 1 << 20
# what back offices and old programs hand out under the name of a table: a web page, or Excel's XML of 2003
_MARKUP: Final = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<style", b"<?xml")
_MARKUP_LOOK: Final = 256
_EXCEL_NAMES: Final = frozenset({".xlsx", ".xlsm", ".xls"})


def open_table(path: Path, options: ReadOptions) -> Table:
    """Implements `services.tables.OpenTable`."""
    if path.is_dir():
        raise SettingsError("file_is_folder", "This is a folder", file=path.name)
    try:
        with path.open("rb") as stream:
            head = stream.read(_OLE_LOOK)
        return _open(path, head, options)
    except FileNotFoundError as error:
        raise SettingsError("file_missing", "There is no such file", file=path.name) from error
    except OSError as error:
        raise SettingsError("file_unreadable", "The file cannot be read", file=path.name) from error


def _open(path: Path, head: bytes, options: ReadOptions) -> Table:
    if head.startswith(_ZIP):
        return XlsxTable(path, options)
    if head.startswith(_OLE):
        if _ENCRYPTED in head:
            raise SettingsError("xlsx_encrypted", "The workbook is protected by a password")
        raise SettingsError("xls_old", "The file is in Excel's format of before 2007; save it as .xlsx or .csv")
    if not head:
        raise SettingsError("file_empty", "The file is empty")
    if _is_markup(head[:_MARKUP_LOOK]):
        raise SettingsError("file_markup", "The file is a page of markup; save it as .xlsx", file=path.name)
    if path.suffix.lower() in _EXCEL_NAMES and b"\0" in head:
        raise SettingsError("not_xlsx", "The file is no Excel workbook")
    return CsvTable(path, options)


def _is_markup(head: bytes) -> bool:
    """In any of the encodings whose plain letters are those of ASCII, or twice as wide."""
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.lower().startswith(_MARKUP)
