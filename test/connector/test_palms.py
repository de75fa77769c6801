"""What is held between two palms: how it is pressed, watched and lost."""

import math
import os
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuideFailure, GuideStep, GuideView
from skill_stack.connector.held_watch import HeldWatch
from skill_stack.connector.palms import arms as palms_arms
from skill_stack.connector.palms.arms import PalmAim, PalmArms, PalmPair, arms_that_hold
from skill_stack.connector.palms.motions import (
    CLOSES,
    INSIDE,
    LIFTED,
    LOOKS,
    RISEN,
    STEPS,
    UNSEEN,
    TakeGuide,
    put_at,
    width_of,
)
from skill_stack.connector.paths.landmarks import placed
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.reaching.planted import HALT, LEGS, STILL, Halting
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.holding import LOST, held_after, held_by
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.sighting import Sighting

RESOURCES = Resources.from_environment(os.environ)
HERE = Pose2(0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def g1():
    return load_robot(RESOURCES.robot("g1"), RESOURCES)


def box(height=0.9, ahead=0.36, seen=1.0):
    return SceneObject("box", "box", (ahead, 0.0, height), 0.0, "box", (0.2, 0.24, 0.2), movable=True, last_seen=seen)


def test_both_palms_come_to_two_sides_and_press_against_one_another(g1):
    arms = PalmArms(g1)
    goals = arms.goals(PalmPair(np.array([0.36, 0.0, 0.1]), np.eye(3), 0.1))
    left, right = (chain.place({k: goals[k] for k in (*chain.joints, *arms.waist)}).position for chain in arms.chains)
    assert left == pytest.approx([0.36, 0.1, 0.1], abs=0.003)
    assert right == pytest.approx([0.36, -0.1, 0.1], abs=0.003)
    pressed = arms.chains[0].pressing({k: goals[k] for k in arms.chains[0].joints}, np.array([0.0, -30.0, 0.0]))
    assert max(abs(one) for one in pressed.values()) > 3.0
    assert arms.goals(PalmPair(np.array([0.8, 0.0, 0.1]), np.eye(3), 0.1)) is None


def test_a_thing_is_taken_across_the_face_that_it_turns_to_the_robot():
    assert width_of(box(), 0.1)[:2] == (0.24, 0.2)
    assert width_of(box(), 1.5)[:2] == (0.2, 0.24)


def test_a_thing_is_put_down_as_wide_as_it_was_taken_whatever_heading_the_map_has(g1, monkeypatch):
    monkeypatch.setattr(palms_arms, "_ARMS", {})
    table = SceneObject("table", "table", (0.6, 0.0, 0.35), 0.0, "box", (0.7, 1.0, 0.7))
    things = {"box": box(), "table": table}  # the map says that it lies across, since nobody saw it turn
    context = GuideContext(
        {"target": "box", "place": "table"}, ConnectorSettings(), {"height": 0.755, "force": 40.0}, g1.footprint, g1
    )
    view = GuideView(HERE, SceneGraph(things), Outlines.from_objects([]), 1.0, 1.0)
    put, arms = make_guide("put", context), arms_that_hold(g1)
    assert put.aims(view)[0].half == pytest.approx(0.12), "nobody took it here"
    for taken in (0.2, 0.24):
        arms.pressing = PalmAim((0.32, 0.0, 0.9), 0.0, taken / 2, 40.0)
        put = make_guide("put", context)
        aims = put.aims(view)
        assert aims[0].half == pytest.approx(taken / 2)
        assert aims[0].middle[0] == pytest.approx(0.25 + INSIDE + (0.44 - taken) / 2, abs=0.011)


@pytest.mark.parametrize(("off", "why"), [(0.05, ""), (0.2, "from where I put it"), (None, "I do not see 'box'")])
def test_what_stays_beside_its_place_or_out_of_sight_is_told_after_a_while(g1, off, why):
    numbers = {"height": 0.755, "force": 40.0, "astray": 0.12}
    arguments = {"target": "box", "place": "table"}
    put = make_guide("put", GuideContext(arguments, ConnectorSettings(), numbers, g1.footprint, g1, "body"))
    table = SceneObject("table", "table", (0.6, 0.0, 0.35), 0.0, "box", (0.7, 1.0, 0.7))
    told, steps, now = "", [], 0.1
    while not told and now < 40.0:
        ended = put._ended < now
        thing = box(seen=now)
        if ended:
            x, y, z = put._spot[1]
            seen = put._ended if off is None else now
            thing = replace(thing, position=(x + (off or 0.0), y, z), last_seen=seen)
        scene = SceneGraph({"box": thing, "table": table})
        try:
            steps.append(put.step(GuideView(HERE, scene, Outlines.from_objects([]), now, now, progress=1.0)))
        except GuideFailure as failure:
            told = str(failure)
        now += 0.1
    assert steps[-1].remaining <= 0.0 and (why in told if why else not told)
    assert put._ended + UNSEEN < now


@pytest.mark.parametrize("wide", [0.24, 0.32])
def test_a_box_on_a_stand_that_keeps_the_feet_away_is_come_to_where_arms_still_reach_it(g1, wide):
    low = SceneObject("box", "box", (2.0, 0.0, 0.73), 0.0, "box", (0.17, 0.26, 0.17), movable=True, last_seen=1.0)
    stand = SceneObject("stand", "stand", (2.0, 0.0, 0.32), 0.0, "box", (wide, wide, 0.64), last_seen=1.0)
    things = [low, stand]
    view = GuideView(HERE, SceneGraph({one.id: one for one in things}), Outlines.from_objects(things), 1.0, 1.0)
    numbers = {"height": 0.755}
    context = GuideContext({"target": "box"}, ConnectorSettings(), numbers, g1.footprint, g1, "body")
    found = make_guide("palm_vantage", context).candidates(view, low)
    near = found[0].pose.distance_to(2.0, 0.0)
    assert wide / 2 + g1.footprint.front - 0.02 < near < 0.37


def test_what_a_skill_needs_held_is_no_obstacle_and_is_missed_when_it_falls(g1):
    spec = load_library(RESOURCES, g1)["carry_to"]
    names = held_by(spec, {"thing": "box", "target": "table"})
    assert names == {"box"}
    assert Outlines.from_objects([box()]).without(names).names == ()
    watch = HeldWatch(names, g1)
    watch.check(HERE, SceneGraph({"box": box()}), 1.0, {})
    with pytest.raises(GuideFailure, match="slipped out of my hands"):
        watch.check(HERE, SceneGraph({"box": box(height=0.1, seen=2.0)}), 2.0, {})


def test_what_palms_press_is_missed_when_they_feel_nothing_and_what_was_let_go_of_is_not(g1, monkeypatch):
    monkeypatch.setattr(palms_arms, "_ARMS", {})
    arms, unseen = arms_that_hold(g1), SceneGraph({"box": box(seen=1.0)})
    held = arms.held
    held.targets = arms.goals(PalmPair(np.array([0.34, 0.0, 0.14]), np.eye(3), 0.1))
    between, nothing = (pushed(arms, held.targets, (0.0, 0.0, -5.0), press) for press in (40.0, 1.0))
    assert held.squeezed(between) == pytest.approx(40.0, abs=1.0)

    def watched(*joints, pressing=True):
        held.pressing, watch = pressing, HeldWatch({"box"}, g1)
        for tick, positions in enumerate(joints):
            watch.check(HERE, unseen, 9.0 + tick, positions)

    watched(between, between, between)  # not seen for 10 s
    watched(between, nothing, between, nothing, between)  # shaken
    with pytest.raises(GuideFailure, match="'box' has slipped out of my hands") as failure:
        watched(between, nothing, nothing)
    assert failure.value.name == LOST
    watched(between, nothing, nothing, pressing=False)
    watched({}, {}, {})  # nobody says where joints are


@pytest.mark.parametrize(("left", "aside"), [(0.0, 0.0), (-0.1, 0.0), (0.4, -0.06), (-0.42, 0.09)])
def test_a_thing_is_put_straight_ahead_or_as_little_aside_as_has_the_place_under_it(left, aside):
    table = SceneObject("table", "table", (0.65, 0.0, 0.35), 0.0, "box", (0.7, 0.9, 0.7))
    ahead, beside = put_at(Pose2(0.0, left, 0.0), table, 0.2, 0.24)
    assert (ahead, beside) == pytest.approx((0.45, aside), abs=0.011)
    with pytest.raises(GuideFailure, match="not within reach of both hands"):
        put_at(Pose2(0.0, left + math.copysign(0.6, left), 0.0), table, 0.2, 0.24)


def test_a_movable_thing_is_where_it_was_seen_and_a_jump_counts_at_once():
    scene = SceneGraph({"box": box()})
    near = placed([Sighting("box", 0.4, 0.0, 0.01, 0.9)], scene, HERE, 2.0).objects["box"]
    assert 0.36 < near.position[0] < 0.4
    far = placed([Sighting("box", 1.4, 0.0, 0.01, 0.1)], scene, HERE, 2.0).objects["box"]
    assert far.position == pytest.approx((1.4, 0.0, 0.1))
    assert placed([Sighting("box", 1.4, 0.0, 0.01, 0.1)], scene, None, 2.0) is scene


def taken(g1, rise, steps, seconds=40.0, last=1000, weight=None):
    """Takes a box with joints that arrive at once; every 0.2 s a camera sees it, the n-th look since the lift began so
    much higher than it stood, m, and none after the last one until it is drawn to the chest. Adds the steps. Where a
    weight is known, N, joints give way to it.
    """
    numbers = {"height": 0.755, "force": 40.0}
    guide = make_guide("take", GuideContext({"target": "box"}, ConnectorSettings(), numbers, g1.footprint, g1, "body"))
    now, seen, looks = 0.0, 0.0, 0
    while now < seconds:
        if now - seen > 0.199 and (looks < last or guide._stage > LIFTED):
            seen, looks = now, looks + (guide._stage >= LIFTED)
        thing = box(height=0.85 + (rise(looks) if looks else 0.0), seen=seen)
        scene = SceneGraph({"box": thing})
        given = pushed(guide._arms, guide._arms.held.targets, (0.0, 0.0, -weight)) if weight and looks else {}
        outlines = Outlines.from_objects([])
        steps.append(guide.step(GuideView(HERE, scene, outlines, now, now, progress=1.0, joints=given)))
        now += 0.05


def test_what_rises_was_lifted_once_looks_have_said_so_for_long_enough(g1):
    steps = []
    taken(g1, lambda look: 0.1, steps)
    ended = next(number for number, step in enumerate(steps) if step.remaining <= 0.0)
    told = next(number for number, step in enumerate(steps) if "lifted" in step.signals)
    assert (told - ended) * 0.05 >= LOOKS - 0.1
    assert steps[told].signals["lifted"] == pytest.approx(0.1)


def test_single_looks_that_err_do_not_make_a_thing_that_stays_a_lifted_one(g1):
    steps = []
    with pytest.raises(GuideFailure, match="stays where it is although I lift"):
        taken(g1, lambda look: 2 * RISEN if look % 3 == 0 else 0.0, steps)
    assert not any(step.signals.get("lifted", 0.0) >= RISEN for step in steps)


def test_a_thing_that_is_slowly_seen_to_rise_is_waited_for_before_it_is_let_go_of(g1):
    steps = []
    taken(g1, lambda look: min(0.1, 0.01 * look), steps)  # places are averaged: half a second after it has risen
    assert any(step.signals.get("lifted", 0.0) >= RISEN for step in steps)


def test_what_no_look_shows_any_more_is_lifted_by_what_it_weighs(g1):
    steps = []
    taken(g1, lambda look: 0.1 * (look > 5), steps, last=4, weight=6.0)
    assert any(step.signals.get("lifted", 0.0) >= RISEN for step in steps)
    for weight in (40.0, 0.2, None):  # too heavy, nothing between the palms, not known
        with pytest.raises(GuideFailure, match="stays where it is although I lift"):
            taken(g1, lambda look: 0.1 * (look > 5), [], last=4, weight=weight)


def test_palms_close_when_legs_are_at_rest_or_after_a_while(g1):
    numbers, scene = {"height": 0.755, "force": 40.0}, SceneGraph({"box": box(height=0.85)})

    def lifts_at(steps_until):
        """When it lifts, s, where legs step until a time, s."""
        context = GuideContext({"target": "box"}, ConnectorSettings(), numbers, g1.footprint, g1, "body")
        guide, now = make_guide("take", context), 0.0
        while guide._stage < LIFTED:
            legs = dict.fromkeys(g1.members([LEGS]), 0.1 * (now < steps_until and round(now / 0.05) % 2))
            outlines = Outlines.from_objects([])
            guide.step(GuideView(HERE, scene, outlines, now, now, progress=1.0, joints=legs))
            now += 0.05
        return now

    quiet, always = lifts_at(0.0), lifts_at(60.0)
    waits = TakeGuide.PATIENT + len(CLOSES) * (STEPS - TakeGuide.DWELL)
    assert always - quiet == pytest.approx(waits, abs=STILL + 0.2)
    assert quiet < lifts_at(TakeGuide.PATIENT + 0.5) < always - STEPS


def outcome(skill, how="succeeded", violated=""):
    return StepOutcome("1", skill, how, "", violated, {}, 1.0)


def test_what_a_step_has_taken_is_in_nobodys_way_until_it_is_put_down_handed_over_or_lost(g1):
    library = load_library(RESOURCES, g1)
    took = held_after(frozenset(), outcome("pick_up"), library["pick_up"], {"target": "box"})
    assert {fact.arguments for fact in took} == {("robot", "box")}
    assert held_after(took, outcome("back_off"), library["back_off"], {"forward": -0.3}) == took
    assert held_after(took, outcome("put_down", "failed"), library["put_down"], {"target": "box"}) == took
    assert not held_after(took, outcome("carry_to", "failed", LOST), library["carry_to"], {"thing": "box"})
    assert not held_after(took, outcome("put_down"), library["put_down"], {"target": "box", "place": "table"})
    given = {"target": "box", "person": "anna"}
    assert not held_after(took, outcome("offer"), library["offer"], given)


def test_who_brings_something_plants_its_feet_where_it_has_arrived():
    halting, walks = Halting(), {"vx": 0.2, "vy": 0.0, "wz": 0.1}

    def step(off, turn, now):
        return halting.step(GuideStep(walks, {"distance_error": off, "heading_error": turn}, off), now).goals

    assert step(0.3, 0.0, 0.0) == walks and step(0.04, 0.3, 1.0) == walks
    assert set(step(0.04, 0.05, 2.0).values()) == {0.0}
    assert set(step(0.2, 0.0, 2.0 + HALT).values()) == {0.0}  # legs come to rest first
    assert step(0.2, 0.0, 2.1 + HALT) == walks


def pushed(arms, targets, force, press=0.0):
    """Joints as springs about their targets, with a force on both palms, N, shape (3,), and on either inwards, N."""
    stiff, out = {joint.name: joint.kp for joint in arms.robot.joints}, dict(targets)
    for chain, inwards in [*zip(arms.chains, (-1.0, 1.0), strict=True)] * 20:  # until all is in balance
        mine = {name: out[name] for name in (*arms.waist, *chain.joints)}
        against = chain.pressing(mine, np.add(np.divide(force, 2), (0.0, -inwards * press, 0.0)))
        weight = chain.weight(mine)
        out |= {name: targets[name] + (against[name] - weight[name]) / stiff[name] for name in chain.joints}
    return out


def felt(arms, force, press=0.0, seconds=4.0, begin=0.0, known=True):
    """What is felt of a force on what weighs 5 N, at 20 Hz."""
    arms.held.targets = arms.goals(PalmPair(np.array([0.34, 0.0, 0.14]), np.eye(3), 0.1))
    on_the_way = pushed(arms, arms.held.targets, (0.0, 0.0, -5.0), 40.0)
    for tick in range(40 if known else 0):
        arms.held.carry(on_the_way, begin + tick / 20)
    for tick in range(round(20 * seconds)):
        arms.held.feel(pushed(arms, arms.held.targets, force, press), begin + 2.0 + tick / 20)
    return arms.held.taken(5.0)


def test_a_pull_is_felt_also_where_it_began_before_the_thing_was_held_out(g1):
    arms = PalmArms(g1)
    assert not felt(arms, (0.0, 0.0, -5.0), 40.0)
    assert arms.held.usual == pytest.approx([0.0, 0.0, -5.0], abs=0.3)
    assert felt(arms, (8.0, 0.0, -5.0), 40.0)  # drawn at
    assert felt(arms, (0.0, 0.0, -0.5), 40.0)  # somebody else carries it
    assert not felt(arms, (0.0, 0.0, -5.0), 60.0)  # pressed harder
    assert not felt(arms, (-8.0, 0.0, -5.0), 40.0)  # pushed at
    arms.held.forget()
    assert not felt(arms, (8.0, 0.0, -5.0), 40.0, known=False)  # nothing to compare with


def test_a_robot_whose_joints_nobody_says_feels_nothing(g1):
    arms = PalmArms(g1)
    arms.held.carry({}, 0.0)
    arms.held.feel({}, 1.0)
    assert arms.held.usual is None and not arms.held.taken(5.0)
