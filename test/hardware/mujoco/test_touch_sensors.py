"""Touch sensors of a simulated hand: the force of what lies on a pad, with the declared errors, to every part."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.robots.sensor_spec import TouchSpec
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.sample_format import SampleFormat
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.joint_sample import joint_sample
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.part_bus import PartBus

ROOT = Path(__file__).resolve().parents[3]
HAND = load_robot(ROOT / "urdf" / "allegro_right")
MASS = 0.108
CUBE = load_scene(ROOT / "config" / "scenes" / "cube_in_hand.yaml")
ON_THE_PALM = {"size": (0.04, 0.04, 0.04), "position": (0.05, 0.0, 0.332), "mass": MASS}
SCENE = CUBE.model_copy(update={"objects": tuple(thing.model_copy(update=ON_THE_PALM) for thing in CUBE.objects)})


def with_touch(robot, *rows):
    made = tuple(TouchSpec(**{"range": (0.0, 10.0), "source": "made up", "radius": 0.1, **row}) for row in rows)
    return robot.model_copy(update={"sensors": robot.sensors.model_copy(update={"touch": made})})


def felt(noise, *rows, samples=1):
    """What the sensors say of a cube that has come to rest on the palm, shape (samples, sensors)."""
    device = MujocoDevice(with_touch(HAND, *rows), set_up(SCENE, 1).model_copy(update={"noise": noise}), "default")
    device.advance(200)
    out = []
    for _ in range(samples):
        device.advance(2)
        out.append(device.sample().touch)
    return np.array(out)


PALM, TIP = {"name": "palm", "link": "palm_link"}, {"name": "tip", "link": "link_3.0_tip", "radius": 0.02}


def test_a_pad_feels_the_weight_that_lies_on_it_and_another_nothing() -> None:
    palm, tip = felt(0.0, PALM, TIP)[0]
    assert palm == pytest.approx(9.81 * MASS, rel=0.02)
    assert tip == 0.0


def test_contacts_outside_of_the_pad_do_not_count() -> None:
    assert felt(0.0, PALM | {"radius": 0.01, "point": (0.0, 0.05, -0.09)})[0] == 0.0


def test_noise_is_as_declared_and_stays_within_the_range() -> None:
    said = felt(1.0, PALM | {"noise": 0.05}, TIP | {"noise": 0.05}, samples=200)
    assert said[:, 0].std() == pytest.approx(0.05, rel=0.25)
    assert said[:, 1].min() == 0.0 and 0.0 < said[:, 1].max() < 0.3
    assert felt(0.0, PALM | {"range": (0.0, 0.5)})[0] == 0.5


@pytest.mark.parametrize(("threshold", "closed"), [(0.5, 1.0), (2.0, 0.0)])
def test_a_switch_closes_at_its_threshold(threshold, closed) -> None:
    assert felt(0.0, PALM | {"kind": "switch", "threshold": threshold})[0] == closed


def test_a_link_that_the_robot_lacks_is_named() -> None:
    with pytest.raises(DataError, match=r"no link 'link_99'.*'tip'"):
        felt(0.0, TIP | {"link": "link_99"})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"range": (2.0, 1.0)}, "low not below its high"),
        ({"range": (-1.0, 1.0)}, "greater than or equal to 0"),
        ({"kind": "switch"}, "needs one"),
        ({"threshold": 1.0}, "for kind 'switch'"),
        ({"kind": "switch", "threshold": 11.0}, "outside its range"),
        ({"radius": 0.0}, "greater than 0"),
        ({"kind": "pressure"}, "'force' or 'switch'"),
        ({"name": "Tip 1"}, "name"),
        ({"source": ""}, "at least 1 character"),
        ({"unit": "kg"}, "unit"),
    ],
)
def test_rows_that_make_no_sense_are_refused(row, message) -> None:
    with pytest.raises(ValueError, match=message):
        with_touch(HAND, TIP | row)


def test_two_sensors_of_one_name_are_refused() -> None:
    rows = [{**TIP, "radius": 0.02, "range": (0.0, 1.0), "source": "made up"}] * 2
    with pytest.raises(ValueError, match="several touch sensors are called 'tip'"):
        type(HAND.sensors).model_validate({"touch": rows})


def test_each_part_of_a_composite_gets_its_own(tmp_path, monkeypatch) -> None:
    """Names and links of a mounted hand have its part's name in front, and the hand's control process its own."""
    from skill_stack.core.robots import robot_file

    read = robot_file.load_robot
    sensing = {"allegro_right": [PALM, TIP], "go2": [{"name": "belly", "link": "base"}]}
    monkeypatch.setattr(
        robot_file, "load_robot", lambda folder, *rest: with_touch(read(folder, *rest), *sensing[folder.name])
    )
    robot = read(ROOT / "urdf" / "go2_hand")
    names = [(sensor.name, sensor.link) for sensor in robot.sensors.touch]
    assert names == [
        ("belly", "base"), ("right_hand_palm", "right_hand_palm_link"), ("right_hand_tip", "right_hand_link_3.0_tip"),
    ]  # fmt: skip
    channels = [RobotChannels.open(tmp_path / "block", robot, name) for name in robot.parts]
    device = MujocoDevice(robot, set_up(CUBE, 1), "default")
    sample = device.sample()
    places = SampleFormat(robot)
    sample = dataclasses.replace(sample, touch=np.array([1.0, 2.0, 3.0]))
    measurement = places.fill(sample, np.zeros(places.size))
    PartBus(robot, channels, lock_step=False).write_measurement(measurement)
    body, hand = (each.read_sample() for each in channels)
    assert body.touch.tolist() == [1.0] and hand.touch.tolist() == [2.0, 3.0]
    for each in channels:
        each.close()


def test_the_estimate_carries_what_is_felt_and_names_a_sample_that_lacks_it() -> None:
    robot = with_touch(HAND, PALM, TIP)
    device = MujocoDevice(robot, set_up(SCENE, 1), "default")
    device.advance(200)
    sample, estimator = device.sample(), Estimator(robot)
    reading = estimator.read(sample, sample.task_time, sample.stamp)
    assert reading.valid and np.array_equal(estimator.complete(reading).touch, sample.touch)
    short = dataclasses.replace(sample, touch=np.zeros(1), sequence=sample.sequence + 1)
    reading = estimator.read(short, sample.task_time, sample.stamp)
    assert not reading.valid and "the device's touch has shape (1,), allegro_right needs (2,)" in reading.reason


def test_a_bus_that_reads_no_touch_says_so_by_nan() -> None:
    robot = with_touch(HAND, PALM, TIP)
    sample = joint_sample(robot, 1, 0.0, 0.0, np.zeros((3, 16)), np.full(16, 30.0), True)
    assert np.isnan(sample.touch).all() and sample.touch.shape == (2,)
    places = SampleFormat(robot)
    kept = places.sample(places.fill(dataclasses.replace(sample, touch=np.zeros(0)), np.zeros(places.size)))
    assert np.isnan(kept.touch).all() and kept.touch.shape == (2,)
