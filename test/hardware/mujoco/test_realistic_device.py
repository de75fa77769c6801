"""What real motors and buses do, in simulation: each of it alone, measured on what comes out."""

import math
import sys
from collections.abc import Callable

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import SceneFile, VariationFile, load_scene, set_up
from skill_stack.evaluation.suite import Perturbations, Suite
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.realistic_device import RealisticDevice, simulated_device
from skill_stack.runtime.episodes.scenario_world import varied_scene

RESOURCES = Resources.from_environment({})
LEAP = load_robot(RESOURCES.robot("leap"), RESOURCES)


def device(timestep: float = 0.001, **harsh: float) -> MujocoDevice:
    scene = SceneFile(name="empty", description="Nothing.", variation=VariationFile(harsh=HardwareRealism(**harsh)))
    setup = set_up(scene, 1).model_copy(update={"noise": 0.0})
    return simulated_device(LEAP, setup, "default", timestep=timestep)


def driven(hand: MujocoDevice, steps: int, target: Callable[[float], float]) -> np.ndarray:
    """True positions, then measured ones, of all joints while all targets move around the default pose."""
    zero, rows = np.zeros(LEAP.size), []
    place = [hand.model.joint(name).qposadr[0] for name in LEAP.joint_names]
    for _ in range(steps):
        q = LEAP.pose("default") + target(hand.time)
        hand.step(JointCommand(q, zero, zero, LEAP.column("kp"), zero, CommandMode.ACTIVE))
        rows.append((hand.data.qpos[place].copy(), hand.sample().position))
    return np.array(rows)


@pytest.mark.parametrize(("name", "pose"), [("g1", "default"), ("go2", "lie")])
def test_a_robot_that_cannot_lie_begins_hung_from_a_gantry(name, pose):
    robot = load_robot(RESOURCES.robot(name), RESOURCES)
    made = simulated_device(robot, set_up(SceneFile(name="empty", description="Nothing."), 1))
    place = [made.model.joint(joint).qposadr[0] for joint in robot.joint_names]
    assert made.data.qpos[place] == pytest.approx(robot.pose(pose), abs=0.1)
    height = made.data.qpos[2]
    made.advance(400)
    assert made.data.qpos[2] == pytest.approx(height, abs=0.02), "nothing drives it, and it does not fall"
    felt = made.sample().linear_acceleration
    assert np.linalg.norm(felt) == pytest.approx(9.81, abs=0.6), "the gantry or the ground carries it"


def test_what_moves_on_the_floor_does_not_lift_who_hangs():
    robot = load_robot(RESOURCES.robot("g1"), RESOURCES)
    setup = set_up(load_scene(RESOURCES.scene("moving_box")), 1)
    assert simulated_device(robot, setup).data.qpos[2] == pytest.approx(robot.stand_height, abs=0.02)


def test_nothing_harsh_is_the_plain_device():
    plain, harsh = device(), device(velocity_step=0.001)
    assert type(plain) is MujocoDevice and isinstance(harsh, RealisticDevice)


def test_a_fast_motor_has_less_torque_and_a_slow_one_all_of_it():
    def jump(time: float) -> float:
        return 0.6

    full, weak = driven(device(), 12, jump), driven(device(full_torque_until=0.0), 12, jump)
    # The joints' own damping keeps them at an eighth of the speed at which no torque is left.
    assert np.all(weak[-1, 0] <= full[-1, 0] + 1e-3) and np.max(full[-1, 0] - weak[-1, 0]) > 0.003
    held = driven(device(full_torque_until=0.0), 160, lambda time: 0.0), driven(device(), 160, lambda time: 0.0)
    assert held[0][-1, 0] == pytest.approx(held[1][-1, 0], abs=5e-3)


def test_a_battery_that_sags_makes_everything_slower():
    def jump(time: float) -> float:
        return 0.6

    fresh, sagging = (driven(device(full_torque_until=0.0, battery_sag=sag), 12, jump) for sag in (0.0, 0.7))
    assert np.mean(fresh[-1, 0] - sagging[-1, 0]) > 0.005


def test_friction_stops_a_finger_short_of_its_target():
    easy, hard = (driven(device(friction=share), 30, lambda time: 0.1)[-1, 0] for share in (0.0, 0.8))
    wanted = LEAP.pose("default") + 0.1
    assert np.abs(hard - wanted).mean() > np.abs(easy - wanted).mean() + 0.005


def test_backlash_lies_between_encoder_and_joint():
    def swing(time: float) -> float:
        return 0.2 * math.sin(4.0 * time)

    tight, loose = driven(device(), 160, swing), driven(device(backlash=0.04), 160, swing)
    apart = np.abs(loose[20:, 1] - loose[20:, 0])
    assert apart.max() == pytest.approx(0.02, abs=2e-3)
    assert np.abs(tight[20:, 1] - tight[20:, 0]).max() < 2e-3
    sign = np.sign(loose[20:, 1, 0] - loose[20:, 0, 0])
    assert {-1.0, 1.0} <= set(sign.tolist())  # the motor pushes on either side of the gap


def test_measurements_come_in_steps():
    hand = device(position_step=0.01, velocity_step=0.05, torque_step=0.02)
    driven(hand, 10, lambda time: 0.1)
    sample = hand.sample()
    for values, step in ((sample.position, 0.01), (sample.velocity, 0.05), (sample.torque, 0.02)):
        assert values / step == pytest.approx(np.rint(values / step), abs=1e-6)


def test_measurements_are_old_and_say_so():
    prompt, late = device(position_step=1e-9), device(measurement_delay=0.05)
    moved = driven(prompt, 40, lambda time: time), driven(late, 40, lambda time: time)
    periods = round(0.05 * LEAP.control_rate)
    assert moved[1][20 + periods, 1] == pytest.approx(moved[0][20, 1], abs=1e-6)
    assert late.time - late.sample().task_time == pytest.approx(0.05, abs=1.1 / LEAP.control_rate)


def test_a_share_of_measurements_is_lost_and_nothing_comes_out_of_order():
    hand, zero, seen = device(lost_measurements=0.3, late_measurements=0.2, late_by=0.04), np.zeros(LEAP.size), []
    for _ in range(400):
        hand.step(JointCommand(LEAP.pose("default"), zero, zero, LEAP.column("kp"), zero, CommandMode.ACTIVE))
        seen.append(hand.sample().sequence)
    assert seen == sorted(seen)
    assert 0.5 < len(set(seen)) / len(seen) < 0.8


def test_a_lost_command_leaves_the_one_before_in_force():
    steady, losing = device(), device(lost_commands=0.8)
    moved = driven(steady, 60, lambda time: time), driven(losing, 60, lambda time: time)
    assert np.abs(moved[0][:, 0] - moved[1][:, 0]).max() > 0.01
    assert driven(device(lost_commands=0.8), 60, lambda time: time) == pytest.approx(moved[1], abs=0.0)  # by its seed


def test_a_scenario_may_be_harsh_and_a_scene_otherwise_decides():
    task = {"skill": "close_hand", "success": ["end_tilt <= 0.3 rad"]}
    data = {"name": "x", "description": "x", "robot": "leap", "scene": "bench", "tasks": [task]}
    suite = Suite.model_validate({**data, "perturbations": {"harsh": {"backlash": 0.01}}})
    assert varied_scene(RESOURCES, suite, suite.tasks[0]).variation.harsh == HardwareRealism(backlash=0.01)
    plain = Suite.model_validate(data)
    assert not varied_scene(RESOURCES, plain, plain.tasks[0]).variation.harsh.any
    assert Perturbations().harsh is None


def test_lost_frames_and_lock_step_exclude_each_other():
    from skill_stack.core.processes.process_log import ProcessLog
    from skill_stack.core.processes.stop_signal import StopSignal
    from skill_stack.hardware.mujoco import simulator_process

    told = ["--robot", "leap", "--scene", "bench", "--pace", "lock_step", "--harsh", '{"lost_measurements": 0.1}']
    with pytest.raises(DataError, match="real_time"):
        simulator_process._simulate(simulator_process.parse(told), ProcessLog("x", sys.stderr), StopSignal())
