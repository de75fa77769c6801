"""A servo: joints that go where goal values say, press on what they meet, and keep what they hold."""

import numpy as np
import pytest

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.runners.servo_runner import ServoRunner
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.skills.servo_part import BY, EFFORT
from skill_stack.core.skills.skill import load_skill

RESOURCES = Resources.from_environment({})
HAND = load_robot(RESOURCES.robot("allegro_right"), RESOURCES)
SKILLS = RESOURCES.robot("allegro_right").parents[1] / "models" / "allegro_right"
GRIP = load_skill(SKILLS / "grip")
DT = 0.01
FINGER, OTHER = "joint_1.0", "joint_5.0"


class Fingers:
    """Joints that follow at once, up to a wall each, on which the drive pushes by its stiffness."""

    def __init__(self, walls=None):
        self.walls = {HAND.joint_names.index(name): at for name, at in (walls or {}).items()}
        self.position = HAND.pose("default")
        self.torque = np.zeros(HAND.size)
        self.pull = np.zeros(HAND.size)

    def reading(self):
        zero = np.zeros(HAND.size)
        sample = SensorSample(
            0, 0.0, 0.0, self.position.copy(), zero, self.torque.copy(), np.array([1.0, 0, 0, 0]), np.zeros(3),
            np.zeros(3), zero, np.zeros(0),
        )  # fmt: skip
        return FastEstimate(0.0, numbers_of(self.position, zero), sample, 0.0, True, "")

    def follow(self, targets):
        for i, (told, kp) in enumerate(zip(targets.q, targets.kp)):
            stop = self.walls.get(i, np.inf)
            self.position[i] = min(told, stop) + self.pull[i]
            self.torque[i] = kp * (told - self.position[i]) if told > stop or self.pull[i] else 0.0


def runner():
    out = ServoRunner(GRIP, HAND)
    out.start(Fingers().reading(), None)
    return out


def go(servo, fingers, goals, seconds):
    for _ in range(round(seconds / DT)):
        fingers.follow(servo.run(fingers.reading(), goals, DT))


def at(fingers, name):
    return fingers.position[HAND.joint_names.index(name)]


def test_joints_arrive_together_and_slower_than_their_speed() -> None:
    servo, fingers = runner(), Fingers()
    last, fastest = fingers.position.copy(), 0.0
    for _ in range(300):
        fingers.follow(servo.run(fingers.reading(), {FINGER: 1.2, OTHER: 0.6}, DT))
        fastest = max(fastest, float(np.abs(fingers.position - last).max()) / DT)
        if at(fingers, FINGER) < 1.19:
            assert at(fingers, OTHER) < 0.6
        last = fingers.position.copy()
    assert (at(fingers, FINGER), at(fingers, OTHER)) == pytest.approx((1.2, 0.6))
    assert fastest <= GRIP.servo.speed * HAND.joints[1].velocity * 1.01
    assert servo.progress == 1.0


def test_what_presses_presses_as_hard_as_told_wherever_it_meets_something() -> None:
    for wall in (0.5, 0.9, 1.3):
        servo, fingers = runner(), Fingers({FINGER: wall})
        go(servo, fingers, {FINGER: 0.9, FINGER + EFFORT: 0.3}, 5.0)
        assert fingers.torque[HAND.joint_names.index(FINGER)] == pytest.approx(0.3, rel=0.25)
        assert servo.progress == 1.0


def test_a_joint_that_is_pulled_resists_like_a_spring_and_its_command_stays() -> None:
    servo, fingers = runner(), Fingers({FINGER: 0.8})
    goals = {FINGER: 0.8, FINGER + EFFORT: 0.3}
    go(servo, fingers, goals, 4.0)
    pressing = fingers.torque[1]
    fingers.pull[1] = -0.02
    go(servo, fingers, goals, 10.0)
    targets = servo.run(fingers.reading(), goals, DT)
    assert fingers.torque[1] == pytest.approx(pressing + 0.02 * targets.kp[1])
    fingers.pull[1] = 0.0
    go(servo, fingers, goals, 0.1)
    assert fingers.torque[1] == pytest.approx(pressing)


def test_what_stands_further_ahead_than_thought_is_not_crushed_on_the_way() -> None:
    servo, fingers = runner(), Fingers({FINGER: 0.3})
    hardest = 0.0
    for _ in range(300):
        fingers.follow(servo.run(fingers.reading(), {FINGER: 1.2, FINGER + EFFORT: 0.1}, DT))
        hardest = max(hardest, float(fingers.torque[1]))
    assert 0.1 < hardest < 0.4
    assert HAND.joints[1].kp * GRIP.servo.stiffness * 0.9 > 5.0, "what it would press with if it went all the way"


def test_joints_that_press_grow_together() -> None:
    servo, fingers = runner(), Fingers({FINGER: 0.5, OTHER: 0.8})
    goals = {FINGER: 0.5, OTHER: 0.8, FINGER + EFFORT: 0.3, OTHER + EFFORT: 0.15}
    apart = 0.0
    for _ in range(400):
        fingers.follow(servo.run(fingers.reading(), goals, DT))
        apart = max(apart, abs(fingers.torque[1] / 0.3 - fingers.torque[5] / 0.15))
    assert apart < 0.3
    assert (fingers.torque[1], fingers.torque[5]) == pytest.approx((0.3, 0.15), rel=0.1)


def test_a_step_goes_on_from_what_was_told_and_not_beyond_the_range() -> None:
    servo, fingers = runner(), Fingers()
    go(servo, fingers, {FINGER: 0.5}, 2.0)
    go(servo, fingers, {FINGER + BY: 0.2}, 2.0)
    assert at(fingers, FINGER) == pytest.approx(0.7)
    go(servo, fingers, {FINGER + BY: 9.0}, 4.0)
    assert at(fingers, FINGER) == pytest.approx(HAND.joints[1].upper)


def test_without_goals_it_holds_on_with_what_it_presses() -> None:
    servo, fingers = runner(), Fingers({FINGER: 0.8})
    go(servo, fingers, {FINGER: 0.8, FINGER + EFFORT: 0.3}, 4.0)
    pressing = fingers.torque[1]
    go(servo, fingers, {}, 2.0)
    assert fingers.torque[1] == pytest.approx(pressing, rel=0.05)


def test_goal_values_of_others_begin_no_new_motion() -> None:
    servo, fingers = runner(), Fingers()
    for tick in range(200):
        go(servo, fingers, {FINGER: 0.5, "vx": 0.01 * tick}, DT)
    assert servo.progress == 1.0
    assert at(fingers, FINGER) == pytest.approx(0.5)


def test_another_skill_of_its_kind_goes_on_from_its_command() -> None:
    first, fingers = runner(), Fingers({FINGER: 0.8})
    go(first, fingers, {FINGER: 0.8, FINGER + EFFORT: 0.3}, 4.0)
    second = ServoRunner(GRIP, HAND)
    second.start(fingers.reading(), first)
    assert second.run(fingers.reading(), {}, DT).q == first.run(fingers.reading(), {}, DT).q


def test_a_skill_of_another_kind_is_refused() -> None:
    fist = load_skill(SKILLS / "close_hand")
    with pytest.raises(DataError, match="not servo"):
        ServoRunner(fist, HAND)


def test_targets_follow_goal_values_that_change_all_the_time_with_a_small_lag():
    spec = GRIP.model_copy(update={"servo": GRIP.servo.model_copy(update={"follow": 0.05, "speed": 1.0})})
    servo, fingers = ServoRunner(spec, HAND), Fingers()
    servo.start(fingers.reading(), None)
    begun, off = at(fingers, FINGER), []
    for tick in range(200):
        told = begun + 0.2 * (tick // 5) * 5 * DT  # rad, at 0.2 rad/s, told anew twenty times a second
        go(servo, fingers, {FINGER: told}, DT)
        off.append(begun + 0.2 * tick * DT - at(fingers, FINGER))
    assert max(off) < 0.2 * 0.12, "at most 0.12 s late"
    assert at(fingers, OTHER) == pytest.approx(HAND.poses["default"][OTHER])
    go(servo, fingers, {FINGER: begun + 1.0}, 0.02)
    speed = HAND.joints[HAND.joint_names.index(FINGER)].velocity
    assert at(fingers, FINGER) <= told + 0.02 * speed + 1e-9, "no faster than its joint may be"
