"""rl_sar: limits of single actions, motions that are tracked, motions of which the policy only sees the time."""

import numpy as np
import pytest

from skill_stack.controllers.importers.registry import observations, read
from skill_stack.core.errors import DataError

from . import conftest as make
from .conftest import MOTORS
from .test_defects import FORMATS_MADE, imported

RL_SAR = FORMATS_MADE["rl_sar"]
LOWER, UPPER = [-1.0, -2.0, -3.0] * 4, [1.0, 2.0, 3.0] * 4


def test_each_action_has_limits_of_its_own_and_is_seen_limited(go2, tmp_path) -> None:
    path = make.write_rl_sar(tmp_path, clip_actions_lower=LOWER, clip_actions_upper=UPPER)
    runner = imported(RL_SAR, tmp_path, go2, path)
    action = runner._action
    rest = np.zeros(12)
    targets = action.take(np.full(12, 10.0), rest, rest, None)
    assert targets == pytest.approx(np.array(make.POSE) + 0.25 * np.array(UPPER))
    assert action.seen == pytest.approx(UPPER)
    action.take(np.full(12, -2.5), rest, rest, None)
    assert action.seen == pytest.approx(np.maximum(LOWER, -2.5))


def test_limits_of_one_end_alone_count_as_none(go2, tmp_path) -> None:
    assert "clip" not in read(make.write_rl_sar(tmp_path, clip_actions_lower=LOWER), go2).data["action"]
    with pytest.raises(DataError, match="clip_actions_upper has 2 values for 12 joints"):
        read(make.write_rl_sar(tmp_path, clip_actions_lower=LOWER, clip_actions_upper=[1.0, 2.0]), go2)
    crossed = make.write_rl_sar(tmp_path, clip_actions_lower=UPPER, clip_actions_upper=LOWER)
    with pytest.raises(DataError, match="a low above its high"):
        read(crossed, go2).manifest()


TRACKS = ["whole_body_tracking/motion_command", "whole_body_tracking/motion_anchor_ori_b", "ang_vel", "dof_pos",
          "dof_vel", "actions"]  # fmt: skip


def table(folder, frames=5, motors=12):
    """A motion that turns about the vertical, its motors' angles being their numbers and the frame's tenth."""
    rows = []
    for frame in range(frames):
        yaw = 0.1 * frame
        base = [0.1 * frame, 0.0, 0.3, 0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)]
        rows.append([*base, *(0.01 * motor + 0.1 * frame for motor in range(motors))])
    np.savetxt(folder / "dance.csv", rows, delimiter=",")


def tracking(tmp_path, **changes):
    path = make.write_rl_sar(tmp_path, seen=69, observations=TRACKS, motion_file="dance.csv", **changes)
    table(path)
    return path


def test_a_motion_becomes_an_archive_of_frames_in_the_policys_order(go2, tmp_path) -> None:
    path = tracking(tmp_path)
    draft = read(path, go2, "rl_sar")
    assert "commands" not in draft.data, "it follows a motion, not what is told"
    runner = imported(RL_SAR, tmp_path, go2, path)
    motion = runner._motion
    own = [go2.driver_data["unitree"]["motors"][name] for name in MOTORS]
    assert motion.joint_pos == pytest.approx([0.01 * motor for motor in own])
    assert motion.joint_vel == pytest.approx([5.0] * 12, rel=1e-6), "0.1 rad in 0.02 s"
    for _ in range(4):
        motion.go_on(np.zeros(12), 0.02)
    # Its runtime spreads the frames over one more than there are.
    assert motion.joint_pos == pytest.approx([0.01 * motor + 0.1 * 4 * 4 / 5 for motor in own], abs=1e-6)
    assert motion.orientation[3] == pytest.approx(np.sin(0.5 * 0.1 * 4 * 4 / 5), abs=1e-4)


def test_the_anchor_is_what_the_waist_moves(g1, tmp_path) -> None:
    from skill_stack.controllers.importers.motion_csv import link_after

    assert link_after(g1, "waist_pitch_joint") == "torso_link"
    with pytest.raises(DataError, match="its URDF has no joint 'neck'"):
        link_after(g1, "neck")


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (None, "there is no motion .*dance.csv; it lies beside the policy"),
        ("1,2,three\n", "is no table of numbers"),
        ("1,2,3\n1,2,3\n", "needs two frames of 7 values of the base and the motors"),
        (",".join(["0.0"] * 17) + "\n" + ",".join(["0.0"] * 17) + "\n", "has 10 motors, among which"),
        (",".join(["nan"] * 19) + "\n" + ",".join(["0.0"] * 19) + "\n", "all of them finite"),
    ],
)
def test_a_motion_that_cannot_be_read_is_named(go2, tmp_path, rows, text) -> None:
    path = tracking(tmp_path)
    (path / "dance.csv").unlink()
    if rows is not None:
        (path / "dance.csv").write_text(rows)
    with pytest.raises(DataError, match=text):
        read(path, go2)


def test_a_motion_of_which_it_sees_only_the_time_asks_for_its_length(go2, tmp_path) -> None:
    observations = ["ang_vel", "gravity_vec", "dof_pos", "dof_vel", "actions", "RoboMimic_Deploy/phase"]
    path = make.write_rl_sar(tmp_path, seen=43, observations=observations)
    with pytest.raises(DataError, match=r"does not say motion_length(.|\n)*--motion-length SECONDS"):
        read(path, go2).manifest()
    made = read(path, go2).lasting(18.0).manifest()
    assert made.phase_seconds == 18.0
    runner = imported(RL_SAR, tmp_path, go2, path, inputs=made.model_dump(mode="json")["inputs"])
    assert list(runner.spec.success) == ["progress >= 1.0"]
    reading = runner._moment.reading
    for _ in range(450):
        runner.run(reading, {}, 0.02)
    assert runner.progress == pytest.approx(0.5, abs=1e-3)


def test_a_policys_own_order_of_joints_is_a_map_into_the_names_that_lie_further_up(go2, tmp_path) -> None:
    mapping = [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]
    path = make.write_rl_sar(tmp_path, joint_mapping=mapping, num_observations=45, observations_history=[0, 1])
    nested = tmp_path / "go2" / "tracking" / "dance"
    nested.parent.mkdir()
    path.rename(nested)
    file = nested / "config.yaml"
    file.write_text(file.read_text().replace("go2/plain", "go2/tracking/dance"))
    assert read(nested, go2).data["joint_names"] == [MOTORS[place] for place in mapping]
    assert observations(nested) == 90, "two frames"
    file.write_text(file.read_text().replace("- 3\n", "- 0\n", 1))
    with pytest.raises(DataError, match="joint_mapping .* must have each number from 0 to 11 once"):
        read(nested, go2)
