"""BVH: where joints are, and what is said about files that are wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.training.clips.bvh import load_bvh

ARM = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Arm
  {
    OFFSET 10 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 20 0 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.05
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "motion.bvh"
    path.write_text(text, encoding="utf-8")
    return path


def test_joints_turn_in_the_order_of_their_channels(tmp_path: Path) -> None:
    motion = load_bvh(written(tmp_path, ARM + "0 90 0 0 0 0 0 0 0\n0 90 0 0 0 90 90 0 0\n"))
    assert motion.joints == ("Hips", "Arm", "Arm_end") and motion.rate == pytest.approx(20.0)
    # The file's x is the left of who looks along its z; its y is up.
    assert np.allclose(motion.positions[0], [[0, 0, 0.9], [0, 0.1, 0.9], [0, 0.3, 0.9]], atol=1e-9)
    # A quarter about y turns the arm backwards, and one about its own z lifts what hangs on it.
    assert np.allclose(motion.positions[1], [[0, 0, 0.9], [-0.1, 0, 0.9], [-0.1, 0, 1.1]], atol=1e-9)


@given(st.lists(st.floats(-180, 180), min_size=6, max_size=6))
@settings(max_examples=25, deadline=None)
def test_bones_keep_their_lengths(tmp_path_factory: pytest.TempPathFactory, angles: list[float]) -> None:
    row = "0 0 0 " + " ".join(f"{angle:.3f}" for angle in angles)
    motion = load_bvh(written(tmp_path_factory.mktemp("bvh"), ARM + f"{row}\n{row}\n"))
    bones = np.linalg.norm(np.diff(motion.positions, axis=1), axis=2)
    assert np.allclose(bones, [0.1, 0.2], atol=1e-6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no MOTION"),
        (ARM.replace("OFFSET 10 0 0", "OFFSET 10 0"), "line 8: 3 numbers"),
        (ARM.replace("CHANNELS 3 Zrotation", "CHANNELS 3 Zturning"), "line 9: channels"),
        (ARM.replace("CHANNELS 3 Zrotation Xrotation Yrotation", "CHANNELS"), "line 9: channels"),
        (ARM.replace("Frames: 2", "Frames"), "Frames: N"),
        (ARM + "0 90 0 0 0 0 0 0 0\n", "2 frames of 0.05 s are announced, 1 are there"),
        (ARM + "0 90 0 0 0 0 0 0 0\n1 2 x\n", "line 20: 9 numbers"),
        (ARM.replace("JOINT Arm", "BONE Arm"), "'BONE Arm' is not expected"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        load_bvh(written(tmp_path, text))


def test_a_missing_file_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_bvh(tmp_path / "none.bvh")
