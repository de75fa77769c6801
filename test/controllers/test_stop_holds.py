"""A stop holds: no sequence of foreign, recorded or wrongly counted setpoints moves the robot again."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.control_core import ControlOptions
from skill_stack.core.processes.setpoint_seal import ForeignSetpoint, SealCheck, SetpointSealer
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags

KEY, GUESS = bytes(range(32)), bytes(32)
WALK = (SkillWeight("walk"),)


class Front:
    """The connector's sealer and the front end's check, before a control core."""

    def __init__(self, rig):
        self.rig, self.number, self.recorded = rig, 0, []
        self.check = SealCheck(lambda: KEY, 0)
        self.sealer, self.foreign = (SetpointSealer(lambda key=key: key, self.count) for key in (KEY, GUESS))

    def count(self):
        self.number += 1
        return self.number

    def setpoint(self, request, stops):
        return SkillSetpoint(request, self.number, self.rig.time + 0.5, "body", "plan", WALK, {}, stops)

    def arrive(self, sealed):
        """A message comes; what the front end takes is what the controller sees from now on."""
        try:
            self.rig.setpoint = self.check.open(sealed)
        except ForeignSetpoint:
            pass

    def connector(self, request, stops):
        sealed = self.sealer.seal(self.setpoint(request, stops))
        self.recorded.append(sealed)
        self.arrive(sealed)


stops = st.integers(0, 4)
plans = st.sampled_from(("old/1", "old/2", "old/77"))
events = st.lists(
    st.one_of(
        st.tuples(st.just("foreign"), st.text(max_size=4), stops),
        st.tuples(st.just("recorded"), st.integers(0, 50), stops),
        st.tuples(st.just("wrong"), plans, stops),
        st.tuples(st.just("tick"), st.integers(1, 3), stops),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(before=st.integers(1, 5), after=events)
def test_nothing_but_a_new_request_walks_after_a_stop(before, after, robot, library, kit):
    rig = kit.Rig(robot, library)
    front = Front(rig)
    for number in range(before):
        front.connector("old/1" if number % 2 == 0 else "old/2", 0)
        rig.tick()
    assert rig.core.mode is ControlMode.ACTIVE
    rig.flags = Flags(stop=1)
    rig.tick(2)
    assert rig.core.mode is ControlMode.STANCE
    for kind, what, count in after:
        if kind == "foreign":
            front.arrive(front.foreign.seal(front.setpoint(what, count)))
        elif kind == "recorded":
            one = front.recorded[what % len(front.recorded)]
            front.arrive(one)
            front.arrive(dataclasses.replace(one, stop_count=count, valid_until=rig.time + 0.5))
        elif kind == "wrong":  # the connector itself goes on with what it did, whatever it says of stops
            front.connector(what, count)
        rig.tick(what if kind == "tick" else 1)
        assert rig.core.mode is ControlMode.STANCE, (kind, what, count)
    front.connector("new/1", 1)
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_a_setpoint_that_knows_of_more_stops_than_there_were_is_refused_for_good(rig):
    rig.walk()
    rig.ask("walk", stop_count=7)
    assert rig.tick(2).status.reason == "stop"
    rig.flags = Flags(stop=7)
    assert rig.tick(2).status.reason == "stop"


def test_a_request_that_came_while_a_stop_was_not_known_yet_stays_stopped(rig):
    rig.walk()
    rig.flags = Flags(stop=1)
    rig.tick()
    rig.setpoint = SkillSetpoint("late/1", 90, rig.time + 1.0, "body", "plan", WALK, {}, 0)
    rig.tick()
    rig.setpoint = SkillSetpoint("late/1", 91, rig.time + 1.0, "body", "plan", WALK, {}, 1)
    assert rig.tick().status.reason == "stop"
    rig.setpoint = SkillSetpoint("aware/1", 92, rig.time + 1.0, "body", "plan", WALK, {}, 1)
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_a_hazardous_skill_runs_for_a_request_that_somebody_said_yes_to(robot, library, kit):
    said_yes = {"yes/1"}
    confirming = ControlOptions(is_confirmed=lambda setpoint: setpoint.request_id in said_yes)
    for options, refused in ((confirming, {"no/1"}), (None, {"no/1", "yes/1"})):
        rig = kit.Rig(robot, kit.changed(library, "walk", hazard="high"), options)
        for request in ("no/1", "yes/1", "no/1"):
            for number in range(3):
                rig.setpoint = SkillSetpoint(request, number, rig.time + 0.5, "body", "plan", WALK, {}, 0)
                status = rig.tick().status
                if request in refused:
                    assert status.mode in (ControlMode.DISARMED, ControlMode.STANCE)
                    assert "'walk' is hazardous, and no person's yes came with it" in status.reason
                else:
                    assert status.mode is ControlMode.ACTIVE
