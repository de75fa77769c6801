"""What the tags of a URDF say of the hardware, and what contradicts robot.yaml."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.ros2_control import settings as settings_module
from skill_stack.hardware.ros2_control.settings import ControlPlace
from skill_stack.hardware.ros2_control.urdf_tags import common_interfaces, contradiction, narrowed, read_tags

ROBOT = load_robot(Path(__file__).parents[3] / "urdf" / "allegro_right")
NAMES = ROBOT.joint_names


def interface(name, low=None, high=None, extra=""):
    params = "".join(
        f'<param name="{key}">{value}</param>' for key, value in (("min", low), ("max", high)) if value is not None
    )
    return f'<command_interface name="{name}">{params}{extra}</command_interface>'


def urdf(commands=None, joints=NAMES, prefix="", states=("position", "velocity")):
    """A description whose every joint has these command interfaces."""
    commands = interface("position") if commands is None else commands
    told = "".join(f'<state_interface name="{name}"/>' for name in states)
    inner = "".join(f'<joint name="{prefix}{name}">{commands}{told}</joint>' for name in joints)
    hardware = "<hardware><plugin>mock_components/GenericSystem</plugin></hardware>"
    return f'<robot name="r"><ros2_control name="s" type="system">{hardware}{inner}</ros2_control></robot>'


def test_interfaces_gains_and_limits_are_read():
    gains = interface("position", -1, 2) + interface("effort") + interface("kp", 0, 50) + interface("kd", 0, 5)
    first = read_tags(urdf(gains), "it")[NAMES[0]]
    assert list(first.commands) == ["position", "effort", "kp", "kd"] and first.states == ("position", "velocity")
    assert (first.commands["position"].minimum, first.commands["position"].maximum) == (-1, 2)
    assert first.commands["kp"].maximum == 50 and first.commands["effort"].maximum == np.inf


def test_limits_that_are_switched_off_do_not_count():
    text = urdf(interface("position", -1, 2, '<limits enable="false"/>'))
    assert read_tags(text, "it")[NAMES[0]].commands["position"].maximum == np.inf


def test_several_systems_of_one_robot_are_one_set_of_joints():
    two = urdf(joints=NAMES[:3]).replace("</robot>", "") + urdf(joints=NAMES[3:]).removeprefix('<robot name="r">')
    assert set(read_tags(two, "it")) == set(NAMES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (urdf(interface("position", "soft")), "min of 'position' is 'soft'"),
        (urdf(interface("position", 2, 1)), "not below its max"),
        (urdf(interface("position", "nan", 1)), "not below its max"),
        (urdf(joints=(NAMES[0], NAMES[0])), "named twice"),
        ("<robot", "is not XML"),
        ('<!DOCTYPE robot [<!ENTITY a "b">]><robot/>', "DOCTYPE"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(text, expected):
    with pytest.raises(DataError, match=expected):
        read_tags(text, "it")


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        (urdf(joints=NAMES[1:]), "position", f"lack {NAMES[0]}"),
        (urdf(), "effort", "no command interface 'effort'; it has position"),
        (urdf(states=("velocity",)), "position", "no state interface 'position'"),
        (urdf(interface("position", -0.01, 0.01)), "position", "by robot.yaml, but its hardware takes -0.01…0.01"),
        (urdf(interface("velocity", 0.1, 1)), "velocity", "zero velocity"),
    ],
)
def test_contradictions_are_named(text, wanted, expected):
    assert expected in contradiction(ROBOT, read_tags(text, "it"), wanted)


def test_what_agrees_or_says_nothing_is_no_contradiction():
    assert not contradiction(ROBOT, {}, "effort")
    assert not contradiction(ROBOT, read_tags(urdf(interface("position", -9, 9)), "it"), "position")
    tags = read_tags(urdf(prefix="left_"), "it")
    assert not contradiction(ROBOT, tags, "position", "left_") and "lack" in contradiction(ROBOT, tags, "position")


def test_the_tighter_limit_counts():
    tags = read_tags(urdf(interface("velocity", -0.5, 0.25)), "it")
    low, high = narrowed(ROBOT, tags, "velocity")
    assert np.array_equal(low, np.maximum(-ROBOT.column("velocity"), -0.5))
    assert np.array_equal(high, np.minimum(ROBOT.column("velocity"), 0.25))
    low, high = narrowed(ROBOT, {}, "effort")
    assert np.array_equal(high, ROBOT.column("effort")) and np.array_equal(low, -high)


def test_interfaces_that_one_joint_lacks_are_not_common():
    some = urdf(interface("position") + interface("effort"), NAMES[1:]).replace("</robot>", "")
    tags = read_tags(some + urdf(joints=NAMES[:1]).removeprefix('<robot name="r">'), "it")
    assert common_interfaces(NAMES, tags) == ("position",) and common_interfaces(NAMES, {}) == ()
    assert common_interfaces((*NAMES, "wrist"), tags) == (), "of which nothing is stated"


def test_the_kind_follows_from_the_urdf_and_a_contradicting_one_is_an_error(monkeypatch):
    tags = read_tags(urdf(interface("effort", -0.1, 0.1)), "it")
    monkeypatch.setattr(settings_module, "robot_tags", lambda robot: tags)
    assert ControlPlace(ROBOT, {"controller": "hand"}).settings.driven_kind == "effort"
    with pytest.raises(DataError, match="no command interface 'velocity'"):
        ControlPlace(ROBOT, {"controller": "hand", "kind": "velocity"})
    monkeypatch.setattr(settings_module, "robot_tags", lambda robot: {})
    assert ControlPlace(ROBOT, {"controller": "hand"}).settings.driven_kind == "position"
