"""Two robots in one world: each moves as if it were alone, and they meet."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.shared_world import Inhabitant, SharedWorld

ROOT = Path(__file__).parents[3]
GO2, G1 = (load_robot(ROOT / "urdf" / name) for name in ("go2", "g1"))
EMPTY = SceneSetup(name="empty", seed=1, start=Pose2(0.0, 0.0, 0.3), objects=(), noise=0.0)


def at(x, y, yaw=0.0, setup=EMPTY):
    return setup.model_copy(update={"start": Pose2(x, y, yaw)})


def hold(robot, pose="default"):
    zero = np.zeros(robot.size)
    return JointCommand(robot.pose(pose), zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)


def steps(world, count, **commands):
    for _ in range(count):
        for number, device in enumerate(world.devices):
            command = commands.get(f"robot{number}")
            device.step(command) if command is not None else device.advance(device.substeps)


@pytest.fixture
def world():
    return SharedWorld([Inhabitant(GO2, EMPTY), Inhabitant(G1, at(-1.0, 1.0, 1.0))])


def test_each_begins_where_it_is_to_and_measures_itself(world):
    dog, humanoid = (device.truth() for device in world.devices)
    assert dog.position[:2] == pytest.approx([0.0, 0.0], abs=1e-6) and dog.position[2] < 0.15
    assert humanoid.position[:2] == pytest.approx([-1.0, 1.0]) and humanoid.position[2] > 0.7
    for device, robot in zip(world.devices, (GO2, G1)):
        sample = device.sample()
        assert sample.position.shape == (robot.size,) and device.time == 0.0
        assert device.state().shape == (7 + robot.size,)
    assert world.devices[1].sample().position == pytest.approx(G1.pose("default"), abs=1e-6)


def test_one_hangs_while_the_other_moves_and_is_let_go_by_its_own_command(world):
    height = world.devices[1].truth().position[2]
    steps(world, 50, robot0=hold(GO2))
    dog, humanoid = (device.truth() for device in world.devices)
    assert dog.position[2] > 0.2, "it has risen"
    assert humanoid.position[2] == height and not humanoid.linear.any()
    felt = world.devices[1].sample().linear_acceleration
    assert felt == pytest.approx([0.0, 0.0, 9.81], abs=1e-6), "the gantry carries it"
    steps(world, 100, robot0=hold(GO2), robot1=hold(G1))
    assert world.devices[1].truth().position[2] < height, "nothing keeps its balance, so it falls"
    assert world.devices[0].truth().position[2] > 0.2


def test_a_robot_moves_as_it_would_alone():
    alone = MujocoDevice(GO2, EMPTY)
    together = SharedWorld([Inhabitant(GO2, EMPTY), Inhabitant(G1, at(5.0, 5.0))])
    for _ in range(60):
        alone.step(hold(GO2))
        steps(together, 1, robot0=hold(GO2))
    for field in ("position", "orientation"):
        here, there = (getattr(device.truth(), field) for device in (alone, together.devices[0]))
        assert here == pytest.approx(there, abs=2e-3)


def test_robots_meet_one_another():
    world = SharedWorld([Inhabitant(GO2, EMPTY), Inhabitant(GO2, at(0.9, 0.0, 3.14))])
    steps(world, 50, robot0=hold(GO2), robot1=hold(GO2))
    before = world.devices[1].truth().position[0]
    for _ in range(100):
        world.devices[0].push(0.05, 0.0)
        steps(world, 1, robot0=hold(GO2), robot1=hold(GO2))
    assert world.devices[1].truth().position[0] > before + 0.01
    assert world.devices[0].truth().position[0] < world.devices[1].truth().position[0] - 0.5


def test_what_moves_comes_after_the_robot_in_its_state():
    setup = set_up(load_scene(ROOT / "config" / "scenes" / "moving_box.yaml"), 0)
    world = SharedWorld([Inhabitant(GO2, setup), Inhabitant(G1, at(-2.0, 0.0, setup=setup))])
    alone = MujocoDevice(GO2, setup)
    assert world.devices[0].state().shape == alone.state().shape
    assert world.devices[1].state()[-7:] == pytest.approx(alone.state()[-7:], abs=1e-2)


def test_the_same_seed_gives_the_same_run():
    ends = []
    for _ in range(2):
        world = SharedWorld([Inhabitant(GO2, EMPTY), Inhabitant(G1, at(-1.0, 1.0))])
        steps(world, 20, robot0=hold(GO2), robot1=hold(G1))
        ends.append(world.data.qpos.copy())
    np.testing.assert_array_equal(*ends)


@pytest.mark.parametrize(
    ("robots", "why"),
    [
        ([], "0 robots"),
        ([GO2.at_rate(100.0), G1], "rates are .50.0, 100.0"),
        ([GO2, load_robot(ROOT / "urdf" / "leap")], "world of its own"),
    ],
)
def test_who_cannot_share_a_world_is_told_why(robots, why):
    with pytest.raises(DataError, match=why):
        SharedWorld([Inhabitant(robot, EMPTY) for robot in robots])
