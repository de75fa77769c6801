"""Where a person's joints are: by the names of several exporters, at another rate, out of a file of arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.training.clips.human_motion import HumanMotion, load_positions

WAY = np.arange(12.0).reshape(2, 2, 3)
MOTION = HumanMotion(("mixamorig:LeftArm", "Right_Arm"), WAY, 1.0)


def test_joints_are_found_by_any_of_their_names() -> None:
    assert (MOTION.track_of("LeftShoulder", "LeftArm") == WAY[:, 0]).all()
    assert (MOTION.track_of("rightarm") == WAY[:, 1]).all()
    with pytest.raises(UnknownName, match="Neck"):
        MOTION.track_of("Neck")


def test_another_rate_goes_straight_between_the_frames() -> None:
    finer = MOTION.resampled(4.0)
    assert len(finer.positions) == 5 and finer.seconds == MOTION.seconds
    assert np.allclose(finer.positions[2], WAY.mean(axis=0))


def test_joint_positions_come_from_a_file_of_arrays(tmp_path: Path) -> None:
    path = tmp_path / "way.npz"
    np.savez(path, joints=np.array(MOTION.joints), positions=WAY, fps=30.0)
    read = load_positions(path)
    assert read.joints == MOTION.joints and read.rate == 30.0 and (read.positions == WAY).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fps": None}, "lacks"),
        ({"fps": 0.0}, "more than 0"),
        ({"positions": WAY[:, :1]}, "shape"),
        ({"positions": WAY[0]}, "dimensions"),
        ({"positions": WAY * np.nan}, "frame 0: a position of joint .* is not finite"),
        ({"joints": np.array([{}], dtype=object)}, "no file of arrays"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    arrays = {"joints": np.array(MOTION.joints), "positions": WAY, "fps": 30.0} | changes
    path = tmp_path / "way.npz"
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})  # type: ignore[arg-type]
    with pytest.raises(DataError, match=said):
        load_positions(path)
