"""Control processes are asked to load their skills anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import part_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.reload_request import ReloadRequest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def channels(tmp_path):
    made = RobotChannels.open(tmp_path / "block", load_robot(ROOT / "urdf" / "go2"))
    yield made
    made.close()


def test_a_request_is_met_when_the_control_process_began_since(channels):
    line = ReloadRequest(channels.block.path)
    assert (line.ask(), line.ask()) == (1, 2)
    assert not line.heeded(2)
    channels.words.set("reload.heeded", 1)
    assert line.heeded(1) and not line.heeded(2)


def test_every_part_must_have_begun(channels):
    line = ReloadRequest(channels.block.path)
    number = line.ask()
    channels.words.set("reload.heeded", number)
    part_path(channels.block.path, "right_hand").write_bytes(b"not a block yet")
    assert not line.heeded(number)


def test_where_no_robot_runs_nobody_is_asked(tmp_path):
    assert ReloadRequest(tmp_path / "nothing").ask() == 0
    assert not ReloadRequest(tmp_path / "nothing").heeded(0)
