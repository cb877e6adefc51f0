"""What only one version of Python says the same of."""

from __future__ import annotations

import sys

import pytest

TABLE_OF_PATTERNS = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11),
    reason="the table is made by Python 3.11; others take some patterns apart otherwise",
)
