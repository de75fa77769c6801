"""What stands and what falls by itself."""

import pytest

from skill_stack.core.world.scene import SceneObject
from skill_stack.hardware.mujoco.standing_check import first_to_fall

SIDE = 0.05


def block(name, x, y, level, shape="box", size=(SIDE, SIDE, SIDE)):
    return SceneObject(
        name, "block", (x, y, SIDE * level + size[2] / 2), shape=shape, size=size, mass=0.1, friction=0.8
    )


@pytest.mark.parametrize(
    ("top", "falls"),
    [((0.0, 0.0), ""), ((0.015, 0.0), ""), ((0.03, 0.0), "top"), ((0.0, -0.024), "top")],
)
def test_a_block_stands_while_its_middle_is_over_the_other_one_with_some_margin(top, falls) -> None:
    assert first_to_fall([block("low", 0.0, 0.0, 0), block("top", *top, 1)]) == falls


def test_what_is_balanced_on_a_ball_falls() -> None:
    ball = block("ball", 0.0, 0.0, 0, "sphere")
    assert first_to_fall([ball, block("top", 0.0, 0.0, 1)]) == "top"
