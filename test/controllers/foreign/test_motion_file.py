"""A motion beside its skill: read by name, resampled, and refused with a reason."""

import hashlib

import numpy as np
import pytest

from skill_stack.controllers.foreign.motion_file import load_motion
from skill_stack.core.errors import DataError
from skill_stack.core.skills.manifest_motion import ManifestReference

JOINTS = ("a", "b")
FRAMES = 11


def arrays(**changes):
    """A motion of 1 s at 10 Hz: joints go 0 to 1 and 10 to 20, the anchor turns by a right angle about z."""
    share = np.linspace(0.0, 1.0, FRAMES)
    half = 0.25 * np.pi * share
    zero = np.zeros(FRAMES)
    quat = np.stack([np.cos(half), zero, zero, np.sin(half)], axis=1)[:, None]
    base = {
        "fps": np.array([10.0]),
        "joint_pos": np.stack([share, 10.0 + 10.0 * share], axis=1),
        "joint_vel": np.ones((FRAMES, 2)),
        "body_pos_w": np.stack([share, zero, zero + 0.7], axis=1)[:, None],
        "body_quat_w": quat,
    }
    return {name: value for name, value in (base | changes).items() if value is not None}


def motion(folder, rate=10.0, reference=None, file=None, joints=JOINTS, **changes):
    path = folder / "dance.npz"
    np.savez(path, **arrays(**changes))
    entry = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} | (file or {})
    data = {
        "file": entry, "joint_pos": "joint_pos", "joint_vel": "joint_vel", "body_pos": "body_pos_w",
        "body_quat": "body_quat_w", "bodies": ["trunk"], "anchor": "trunk",
    }  # fmt: skip
    return load_motion(folder, ManifestReference.model_validate(data | (reference or {})), joints, rate)


def test_frames_are_those_of_the_file_at_its_own_rate(tmp_path) -> None:
    frames = motion(tmp_path)
    assert frames.joint_pos == pytest.approx(arrays()["joint_pos"])
    assert frames.body_pos[:, 0] == pytest.approx(arrays()["body_pos_w"][:, 0])


def test_joints_are_taken_by_name(tmp_path) -> None:
    frames = motion(tmp_path, file={"joints": ["b", "a"]})
    assert frames.joint_pos[0] == pytest.approx([10.0, 0.0]) and frames.joint_pos[-1] == pytest.approx([20.0, 1.0])
    with pytest.raises(DataError, match=r"its joints lack \['c'\]"):
        motion(tmp_path, file={"joints": ["a", "b"]}, joints=("a", "b", "c"))


def test_another_rate_is_resampled_and_orientations_stay_of_length_one(tmp_path) -> None:
    frames = motion(tmp_path, rate=40.0)
    assert len(frames.joint_pos) == 41 and frames.joint_pos[1] == pytest.approx([0.025, 10.25])
    assert np.linalg.norm(frames.body_quat, axis=-1) == pytest.approx(1.0)
    yaw = 2 * np.arctan2(frames.body_quat[:, 0, 3], frames.body_quat[:, 0, 0])
    assert yaw == pytest.approx(np.linspace(0.0, np.pi / 2, 41), abs=1e-4)


def test_a_quaternion_that_changes_its_sign_is_the_same_orientation(tmp_path) -> None:
    quat = arrays()["body_quat_w"].copy()
    quat[::2] *= -1.0
    yaw = [
        2 * np.arctan2(q[3], q[0]) % (2 * np.pi) for q in motion(tmp_path, rate=20.0, body_quat_w=quat).body_quat[:, 0]
    ]
    assert np.diff(yaw) == pytest.approx(np.pi / 40, abs=1e-3)


def test_a_stretch_of_it_and_the_other_order_of_quaternions(tmp_path) -> None:
    frames = motion(tmp_path, file={"first": 0.2, "last": 0.5})
    assert len(frames.joint_pos) == 4 and frames.joint_pos[:, 0] == pytest.approx([0.2, 0.3, 0.4, 0.5])
    turned = arrays()["body_quat_w"][..., [1, 2, 3, 0]]
    frames = motion(tmp_path, reference={"quaternion": "xyzw"}, body_quat_w=turned)
    assert frames.body_quat == pytest.approx(arrays()["body_quat_w"])


@pytest.mark.parametrize(
    ("changes", "file", "text"),
    [
        (
            {"joint_vel": None},
            {},
            r"has no \['joint_vel'\]; it has \['body_pos_w', 'body_quat_w', 'fps', 'joint_pos'\]",
        ),
        ({"joint_vel": np.ones((3, 2))}, {}, r"'joint_vel' has the shape \[3, 2\], not \[11, 2\]"),
        ({"joint_pos": np.full((FRAMES, 2), np.nan)}, {}, "'joint_pos' holds a value that is not finite"),
        ({"body_quat_w": np.zeros((FRAMES, 1, 4))}, {}, "no length"),
        ({"fps": None}, {}, "give reference.file.rate"),
        ({}, {"last": 2.0}, "1 s long; 0 to 2 s of it are asked for"),
        ({}, {"sha256": "1" * 64}, "not the file that the skill states"),
        ({}, {"file": "other.npz"}, "missing beside the model"),
        ({"joint_pos": np.array([object()], object)}, {}, "no archive of plain arrays"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, changes, file, text) -> None:
    with pytest.raises(DataError, match=text):
        motion(tmp_path, file=file, **changes)
