"""A gait in the mirror: the shipped networks of the left hand are those of the right one, and what is none is told."""

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.finger_gait_export import write_gait
from skill_stack.training.finger_gait_mirror import main, mirrored, read_gait

FOUND = Resources.from_environment({})
LEFT = load_robot(FOUND.robot("allegro_left"), FOUND)
FLIPPED = ("joint_0.0", "joint_4.0", "joint_8.0")


def test_what_was_written_is_read_and_mirrored_twice_is_the_same(tmp_path) -> None:
    gait = np.random.default_rng(1).normal(size=(16, 5))
    write_gait(gait, 2, LEFT.pose("cradle"), tmp_path / "policy.onnx")
    read = read_gait(tmp_path / "policy.onnx")
    assert read == pytest.approx(gait, abs=1e-6)
    once = mirrored(read, LEFT, FLIPPED)
    assert (once[[0, 4, 8]] == -read[[0, 4, 8]]).all() and (once[[1, 12]] == read[[1, 12]]).all()
    assert (mirrored(once, LEFT, FLIPPED) == read).all()


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_the_shipped_gaits_of_the_left_hand_mirror_those_of_the_right(tmp_path, capsys, side, other) -> None:
    file = tmp_path / "policy.onnx"
    assert main(["allegro_left", f"turn_cube_{side}", f"turn_cube_{other}", "--out", str(file)]) == 0
    shipped = FOUND.find(f"models/allegro_left/turn_cube_{side}", "skill") / "policy.onnx"
    assert (read_gait(file) == read_gait(shipped)).all() and "sha256" in capsys.readouterr().out


def test_what_is_no_gait_and_what_mirrors_nobody_is_told(tmp_path, capsys) -> None:
    (tmp_path / "policy.onnx").write_bytes(b"no network")
    with pytest.raises(DataError, match="no network of a finger gait"):
        read_gait(tmp_path / "policy.onnx")
    assert main(["allegro_right", "turn_cube_left", "turn_cube_right"]) == 1
    assert "mirrors" in capsys.readouterr().err
