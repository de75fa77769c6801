"""Skills of kind ``action``: goals for servers outside of the stack, and the velocities that come back."""

import dataclasses
import math

import pytest

from skill_stack.connector.action_port import ACCEPTED, ActionReport, within_reach
from skill_stack.connector.connector import Connector
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.selector import Selector
from skill_stack.connector.selection.skill_options import ways_of
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.teleop import SHARED
from skill_stack.core.errors import DataError
from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.setpoint import ControlMode, SkillRequest
from skill_stack.core.skills.action_part import PEOPLE
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from test.connector.conftest import ball, go2_library, make_world

NAV = {
    "type": "nav2_msgs/action/NavigateToPose",
    "name": "navigate_to_pose",
    "base": "walk",
    "preferred": True,
    "goal": {"pose": "$target.approach", "behavior_tree": ""},
    "feedback": {"remaining": "distance_remaining"},
}


def skill(name="go_to_by_nav2", action=None, **fields):
    """A skill of kind action with the arguments of go_to."""
    go_to = go2_library()["go_to"]
    given = {
        "name": name, "robot": "go2", "kind": "action", "description": name, "realises": "go_to",
        "goal": [goal.model_dump() for goal in go_to.goal], "enter_through": "rise", "timeout": 30.0,
        "phases": [{"name": "walking", "stance": "stand"}], "envelope": {"tilt": 1.0, "angular_speed": 6.0},
        "provenance": {"recipe": "none"}, "action": {**NAV, **(action or {})},
    }  # fmt: skip
    return SkillSpec.model_validate({**given, **fields})


class FakeCall:
    """A goal whose progress a test says."""

    def __init__(self, goal):
        self.goal, self.cancelled = goal, False
        self.now = ActionReport("working")

    def report(self):
        return self.now

    def cancel(self):
        self.cancelled = True


class FakeServers:
    """Action servers as a test wants them."""

    def __init__(self):
        self.reason, self.calls, self.refusal = "", [], ""

    def lack(self, part):
        return self.reason

    def send(self, part, goal):
        if self.refusal:
            raise DataError(self.refusal)
        self.calls.append(FakeCall(goal))
        return self.calls[-1]


def world_with(*specs, **settings):
    """A standing robot two metres before a ball, with servers."""
    world = make_world([ball("red_ball", 2.0, 0.0)], **settings)
    entries = SkillLibrary.from_specs("go2", [e.spec for e in world.library.entries.values()] + list(specs))
    world.library = world.controller.library = entries
    world.servers = FakeServers()
    localization = world.connector.localization
    made = ConnectorSettings(**settings)
    world.connector = Connector(world.robot, entries, made, localization, actions=world.servers)
    world.start("p0/0", "stand")
    world.finish()
    return world


def drive(world, vx, vy=0.0, wz=0.0, topic="cmd_vel"):
    return world.connector.drive((vx, vy, wz), topic, world.now)


def until_sent(world, skill="go_to_by_nav2", **arguments):
    """Starts the skill and runs until its goal is sent."""
    before = len(world.servers.calls)
    world.start("p1/0", skill, **{"target": "red_ball", **arguments})
    while len(world.servers.calls) == before:
        world.step()
        assert world.now < 30 and len(world.outcomes) < 2, world.outcomes
    return world.servers.calls[-1]


def test_the_goal_is_where_the_robot_stands_before_the_object_facing_it():
    world = world_with(skill())
    call = until_sent(world, gap=0.3)
    pose = call.goal["pose"]
    stand_off = 0.12 + world.robot.footprint.front + 0.3
    assert pose["position"]["x"] == pytest.approx(2.0 - stand_off, abs=0.02)
    assert pose["orientation"]["w"] == pytest.approx(1.0, abs=1e-2) and call.goal["behavior_tree"] == ""


def test_the_robot_follows_the_velocities_of_the_server_and_ends_with_its_word():
    world = world_with(skill())
    call = until_sent(world)
    call.now = ActionReport("working", {"remaining": 1.0})
    x = world.map_pose.x
    for _ in range(40):
        drive(world, 0.4)
        world.step()
    call.now = ActionReport("working", {"remaining": 0.25})
    world.step()
    assert world.map_pose.x - x > 0.5
    assert world.connector.signals("p1/0")["progress"] == pytest.approx(0.75)
    call.now = ActionReport("succeeded", text="there")
    outcome = world.finish()
    assert (outcome.outcome, outcome.reason, outcome.skill) == ("succeeded", "there", "go_to_by_nav2")
    world.run(1.0)
    assert abs(world.controller.velocity[0]) < 0.02 and world.controller.skill == "stand"


def test_velocities_are_clamped_by_the_deployment_and_by_the_skill():
    world = world_with(skill(), speed=0.3, turn_speed=0.5)
    until_sent(world)
    drive(world, 5.0, -5.0, 5.0)
    world.step()
    assert world.cycle.setpoint.goals == {"vx": 0.3, "vy": -0.3, "wz": 0.5}


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e6])
def test_velocities_that_nobody_asks_for_are_refused(bad):
    world = world_with(skill())
    until_sent(world)
    with pytest.raises(DataError, match="velocities"):
        drive(world, bad)


def test_a_server_that_falls_silent_leaves_the_robot_standing():
    world = world_with(skill())
    until_sent(world)
    drive(world, 0.4)
    world.run(0.4)
    assert world.controller.velocity[0] > 0.2
    world.run(1.5)
    assert abs(world.controller.velocity[0]) < 0.02


def test_velocities_are_taken_only_while_a_goal_is_under_way_and_from_its_topic():
    world = world_with(skill())
    assert not drive(world, 0.4)
    call = until_sent(world)
    assert not drive(world, 0.4, topic="cmd_vel_other") and drive(world, 0.4)
    call.now = ActionReport("failed", {}, ACCEPTED, "refused")
    world.finish()
    assert not drive(world, 0.4)


def test_what_a_server_says_after_its_skill_is_no_person_at_the_sticks():
    world = world_with(skill())
    until_sent(world)
    world.connector.cancel("p1/0", "enough", world.now)
    for _ in range(20):
        assert not world.connector.teleop(0.4, 0.0, 0.0, world.now, SHARED)
        world.step()
    assert "teleop" not in world.sources
    world.run(1.0)
    assert world.connector.teleop(0.4, 0.0, 0.0, world.now, SHARED)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_takes_over_from_a_server_that_goes_on_driving(person):
    world = world_with(skill())
    call = until_sent(world)
    drive(world, 0.4)
    world.step()
    for _ in range(20):
        if not drive(world, 0.4):
            world.connector.teleop(0.4, 0.0, 0.0, world.now, SHARED)
        assert world.connector.teleop(-0.1, 0.0, 0.0, world.now, person)
        world.step()
    assert call.cancelled and world.outcomes[-1].reason == "teleoperation took over"
    assert world.cycle.setpoint.goals["vx"] == -0.1 and world.cycle.setpoint.source.startswith("teleop")
    world.run(0.7)  # the person lets go: the server, which never paused, has not got the robot back
    assert abs(world.controller.velocity[0]) < 0.1


@pytest.mark.parametrize("person", PEOPLE)
def test_the_topic_of_a_person_is_no_servers(person):
    with pytest.raises(ValueError, match=f"cmd_vel_{person} is for people"):
        skill(action={"velocity": f"/alice/cmd_vel_{person}"})


def test_a_server_that_drives_when_the_connector_begins_is_no_person_either():
    world = world_with(skill())
    world.connector = Connector(world.robot, world.library, actions=world.servers)
    world.step()
    for _ in range(20):
        assert not world.connector.teleop(0.4, 0.0, 0.0, world.now, SHARED)
        world.step()
    world.run(1.0)
    assert world.connector.teleop(0.4, 0.0, 0.0, world.now, SHARED)


@pytest.mark.parametrize("how", ["stop", "cancel", "estop", "teleop", "timeout"])
def test_every_end_cancels_the_goal(how):
    world = world_with(skill(timeout=2.0))
    call = until_sent(world)
    if how == "stop":
        world.controller.stop()
    elif how == "cancel":
        world.connector.cancel("p1/0", "enough", world.now)
    elif how == "estop":
        world.controller.damp("asked for", ControlMode.ESTOP)
    elif how == "teleop":
        assert world.connector.teleop(0.2, 0.0, 0.0, world.now, "local")
    outcome = world.finish()
    assert call.cancelled
    assert outcome.outcome == ("failed" if how in ("estop", "timeout") else "interrupted")


def test_a_failure_ends_with_the_servers_words():
    world = world_with(skill())
    call = until_sent(world)
    call.now = ActionReport("failed", {}, "the action succeeds", "no path: error 208")
    outcome = world.finish()
    assert (outcome.outcome, outcome.reason) == ("failed", "no path: error 208")
    assert outcome.violated == "the action succeeds"


def test_a_goal_that_does_not_fit_fails_with_the_reason():
    world = world_with(skill())
    world.servers.refusal = "NavigateToPose has no field 'poses'"
    world.start("p1/0", "go_to_by_nav2", target="red_ball")
    assert "no field 'poses'" in world.finish().reason


def test_without_its_server_the_skill_is_refused_and_the_stacks_own_way_is_taken():
    world = world_with(skill())
    world.servers.reason = "no action server 'navigate_to_pose'"
    with pytest.raises(DataError, match="no action server 'navigate_to_pose'"):
        world.start("p1/0", "go_to_by_nav2", target="red_ball")
    request = SkillRequest("p1/0", "go_to", {"target": "red_ball"})
    assert [way.name for way in ways_of(within_reach(world.library, world.servers.lack), request)] == ["go_to"]


def test_with_its_server_a_preferred_skill_does_what_it_realises():
    world = world_with(skill())
    selector = Selector(None, None, "learn")
    request = SkillRequest("p1/0", "go_to", {"target": "red_ball"})
    ways = ways_of(within_reach(world.library, world.servers.lack), request)
    assert selector.choose("go_to", ways, None).name == "go_to_by_nav2"
    assert Selector(None, None, "off").choose("go_to", ways, None).name == "go_to"


def test_constraints_on_the_path_are_left_to_a_skill_that_keeps_to_them():
    spec = skill()
    world = world_with(spec.model_copy(update={"goal": tuple(one for one in spec.goal if one.type != "way")}))
    within = within_reach(world.library, world.servers.lack)
    plain = SkillRequest("p1/0", "go_to", {"target": "red_ball", "way": ""})
    assert [way.request.arguments.get("way") for way in ways_of(within, plain)] == ["", None]
    kept = SkillRequest("p1/0", "go_to", {"target": "red_ball", "way": "left(blue_box)"})
    assert [way.name for way in ways_of(within, kept)] == ["go_to"]


def test_the_request_keeps_its_name_when_an_action_realises_it(monkeypatch):
    world = world_with(skill())
    observer = RunObserver(None, None, lambda: 0.0)
    observer._selector = Selector(None, None, "learn")
    monkeypatch.setattr(RunObserver, "end", lambda self, outcome: None)
    world.connector.observer = observer
    call = until_sent(world, "go_to")
    call.now = ActionReport("succeeded")
    assert world.finish().skill == "go_to"


def test_another_target_sends_another_goal_and_a_hold_cancels_until_it_goes_on():
    world = world_with(skill())
    first = until_sent(world)
    request = SkillRequest("p1/0", "go_to_by_nav2", {"target": "red_ball", "gap": 1.0})
    world.connector.change(request, world.scene, world.now)
    world.step()
    assert first.cancelled and len(world.servers.calls) == 2
    world.connector.change(dataclasses.replace(request, pace=0.0), world.scene, world.now)
    drive(world, 0.4)
    world.run(1.0)
    assert world.servers.calls[1].cancelled and len(world.servers.calls) == 2
    assert abs(world.controller.velocity[0]) < 0.02
    world.connector.change(request, world.scene, world.now)
    world.step()
    assert len(world.servers.calls) == 3


def test_the_stacks_own_estimate_may_have_to_agree():
    world = world_with(skill(success=["distance_error <= 0.5 m"], timeout=3.0))
    call = until_sent(world)
    call.now = ActionReport("succeeded")
    outcome = world.finish()
    assert outcome.outcome == "failed" and outcome.violated == "distance_error <= 0.5 m"


def test_without_a_base_the_stance_is_held_and_nothing_drives():
    arm = skill(
        "point_arm", realises=None, needs=[],
        goal=[{"name": "time", "unit": "s", "lower": 0, "upper": 9, "default": 2.5, "description": "how long"}],
        action={"base": None, "goal": {"points": [{"time": "$time.duration", "note": "in $time s"}]}},
    )  # fmt: skip
    world = world_with(arm)
    world.start("p1/0", "point_arm")
    world.step()
    call = world.servers.calls[-1]
    assert call.goal == {"points": [{"time": {"sec": 2, "nanosec": 500_000_000}, "note": "in 2.5 s"}]}
    assert not drive(world, 0.4)
    call.now = ActionReport("succeeded")
    assert world.finish().outcome == "succeeded" and world.skills[-1] == "stand"


def test_an_unknown_place_fails_what_needs_it():
    world = world_with(skill())
    world.controller.base = BaseKnowledge("legs", position=3.0)
    world.start("p1/0", "go_to_by_nav2", target="red_ball")
    assert "position is unknown" in world.finish().reason
