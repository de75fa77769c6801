"""Simulated time beside cameras: it never runs ahead of the clock, and what was lost is not made good in a burst."""

import os
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.core.joint_command import CommandMode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.truth_channel import TRUTH_SIZE, TruthChannel
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, set_up
from skill_stack.hardware.command_inlet import InletOrder
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.simulator_loop import SimulatorLoop


class Drawn:
    """Snapshots whose next picture is due at a time."""

    def __init__(self, due=None):
        self.due = due

    def drawn(self):
        return None if self.due is None else (self.due - 0.2, self.due)


def loop_of(snapshots):
    device = SimpleNamespace(time=0.0)
    words = SimpleNamespace(get=lambda name: 0)
    channels = SimpleNamespace(command_counter=0, setpoint_counter=0, words=words)
    return SimulatorLoop(device, channels, None, None, 0.02, None, None, snapshots), device


@pytest.mark.parametrize("cameras", [True, False])
def test_time_waits_for_the_clock_where_cameras_look(cameras) -> None:
    loop, device = loop_of(Drawn() if cameras else None)
    passed = 0
    for now in (n * 0.001 for n in range(1000)):  # whoever is in the lock answers at once
        while loop._seen(now) and passed < 10_000:
            device.time, passed = device.time + 0.02, passed + 1
    assert device.time == (pytest.approx(1.0, abs=0.03) if cameras else pytest.approx(200.0))


def test_what_was_lost_is_not_made_good_in_a_burst() -> None:
    loop, device = loop_of(Drawn())
    assert loop._seen(5.0), "somebody in the lock was silent for five seconds"
    device.time += 0.02
    assert not loop._seen(5.001) and loop._seen(5.021)


def test_time_waits_for_a_picture_that_is_due():
    snapshots = Drawn(0.4)
    loop, device = loop_of(snapshots)
    device.time = 0.38
    assert loop._seen(2.0)
    device.time = 0.4
    assert not loop._seen(2.1)
    snapshots.due = 0.6
    assert loop._seen(2.2)


class Commanded:
    """A device, a truth and a source of commands, of which everything is noted."""

    def __init__(self):
        self.orders, self.told, self.truths = [], [], []
        self.damping, self.vector = np.zeros(5), np.zeros(TRUTH_SIZE)
        self.driven, self.stamp, self.time, self.substeps = False, 0.0, 0.0, 4
        self.pushes = self.rolls = self.places = self.loads = SimpleNamespace(take=lambda: None)
        self.model = SimpleNamespace(opt=SimpleNamespace(timestep=0.005))

    def take(self, now):
        return self.orders.pop(0) if self.orders else None

    def receive_rows(self, rows, stamp=0.0):
        self.told.append("soon")
        self.driven, self.stamp = bool(rows.any()), stamp

    def force_rows(self, rows, stamp=0.0):
        self.told.append("at once")
        self.driven, self.stamp = bool(rows.any()), stamp

    def write_truth(self, vector):
        return 1, 0.0, False, 4

    def write(self, sequence, task_time, fallen, feet, driven, oldest):
        self.truths.append((driven, oldest))


@pytest.fixture
def commanded():
    made = Commanded()
    channels = SimpleNamespace(setpoint_counter=0, words=None)
    return made, SimulatorLoop(made, channels, made, made, 0.02, None, None)


def test_what_is_too_old_is_replaced_at_once_and_the_rest_comes_as_it_comes(commanded):
    made, loop = commanded
    first = InletOrder(1, np.ones(5), 1.0, False, CommandMode.ACTIVE)
    made.orders = [first, InletOrder(1, np.zeros(5), 1.1, True, CommandMode.DAMP)]
    for now in (1.0, 1.05, 1.1):
        loop.obey(now)
    assert made.told == ["soon", "at once"]


def test_the_truth_says_how_old_an_active_command_has_become_and_what_is_in_force_in_the_end(commanded):
    made, loop = commanded
    made.orders = [InletOrder(1, np.ones(5), 1.0, False, CommandMode.ACTIVE)]
    for now in (1.0, 1.04, 1.02):
        loop.obey(now)
        loop.note_age(now)
    loop.end()
    driven, oldest = made.truths[-1]
    assert not driven and oldest == pytest.approx(0.045), "the age at the end of the physics step"
    assert made.told == ["soon", "at once"]


def test_what_scoring_orders_happens_once(tmp_path):
    resources = Resources.from_environment(os.environ)
    crate = {"id": "crate", "kind": "crate", "shape": "box", "size": [0.3, 0.3, 0.3], "position": [2.0, 0.0],
             "movable": True, "mass": 2.0}  # fmt: skip
    file = SceneFile(name="floor", description="A crate.", objects=(ObjectFile(**crate),))
    device = MujocoDevice(load_robot(resources.robot("go2"), resources), set_up(file, 1), "default")
    channels = SimpleNamespace(setpoint_counter=0, words=None)
    loop = SimulatorLoop(device, channels, None, TruthChannel(tmp_path / "block.truth"), 0.02, None, None)
    scoring, model = TruthChannel(tmp_path / "block.truth"), device.model
    geom, body = model.geom("crate").id, model.geom_bodyid[model.geom("crate").id]
    scoring.places.give(geom, 3.0, -1.0)
    scoring.loads.give(geom, 60.0)
    loop.catch_up()
    at = model.jnt_qposadr[model.body_jntadr[body]]
    assert device.data.qpos[at : at + 2].tolist() == [3.0, -1.0] and model.body_mass[body] == 60.0
    device.data.qpos[at] = 2.5
    loop.catch_up()
    assert device.data.qpos[at] == 2.5
