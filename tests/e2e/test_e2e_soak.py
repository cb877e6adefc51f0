"""Samples of `tools/soak_senders.py` and `tools/soak_standby.py`: what they count, and that nothing is wrong."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from tests.helpers.soaking import Figures, fault_round, kill_round
from tests.helpers.standing_in import Falls, standby_round

pytestmark = [pytest.mark.slow, pytest.mark.long]  # each takes a minute and more


def test_kills_while_a_provider_without_keys_is_sent_to(tmp_path: Path) -> None:
    figures = Figures()
    kill_round(tmp_path / "ws", "aliyun", 1, random.Random(7), figures, 250)
    assert (figures.kills, figures.broken) == (1, False), figures
    assert figures.messages > 50


def test_faults_of_a_providers_requests_while_the_clock_moves(tmp_path: Path) -> None:
    figures = Figures()
    fault_round(tmp_path / "ws", "tencent", 40, random.Random(7), figures, 400)
    assert not figures.broken, figures
    assert figures.faults >= 40
    assert figures.unknown == figures.reconciled + figures.left


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="hosts are told apart by mount namespaces, which need root"
)
def test_a_server_and_its_sender_are_lost_with_what_the_standby_had_not_heard(tmp_path: Path) -> None:
    figures, falls = Figures(), Falls()
    standby_round(tmp_path, "aliyun", "down_behind", random.Random(7), figures, falls)
    assert not figures.broken, figures
    assert (falls.alarms, falls.false, falls.silent) == (1, 0, 0), falls
