"""What is kept of an erasure, whoever asked for it, and what a page of customers came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """One entry of the audit chain, its number and hash. `ref_hmac`: keyed hash of the reference, in hexadecimal.

    `file_rows`: how many rows of imported files were forgotten, too. `done_by` is "" where the platform asked for it;
    else the person did, here, and it names who carried it out.
    """

    entry: int
    at: datetime
    account_id: int
    ref_hmac: str
    file_rows: int
    digest: str
    done_by: str = ""


class Stored(NamedTuple):
    """Of a page of customers: how many were unknown before, and of how many something was erased."""

    new: int
    erased: int
