"""A hand that stays at a point of odom while the base sways."""

import math
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.kinematics.chain import Chain
from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.runners.steady_hand import SteadyHand
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.servo_part import HandPart

G1 = load_robot(Path(__file__).resolve().parents[3] / "urdf" / "g1")
LINK, TIP, DT = "left_wrist_yaw_link", (0.13, 0.003, 0.0), 0.02
POINT = np.array([0.38, 0.1, 0.9])
CHAIN = Chain(G1, LINK, ["left_arm"], TIP)
ROWS = G1.indices(CHAIN.joints)
STIFF, LOOSE = [1e9] * G1.size, [0.0] * G1.size


def part(**more):
    return HandPart(**{"link": LINK, "tip": TIP, "joints": "left_arm", "speed": 20.0, "lead": 0.0, **more})


def roll_at(now):
    """A base that rolls from side to side twice a second."""
    return 0.1 * math.sin(4.0 * math.pi * now), 0.4 * math.pi * math.cos(4.0 * math.pi * now)


def reading(arm, now):
    """What is measured of a base that rolls, and of an arm."""
    roll, rate = roll_at(now)
    position = G1.pose("default")
    position[ROWS] = arm
    turn = (math.cos(roll / 2), math.sin(roll / 2), 0.0, 0.0)
    gravity = (0.0, -math.sin(roll), -math.cos(roll))
    numbers = numbers_of(position, np.zeros(G1.size), (rate, 0.0, 0.0), gravity, turn)
    place = (0.0, 0.0, 0.76)
    return FastEstimate(now, numbers, None, 0.0, True, "", lambda: (0.0, 0.0, 0.0), lambda: (place, turn))


def tip_at(arm, now):
    """The fingertips in odom."""
    roll, _ = roll_at(now)
    local = CHAIN.place(dict(zip(CHAIN.joints, arm))).position
    c, s = math.cos(roll), math.sin(roll)
    return np.array([local[0], c * local[1] - s * local[2], s * local[1] + c * local[2] + 0.76])


def kept(hand, seconds):
    """Targets tick by tick, each of which the arm takes at once, and how far off the fingertips then are."""
    arm = G1.pose("default")[ROWS]
    hand.begin(reading(arm, 0.0))
    rows = []
    for number in range(round(seconds / DT)):
        now = number * DT
        arm = np.array(hand.aim(reading(arm, now), POINT, G1.pose("default")[ROWS], DT))
        rows.append((now, arm, float(np.linalg.norm(tip_at(arm, now) - POINT))))
    return rows


def test_the_fingertips_stay_while_the_base_rolls():
    rows = kept(SteadyHand(part(), G1, STIFF, LOOSE), 2.0)
    assert max(off for now, _, off in rows if now > 0.5) < 0.005
    assert max(np.ptp([arm for _, arm, _ in rows[25:]], axis=0)) > 0.03, "the arm has to move for that"


def test_targets_lead_by_what_damping_holds_back():
    late = SteadyHand(part(), G1, [1.0] * G1.size, LOOSE)
    leads = SteadyHand(part(), G1, [1.0] * G1.size, [0.05] * G1.size)
    arm = kept(SteadyHand(part(), G1, STIFF, LOOSE), 1.0)[-1][1]
    told = []
    for hand in (late, leads):
        hand.begin(reading(arm, 0.0))
        told.append(np.array(hand.aim(reading(arm, 0.0), POINT, arm, DT)))
    ahead = kept(SteadyHand(part(lead=0.05), G1, STIFF, LOOSE), 1.02)[-1][1]
    assert (told[1] - told[0]) @ (ahead - arm) > 0.0
    assert np.linalg.norm(told[1] - told[0]) == pytest.approx(np.linalg.norm(ahead - arm), rel=0.4)


def test_a_joint_moves_no_faster_than_its_speed():
    hand = SteadyHand(part(speed=1.0), G1, STIFF, LOOSE)
    before = G1.pose("default")[ROWS]
    for _, arm, _ in kept(hand, 1.0):
        assert max(abs(arm - before)) <= 1.0 * DT + 1e-6
        before = arm


def test_a_link_that_does_not_exist_is_refused():
    with pytest.raises(UnknownName, match="no_link"):
        SteadyHand(part(link="no_link"), G1, STIFF, LOOSE)
