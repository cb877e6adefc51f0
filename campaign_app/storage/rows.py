"""Rows and selects of any shape, for annotations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

AnyRow = sa.Row[*tuple[Any, ...]]
AnySelect = sa.Select[*tuple[Any, ...]]
