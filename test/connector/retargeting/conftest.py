"""The hands that are compared."""

from pathlib import Path

import pytest

from skill_stack.core.robots.robot_file import load_robot

URDF = Path(__file__).parents[3] / "urdf"


@pytest.fixture(scope="session")
def hands():
    return {name: load_robot(URDF / name) for name in ("allegro_right", "allegro_left", "leap")}
