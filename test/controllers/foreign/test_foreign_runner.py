"""A foreign policy as a skill: what its answers become, what it remembers, and what is refused."""

import hashlib

import numpy as np
import onnx
import pytest

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.core.errors import DataError

from .conftest import REST, linear, manifest_of, nearly, reading_at, seen

HERE = (0.4, 0.3, 0.2, 0.1)
AROUND_REST = np.add(REST, np.multiply(0.5, HERE))
PLAIN = {"output": "actions", "kind": "default_plus_scaled", "scale": 1.0}
COMMANDS = [
    {"name": "vx", "unit": "m/s", "lower": -0.5, "upper": 1.0},
    {"name": "wz", "unit": "rad/s", "lower": -1.0, "upper": 1.0},
]


def answer(runner, position=HERE, goals=None, velocity=(0.0,) * 4, dt=0.02):
    return runner.run(reading_at(position, velocity), goals or {}, dt).q


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"kind": "default_plus_scaled"}, AROUND_REST),
        ({"kind": "default_plus_scaled", "offset": [1.0] * 4}, np.add(1.0, np.multiply(0.5, HERE))),
        ({"kind": "measured_plus_scaled"}, np.multiply(1.5, HERE)),
        ({"kind": "torque", "scale": 2.0}, np.add(HERE, np.multiply(2.0 / 20.0, HERE))),
        ({"kind": "default_plus_scaled", "clip": [-0.2, 0.2]}, np.add(REST, np.clip(HERE, -0.2, 0.2) * 0.5)),
        ({"kind": "default_plus_scaled", "target_clip": [[0.0, 0.1]] * 4}, np.clip(AROUND_REST, 0.0, 0.1)),
    ],
)  # fmt: skip
def test_what_an_action_means(make, action, expected) -> None:
    runner = make(action={"output": "actions", "scale": 0.5, **action})
    runner.start(reading_at(HERE), None)
    assert nearly(answer(runner), expected)


def test_targets_that_add_up(make) -> None:
    runner = make(action={"output": "actions", "scale": 0.5, "kind": "previous_plus_scaled"})
    runner.start(reading_at(HERE), None)  # begins where the joints are
    assert nearly(answer(runner), np.multiply(1.5, HERE))
    assert nearly(answer(runner), np.multiply(2.0, HERE))
    runner.rehearse(reading_at((1.0,) * 4))
    assert nearly(answer(runner), np.multiply(2.5, HERE))


def test_a_torque_is_the_one_that_was_asked_for_while_the_joint_moves(make) -> None:
    runner = make(action={"output": "actions", "scale": 2.0, "kind": "torque"})
    runner.start(reading_at(HERE), None)
    speed = (1.0, -2.0, 0.5, 0.0)
    q = np.array(answer(runner, velocity=speed))
    assert nearly(20.0 * (q - HERE) - 1.0 * np.array(speed), np.multiply(2.0, HERE))


def test_wheels_are_told_a_speed(make, robot) -> None:
    wheel = robot.joint_names[3]
    action = {"output": "actions", "scale": 0.5, "kind": "default_plus_scaled", "wheels": {wheel: 10.0}}
    runner = make(action=action, stiffness=[20.0, 20.0, 20.0, 0.0])
    runner.start(reading_at(HERE), None)
    targets = runner.run(reading_at(HERE, (0.0, 0.0, 0.0, 0.25)), {}, 0.02)
    torque = targets.kp[3] * (targets.q[3] - HERE[3]) - targets.kd[3] * 0.25
    assert torque == pytest.approx(1.0 * (10.0 * HERE[3] - 0.25), abs=1e-4)
    assert nearly(targets.q[:3], np.add(REST, np.multiply(0.5, HERE))[:3])


def test_smoothing_and_what_is_seen_of_it(make) -> None:
    terms = [{"term": "last_action"}, {"term": "joint_pos"}]
    weights = {"obs": np.vstack((np.zeros((4, 4)), np.eye(4)))}
    action = {"output": "actions", "scale": 1.0, "kind": "default_plus_scaled", "smoothing": 0.75}
    for sees, expected in (("raw", HERE), ("processed", np.multiply(0.25, HERE))):
        runner = make(8, weights, inputs=[{"name": "obs", "terms": terms}], action=action | {"seen": sees})
        runner.start(reading_at(HERE), None)
        assert nearly(answer(runner), np.add(REST, np.multiply(0.25, HERE)))
        answer(runner)
        assert nearly(seen(runner)[:4], expected)


def test_joints_in_the_policys_own_order_and_some_of_them(make, robot) -> None:
    names = list(robot.joint_names)
    order = [names[3], names[1], names[0], names[2]]
    runner = make(joint_names=order)
    runner.start(reading_at(HERE), None)
    expected = {name: rest + 0.5 * HERE[names.index(name)] for name, rest in zip(order, REST)}
    assert nearly(answer(runner), [expected[name] for name in names])
    assert runner.drives is None


def test_goal_values_are_limited_and_small_ones_are_nothing(make) -> None:
    runner = make(2, commands=COMMANDS, inputs=[{"name": "obs", "terms": [{"term": "velocity_commands"}]}],
                  command_deadband=0.1)  # fmt: skip
    runner.start(reading_at(HERE), None)
    for goals, expected in (({"vx": 9.0, "wz": -9.0}, (1.0, -1.0)), ({"vx": 0.05}, (0.0, 0.0)), ({}, (0.0, 0.0))):
        answer(runner, goals=goals)
        assert nearly(seen(runner), expected)
    fixed = make(2, commands=COMMANDS, inputs=[{"name": "obs", "terms": [{"term": "velocity_commands"}]}],
                 fixed={"vx": 0.5})  # fmt: skip
    answer(fixed, goals={"vx": -0.5, "wz": 0.2})
    assert nearly(seen(fixed), (0.5, 0.2))


@pytest.mark.parametrize(("stand", "expected"), [("run", 0.25), ("hold", 0.5), ("zero", 0.0)])
def test_the_clock_stands_as_it_was_trained_to(make, stand, expected) -> None:
    terms = [{"term": "gait_phase", "params": {"form": "phase"}}]
    gait = {"period": 0.4, "stand_below": 0.1, "stand": stand, "stand_phase": 0.5}
    runner = make(1, commands=COMMANDS, gait=gait, inputs=[{"name": "obs", "terms": terms}])
    runner.start(reading_at(HERE), None)
    walk, rest = {"vx": 0.5}, {"vx": 0.0}
    for _ in range(5):
        answer(runner, goals=walk)
    assert seen(runner)[0] == pytest.approx(0.2)
    answer(runner, goals=rest)
    assert seen(runner)[0] == pytest.approx(expected)


def test_memory_goes_on_and_begins_anew(make, tmp_path) -> None:
    file = linear(tmp_path / "memory.onnx", {"obs": 4}, {"obs": np.zeros((4, 4))}, memory=[("h", 3)])
    runner = make(file=file, memory={"h": "h_out"}, action=PLAIN)
    runner.start(reading_at(HERE), None)
    for count in range(3):
        runner.rehearse(reading_at(HERE))
        assert nearly(answer(runner), np.add(REST, count))
    other = make(file=file, memory={"h": "h_out"}, action=PLAIN)
    other.start(reading_at(HERE), runner)  # of the same network: its memory is handed over
    assert nearly(answer(other), np.add(REST, 3))
    other.start(reading_at(HERE), None)
    assert nearly(answer(other), REST)


def test_a_motion_inside_the_network(make, tmp_path) -> None:
    """The first frame is seen by the first run, the reference is the one of the frame, and the end is the end."""
    file = linear(tmp_path / "motion.onnx", {"obs": 8}, {"obs": np.zeros((8, 4))}, step="time_step",
                  outputs=[("joint_pos", [[0.0, 10.0, 20.0, 30.0]]), ("joint_vel", [[0.5] * 4])])  # fmt: skip
    reference = {"time_step": "time_step", "joint_pos": "joint_pos", "joint_vel": "joint_vel", "frames": 3}
    runner = make(
        file=file, reference=reference, inputs=[{"name": "obs", "terms": [{"term": "motion_command"}]}],
        action={"output": "actions", "kind": "reference_plus_scaled", "scale": 1.0},
    )  # fmt: skip
    runner.start(reading_at(HERE), None)
    assert nearly(answer(runner), (0.0, 10.0, 20.0, 30.0))
    assert nearly(seen(runner)[:4], (0.0, 10.0, 20.0, 30.0))
    assert runner.progress == pytest.approx(0.5)
    answer(runner)
    answer(runner)
    assert nearly(seen(runner)[:4], (1.0, 11.0, 21.0, 31.0)) and runner.progress == 1.0
    answer(runner)
    assert nearly(seen(runner)[:4], (2.0, 12.0, 22.0, 32.0)) and runner.progress == 1.0


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"rate": 33.0}, "no multiple of that; 33, 66"),
        ({"joint_names": ["a", "b", "c", "d"]}, "has no joints"),
        ({"action": {**PLAIN, "output": "answer"}}, r"no output \['answer'\]; it has \['actions'\]"),
        ({"inputs": [{"name": "state", "terms": [{"term": "joint_pos"}]}]}, r"no input \['state'\]; it has \['obs'\]"),
        ({"inputs": [{"name": "obs", "terms": [{"term": "base_ang_vel"}]}]}, r"\[1, 4\], by the manifest .* \[1, 3\]"),
        ({"memory": {"h": "h_out"}}, r"no input \['h'\]"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(make, changes, text) -> None:
    with pytest.raises(DataError, match=text):
        make(**changes)


def test_an_input_that_nobody_feeds_and_an_answer_that_is_no_number(make, robot, tmp_path) -> None:
    file = linear(tmp_path / "two.onnx", {"obs": 4, "extra": 2}, {"obs": np.eye(4), "extra": np.zeros((2, 4))})
    with pytest.raises(DataError, match=r"does not say what inputs \['extra'\] take"):
        make(file=file)
    with pytest.raises(DataError, match="not finite"):
        make(weights={"obs": np.full((4, 4), np.inf)})
    with pytest.raises(DataError, match="is missing"):
        ForeignNetwork(tmp_path / "nowhere.onnx", "0" * 64, manifest_of(robot))


def test_weights_beside_the_network_must_be_the_ones_that_were_imported(make, tmp_path) -> None:
    file = linear(tmp_path / "inside.onnx", {"obs": 4}, {"obs": np.eye(4)})
    onnx.save(onnx.load(str(file)), str(tmp_path / "outside.onnx"), save_as_external_data=True, size_threshold=0,
              location="outside.data")  # fmt: skip
    weights = tmp_path / "outside.data"
    external = {"outside.data": hashlib.sha256(weights.read_bytes()).hexdigest()}
    runner = make(file=tmp_path / "outside.onnx", external=external)
    assert nearly(answer(runner), np.add(REST, np.multiply(0.5, HERE)))
    weights.write_bytes(b"\0" * weights.stat().st_size)
    with pytest.raises(DataError, match="not the file that was imported"):
        make(file=tmp_path / "outside.onnx", external=external)
    weights.unlink()
    with pytest.raises(DataError, match="is missing beside the model"):
        make(file=tmp_path / "outside.onnx", external=external)
