"""Controllers are as wanted before anything is driven, watched while it is, and put back at the end."""

import pytest

from skill_stack.hardware.ros2_control.controller_guard import ControllerGuard
from skill_stack.hardware.ros2_control.controller_manager import ANY, TRAJECTORY, ControllerState
from skill_stack.hardware.ros2_control.settings import place_settings
from test.hardware.ros2_control.managed_robot import Manager

JOINTS = ("a", "b")
CLAIMS = ("a/position", "b/position")


class Case:
    """A guard, a manager with a forward controller and an active trajectory controller, and time."""

    def __init__(self, **settings):
        forward = ControllerState("forward", "inactive", ANY, (), CLAIMS)
        self.manager = Manager(forward, ControllerState("traj", "active", TRAJECTORY, CLAIMS, CLAIMS))
        self.settings = place_settings({"controller": "/arm/forward", **settings})
        self.guard = ControllerGuard(JOINTS, self.settings, self.manager)

    def step(self, seconds=0.01):
        self.manager.now += seconds
        return self.guard.step(self.manager.now)

    def run(self, seconds):
        reason = ""
        for _ in range(round(seconds / 0.01)):
            reason = self.step()
        return reason

    def driving(self):
        assert self.run(0.5) == ""
        return self


def test_it_switches_once_and_drives_only_after_it_has_looked_again():
    case = Case()
    reasons = [case.step() for _ in range(40)]
    assert case.manager.switches == [(("forward",), ("traj",), True)]
    told = list(dict.fromkeys(reasons))
    assert "not listed" in told[0] and "switching" in told[1] and "once more" in told[2] and told[-1] == ""
    assert case.manager.active == {"forward"} and case.guard.order == JOINTS


def test_best_effort_is_asked_for_where_the_deployment_says_so():
    case = Case(strictness="best_effort").driving()
    assert case.manager.switches[0][2] is False


def test_nothing_is_switched_where_all_is_as_wanted_and_nothing_is_put_back():
    case = Case()
    case.manager.set(("traj",), "inactive")
    case.manager.set(("forward",), "active")
    case.driving()
    assert case.guard.release(case.manager.now) == "" and not case.manager.switches


def test_the_end_puts_back_what_ran():
    case = Case().driving()
    assert case.guard.release(case.manager.now) == ""
    assert case.manager.switches[-1] == (("traj",), ("forward",), True) and case.manager.active == {"traj"}
    assert case.guard.release(case.manager.now) == "" and len(case.manager.switches) == 2


def test_a_refused_switch_is_told_and_not_repeated():
    case = Case()
    case.manager.refusal = "the hardware is inactive"
    assert "refused to start forward, stop traj: the hardware is inactive" in case.run(3.0)
    assert len(case.manager.switches) == 1 and case.guard.lost and case.manager.active == {"traj"}
    assert case.guard.release(case.manager.now) == "" and len(case.manager.switches) == 1


def test_an_unanswered_switch_is_given_up():
    case = Case(switch_timeout=0.5)
    case.manager.deaf = True
    assert "is switching" in case.run(1.4) and "did not answer" in case.run(0.3) and case.guard.lost


def test_an_end_amid_an_unanswered_switch_takes_it_back_and_does_not_wait_for_ever():
    case = Case(switch_timeout=0.5)
    case.manager.deaf = True
    case.run(0.3)
    assert "did not say" in case.guard.release(case.manager.now)
    assert case.manager.switches[-1] == (("traj",), ("forward",), True) and case.manager.waited <= 1.51


def test_a_switch_that_changes_something_else_is_given_up():
    case = Case(strictness="best_effort")
    case.manager.set = lambda names, state: None
    assert "not to what was asked for" in case.run(1.0) and len(case.manager.switches) == 1


def test_a_missing_controller_is_waited_for():
    case = Case()
    forward = case.manager.loaded.pop("forward")
    assert "no controller 'forward'" in case.run(1.0) and not case.guard.lost and not case.manager.switches
    case.manager.loaded["forward"] = forward
    assert case.run(0.5) == ""


@pytest.mark.parametrize("change", ["inactive", "unloaded", "another"])
def test_who_is_driven_and_loses_its_controller_is_left_alone_until_a_reset(change):
    case = Case().driving()
    if change == "unloaded":
        del case.manager.loaded["forward"]
    elif change == "inactive":
        case.manager.set(("forward",), "inactive")
    else:
        case.manager.set(("traj",), "active")
    steps = next(count for count in range(100) if case.step())
    assert steps * 0.01 <= case.settings.watch, "noticed by the next look"
    case.manager.set([name for name in ("forward",) if name in case.manager.loaded], "active")
    assert "until a reset" in case.run(1.0) and len(case.manager.switches) == 1
    assert case.guard.release(case.manager.now) == "" and len(case.manager.switches) == 1


def test_a_silent_manager_stops_driving_in_time_and_is_heard_again():
    case = Case().driving()
    case.manager.quiet = True
    steps = next(count for count in range(200) if "silent" in case.step())
    assert steps * 0.01 <= case.settings.manager_silence + 0.011
    case.manager.quiet = False
    assert case.run(0.2) == "" and len(case.manager.switches) == 1


def test_a_manager_that_never_answers_is_named():
    case = Case(manager="/left/controller_manager")
    case.manager.quiet = True
    assert "'/left/controller_manager' has not listed" in case.run(1.0) and not case.manager.switches


def test_another_attempt_looks_anew_before_it_switches():
    case = Case().driving()
    case.manager.set(("forward",), "inactive")
    assert "until a reset" in case.run(0.2)
    case.manager.set(("traj",), "active")  # after the last look
    case.guard = ControllerGuard(JOINTS, case.settings, case.manager)
    case.driving()
    assert case.manager.switches[-1] == (("forward",), ("traj",), True)
