"""A stop through shared memory alone."""

import time

import pytest

from skill_stack.core.shared_memory.robot_stop import ALIVE, ask_robot
from skill_stack.core.shared_memory.shared_block import BlockLayout, SharedBlock


@pytest.fixture
def block(tmp_path):
    block = SharedBlock.open(tmp_path / "block", BlockLayout("test", ()))
    yield block
    block.close()


@pytest.mark.parametrize("kind", ["stop", "estop", "reset"])
def test_it_is_stored_and_says_whether_somebody_reads_it(block, kind):
    block.words.beat("control", time.monotonic())
    assert ask_robot(block.path, kind) is True
    block.words.beat("control", time.monotonic() - 2 * ALIVE)
    assert ask_robot(block.path, kind) is False, "the process has ended or hangs"
    assert getattr(block.words.flags(), kind) == 2, "stored all the same"


def test_without_a_robot_nobody_is_reached(tmp_path):
    assert ask_robot(tmp_path / "none", "stop") is False
    (tmp_path / "other").write_bytes(b"no block")
    assert ask_robot(tmp_path / "other", "stop") is False
