"""What the hand on a gamepad requests."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.resources import Resources
from skill_stack.teleop.gamepad.hand import GamepadHand, PadState
from skill_stack.teleop.gamepad.profile import load_profile
from skill_stack.teleop.velocity_ramp import DriveLimits

RESOURCES = Resources.from_environment(os.environ)
LEGGED = load_profile(RESOURCES, "legged")
LIMITS = DriveLimits()
PERIOD = 0.02


class Held:
    """A hand that holds something for a while."""

    def __init__(self, profile=LEGGED):
        self.hand, self.now = GamepadHand(profile, LIMITS), 0.0
        self.hold()

    def hold(self, *buttons, seconds=PERIOD, **sticks):
        """The requests meanwhile."""
        out = []
        for _ in range(round(seconds / PERIOD)):
            self.now += PERIOD
            out.append(self.hand.take(PadState(sticks, frozenset(buttons)), self.now))
        return out


@pytest.fixture
def held():
    return Held()


def test_sticks_drive_only_while_the_dead_man_switch_is_held(held):
    assert not any(asked.velocity for asked in held.hold(seconds=1.0, left_y=1.0))
    assert held.hold("lb", seconds=2.0, left_y=1.0, right_x=-0.54)[-1].velocity == pytest.approx((0.6, 0.0, -0.4))
    slowed = held.hold(seconds=1.0, left_y=1.0)
    assert slowed[20].velocity is None and (0.0, 0.0, 0.0) in [asked.velocity for asked in slowed]


def test_a_stick_near_its_middle_is_in_its_middle(held):
    assert not any(asked.velocity for asked in held.hold("lb", seconds=0.5, left_y=0.079, left_x=-0.05))


def test_what_was_held_when_it_was_plugged_in_means_nothing_until_released():
    hand = GamepadHand(LEGGED, LIMITS)
    stuck = PadState({"left_y": 1.0}, frozenset({"lb", "back"}))
    assert all(hand.take(stuck, at * PERIOD).velocity is None and not hand.take(stuck, 1.0).stop for at in range(50))
    hand.take(PadState(), 2.0)
    assert hand.take(stuck, 2.1).stop


def test_stops_need_no_dead_man_switch_and_are_requested_once(held):
    assert [asked.stop for asked in held.hold("back", seconds=0.1)] == [True, False, False, False, False]
    held.hold()
    both = held.hold("left_stick") + held.hold("left_stick", "right_stick", seconds=0.04)
    assert [asked.estop for asked in both] == [False, True, False]
    held.hold()
    assert held.hold("start")[0].reset is False and held.hold("start", "back")[0].reset


def test_a_stop_ends_the_ramp(held):
    held.hold("lb", seconds=2.0, left_y=1.0)
    assert held.hold("back", "lb", left_y=1.0)[-1].velocity[0] < 0.1


def test_a_skill_needs_both_buttons_and_starts_once(held):
    assert held.hold("b")[0].skill is None
    held.hold()
    held.hold("lb")
    assert [asked.skill for asked in held.hold("lb", "b", seconds=0.06)] == [("sit", {}), None, None]


def test_a_pose_follows_the_sticks_up_to_the_range_of_the_skill(held):
    skill, goal = held.hold("rb", left_y=1.0, right_y=-1.0)[0].pose
    assert skill == "body_pose" and goal == pytest.approx({"height": 0.02, "pitch": 0.25, "roll": 0.0, "yaw": 0.0})
    assert held.hold("rb", left_y=-1.0)[0].pose[1]["height"] == pytest.approx(-0.08)
    assert held.hold()[0].pose is None


def test_losing_it_tells_whether_the_robot_was_in_the_hand(held):
    assert not held.hand.lose()
    held.hold()
    held.hold("lb", left_y=1.0)
    assert held.hand.lose()
    assert all(asked.velocity is None for asked in held.hold("lb", seconds=0.2, left_y=1.0))


@given(
    st.lists(
        st.tuples(
            st.floats(-5, 5), st.floats(-5, 5), st.frozensets(st.sampled_from(sorted(LEGGED.buttons))),
            st.floats(0.001, 0.2),
        ), max_size=50,
    )
)  # fmt: skip
def test_no_hand_exceeds_the_limits_or_drives_without_the_switch(moves):
    hand, now = GamepadHand(LEGGED, LIMITS), 0.0
    before = (0.0, 0.0, 0.0)
    for x, y, buttons, pause in moves:
        now += pause
        velocity = hand.take(PadState({"left_y": y, "right_x": x}, buttons), now).velocity or (0.0, 0.0, 0.0)
        assert abs(velocity[0]) <= LIMITS.speed + 1e-9 and abs(velocity[2]) <= LIMITS.turn + 1e-9
        if "lb" not in buttons:
            assert abs(velocity[0]) <= abs(before[0]) + 1e-9
        before = velocity


def test_each_shipped_profile_names_skills_and_arguments_that_its_robots_have():
    from skill_stack.core.robots.robot_file import load_robot
    from skill_stack.core.skills.skill_library import load_library

    for name, robot in (("legged", "go2"), ("hand", "allegro_right")):
        profile, library = load_profile(RESOURCES, name), load_library(RESOURCES, load_robot(RESOURCES.robot(robot)))
        assert {one.skill for one in profile.skills} <= {spec.name for spec in library}
        for pose in profile.poses:
            ranges = {one.name: (one.lower, one.upper) for one in library[pose.skill].goal}
            for argument, value in pose.goal.items():
                low, high = ranges[argument]
                assert low <= min(value.low, value.high) and max(value.low, value.high) <= high


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("stop: [back]", "stop: [backk]", "no button 'backk'; there are a, b, back"),
     ("forward: left_y", "forward: up", "no stick 'up'"), ("dead_zone: 0.08", "dead_zone: 0.7", "dead_zone"),
     ("evdev: ABS_X,", "evdev: X,", "sticks.left_x.evdev"), ("stop: [back]", "", "stop: Field required")],
)  # fmt: skip
def test_a_wrong_profile_is_told_with_its_key(tmp_path, old, new, told):
    text = RESOURCES.find("config/gamepads/legged.yaml", "gamepad").read_text()
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new))
    with pytest.raises(DataError, match=told):
        load_profile(RESOURCES, str(path))


def test_an_unknown_profile_is_told_with_those_that_there_are():
    with pytest.raises(ResourceNotFound, match=r"no gamepad 'wheel'. Available: hand, legged"):
        load_profile(RESOURCES, "wheel")
