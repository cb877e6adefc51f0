"""Which passphrases protect a workspace, and which are refused with which code."""

from __future__ import annotations

import pytest

from campaign_app.domain.passphrase import passphrase_problem


@pytest.mark.parametrize(
    ("passphrase", "problem"),
    [
        ("", "passphrase_short"),
        ("abcdefg", "passphrase_short"),
        ("abcdefgh", ""),
        ("春眠不觉晓处处闻", ""),
        ("aaaaaaaaaaaa", "passphrase_weak"),
        ("abababababab", "passphrase_weak"),
        ("20261111", "passphrase_weak"),
        ("1380013800123", "passphrase_weak"),
        ("13800138001234", ""),
        ("１３８００１３８０", "passphrase_weak"),
    ],
)
def test_a_passphrase_that_is_soon_guessed_is_refused(passphrase: str, problem: str) -> None:
    assert passphrase_problem(passphrase) == problem
