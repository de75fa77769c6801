"""What simulated time waits for in lock-step, and for how long."""

from pathlib import Path

import pytest

from skill_stack.core.processes.lock_step_waits import (
    LONGEST,
    PERCEPTION,
    PICTURE,
    PLANNER,
    SCENE,
    LockStepNotes,
    LockStepWaits,
    counted,
)
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels


@pytest.fixture
def block(tmp_path: Path):
    path = tmp_path / "block"
    channels = RobotChannels.open(path, load_robot(Resources.from_environment({}).robot("go2")))
    said: list[str] = []
    yield LockStepNotes(path), LockStepWaits(channels.common, said.append), said
    channels.close()


def test_nobody_waits_for_what_was_never_there(block):
    _, waits, _ = block
    assert not waits.waits(5.0, None, 0.0) and not waits.waits(0.3, (0.2, 0.4), 0.0)


def test_a_look_is_waited_for_until_the_connector_has_it(block):
    notes, waits, _ = block
    notes.note("look.taken", counted(0.2))
    notes.note("look.told", 200_000_000)
    notes.note("look.heard", 200_000_000)
    assert not waits.waits(0.38, (0.2, 0.4), 1.0)
    assert waits.waits(0.4, (0.2, 0.4), 1.1), "a picture is due"
    assert waits.waits(0.4, (0.4, 0.6), 1.2), "perception has not taken it"
    notes.note("look.told", 400_000_000)
    notes.note("look.taken", counted(0.4))
    assert waits.waits(0.4, (0.4, 0.6), 1.3), "the connector has not heard of it"
    notes.note("look.heard", 400_000_000)
    assert not waits.waits(0.4, (0.4, 0.6), 1.4)
    notes.note("look.taken", 0)
    assert not waits.waits(0.6 - 0.02, (0.5, 0.7), 1.5), "a node that does not look any more"


@pytest.mark.parametrize("what", [PLANNER, PICTURE, PERCEPTION, SCENE])
def test_each_wait_ends_and_is_told_once(block, what):
    notes, waits, said = block
    drawn, now = (0.4, 0.6), 0.4
    if what == PLANNER:
        notes.note("planner.answers", 1)
    elif what == PICTURE:
        now = 0.6
    elif what == PERCEPTION:
        notes.note("look.taken", counted(0.2))
    else:
        notes.note("look.heard", 1)
        notes.note("look.told", 2)
    assert waits.waits(now, drawn, 10.0) and waits.waits(now, drawn, 10.0 + LONGEST)
    assert not waits.waits(now, drawn, 10.1 + LONGEST) and not waits.waits(now, drawn, 10.2 + LONGEST)
    assert len(said) == 1 and what in said[0]


def test_what_has_come_is_waited_for_again(block):
    notes, waits, said = block
    for begun in (0.0, 100.0):
        notes.note("planner.answers", 1)
        assert waits.waits(1.0, None, begun)
        assert not waits.waits(1.0, None, begun + LONGEST + 0.1)
        notes.note("planner.answers", 0)
        assert not waits.waits(1.0, None, begun + LONGEST + 0.2)
    assert len(said) == 2


def test_without_a_block_nobody_is_told(tmp_path):
    LockStepNotes(tmp_path / "none").note("look.taken", 1)
