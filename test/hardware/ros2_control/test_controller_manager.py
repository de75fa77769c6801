"""Which controllers are started and stopped, and what is refused."""

import pytest

from skill_stack.hardware.ros2_control.controller_manager import (
    ANY,
    TRAJECTORY,
    TYPES,
    ControllerState,
    ControllerSwitch,
    order_of,
    plan_switch,
)

JOINTS = ("shoulder", "elbow")


def controller(name, kind="position", joints=JOINTS, state="inactive", type=ANY, **changes):
    claims = tuple(f"{joint}/{kind}" for joint in joints)
    return ControllerState(name, state, type, claims if state == "active" else (), claims, **changes)


FORWARD = controller("forward")
TRAJ = controller("traj", state="active", type=TRAJECTORY)
STATES = ControllerState("states", "active", "joint_state_broadcaster/JointStateBroadcaster")


def plan(*controllers, kind="position", joints=JOINTS):
    return plan_switch(controllers, "forward", kind, joints)


def test_the_wanted_one_starts_and_what_has_its_joints_stops():
    assert plan(STATES, TRAJ, FORWARD) == ControllerSwitch(("forward",), ("traj",))


def test_what_moves_the_same_joints_by_another_interface_stops_too():
    other = controller("hold", "effort", JOINTS[:1], "active")
    assert plan(FORWARD, other).deactivate == ("hold",)


def test_what_has_other_joints_or_is_inactive_is_left():
    assert plan(FORWARD, controller("wheels", joints=("wheel",), state="active"), controller("traj")).deactivate == ()


def test_nothing_changes_where_all_is_as_wanted():
    assert plan(controller("forward", state="active"), STATES) == ControllerSwitch()


def test_what_commands_a_stopped_controller_stops_first_of_all():
    above = ControllerState("cartesian", "active", "x/Y", ("traj/shoulder",), ("traj/shoulder",), ("traj",))
    assert plan(FORWARD, TRAJ, above) == ControllerSwitch(("forward",), ("traj", "cartesian"))


@pytest.mark.parametrize(
    ("controllers", "kind", "expected"),
    [
        ((TRAJ,), "position", "no controller 'forward' is loaded; there are traj"),
        ((), "position", "there are none"),
        ((controller("forward", state="unconfigured"),), "position", "unconfigured; configure it first"),
        ((controller("forward", state="finalized"),), "position", "finalized"),
        ((controller("forward", type="x/Unheard"),), "position", "is a x/Unheard"),
        ((controller("forward", type=TRAJECTORY),), "position", "need forward_command_controller"),
        ((FORWARD,), "trajectory", "need joint_trajectory_controller"),
        ((FORWARD,), "effort", "claims elbow/position, shoulder/position instead of elbow/effort"),
        ((controller("forward", joints=JOINTS[:1]),), "position", "claims nothing instead of elbow/position"),
        ((controller("forward", joints=(*JOINTS, "wrist")),), "position", "claims wrist/position besides"),
        ((controller("forward", state="active", joints=()),), "position", "claims nothing instead of"),
        (
            (FORWARD, controller("all", state="active", joints=(*JOINTS, "finger"))),
            "position",
            "'all' has finger besides, which nobody would hold",
        ),
    ],
)
def test_refusals_say_why_and_change_nothing(controllers, kind, expected):
    found = plan(*controllers, kind=kind)
    assert expected in found.refusal and not found.activate and not found.deactivate


def test_an_active_one_that_lost_an_interface_is_refused():
    lost = ControllerState("forward", "active", ANY, ("elbow/position",), FORWARD.required)
    assert "without the interfaces" in plan(lost).refusal


@pytest.mark.parametrize("type", TYPES)
def test_every_known_type_takes_what_it_says(type):
    for kind in TYPES[type]:
        interface = "velocity" if kind == "trajectory" else kind
        assert plan(controller("forward", interface, type=type), kind=kind) == ControllerSwitch(("forward",))


def test_the_order_is_that_of_the_claims():
    assert order_of([TRAJ, controller("forward", joints=("b", "a"))], "forward") == ("b", "a")
    assert order_of([TRAJ], "forward") == ()
