"""The hands that are compared."""

from pathlib import Path

import pytest

from skill_stack.core.robots.robot_file import load_robot

FOUR = ("allegro_right", "allegro_left", "leap")
URDF = Path(__file__).parents[3] / "urdf"


@pytest.fixture(scope="session")
def hands(every_hand):
    """Those of four fingers."""
    return {name: every_hand[name] for name in FOUR}


@pytest.fixture(scope="session")
def every_hand():
    return {name: load_robot(URDF / name) for name in (*FOUR, "dex3_right", "parallel_gripper")}
