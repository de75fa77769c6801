"""The life of a request: checks, success, failure, time, preemption, cancelling."""

import math
from dataclasses import replace

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.setpoint import ControlMode, SkillRequest
from skill_stack.core.world.scene import Pose2


def test_nothing_is_asked_before_the_first_request(worlds):
    world = worlds()
    world.run(0.5)
    assert world.cycle.setpoint is None
    assert world.status.mode is ControlMode.DISARMED


def test_auto_stand_rises_without_a_request(worlds):
    world = worlds(auto_stand=True)
    world.run(4.0)
    assert world.skills == ["rise", "stand"]


@pytest.mark.parametrize(
    ("skill", "arguments", "error", "hint"),
    [
        ("fly", {}, UnknownName, "go_to"),
        ("go_to", {}, DataError, "target"),
        ("go_to", {"target": "red_bull"}, UnknownName, "red_ball"),
        ("go_to", {"target": 3.0}, DataError, "target"),
        ("go_to", {"target": "red_ball", "gap": -1.0}, DataError, "gap"),
        ("go_to", {"target": "red_ball", "speed": 1.0}, UnknownName, "gap"),
        ("turn", {"angle": "left"}, DataError, "angle"),
    ],
)
def test_wrong_requests_are_refused_with_what_would_have_worked(worlds, skill, arguments, error, hint):
    world = worlds()
    with pytest.raises(error, match=hint):
        world.start("p/1", skill, **arguments)
    assert world.connector.active is None


def test_a_refused_request_leaves_the_running_one_alone(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    with pytest.raises(UnknownName):
        world.start("p/2", "go_to", target="nothing")
    assert world.connector.active.id == "p/1"
    assert world.finish().outcome == "succeeded"


def test_the_words_walk_there_and_sit(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    assert world.finish().outcome == "succeeded"
    world.start("p/2", "sit")
    outcome = world.finish()
    assert (outcome.outcome, outcome.skill, outcome.request_id) == ("succeeded", "sit", "p/2")
    assert outcome.evidence["progress"] == 1.0
    world.run(2.0)
    assert world.skills == ["rise", "walk", "stand", "sit"]
    assert world.cycle.setpoint.skills[0].skill == "sit", "an idle connector keeps the robot seated"


def test_walking_from_a_seat_rises_first_and_completely(worlds):
    world = worlds()
    world.start("p/1", "sit")
    world.finish()
    world.start("p/2", "turn", angle=1.0)
    assert world.finish().outcome == "succeeded"
    assert world.skills[:4] == ["rise", "sit", "rise", "walk"]


def test_walking_waits_until_rising_is_done(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    progress = []
    while "walk" not in world.skills:
        progress.append(world.status.progress)
        world.step()
    assert max(progress) == 1.0


def test_sitting_when_seated_succeeds_at_once(worlds):
    world = worlds()
    for name in ("p/1", "p/2"):
        world.start(name, "sit")
        outcome = world.finish()
        assert outcome.outcome == "succeeded"
    assert outcome.seconds < 1.0
    assert world.skills.count("rise") == 1


def test_standing_is_a_posture_too(worlds):
    world = worlds()
    world.start("p/1", "stand")
    outcome = world.finish()
    assert outcome.outcome == "succeeded"
    assert world.skills == ["rise", "stand"]


def test_rise_succeeds_by_its_progress_alone(worlds):
    world = worlds()
    world.start("p/1", "rise")
    outcome = world.finish()
    assert outcome.outcome == "succeeded"
    assert outcome.evidence["progress"] == 1.0
    assert 1.8 <= outcome.seconds < 2.2


def test_a_skill_without_success_runs_until_its_deadline(worlds):
    world = worlds()
    world.start("p/1", "walk", deadline=3.0, vx=0.5)
    outcome = world.finish()
    assert outcome.outcome == "succeeded"
    assert "3 s" in outcome.reason
    assert world.map_pose.x == pytest.approx(0.5 * 3.0, abs=0.2)


def test_a_deadline_that_passes_names_what_was_missing(worlds):
    world = worlds()
    world.start("p/1", "go_to", deadline=2.0, target="black_chair")
    outcome = world.finish()
    assert outcome.outcome == "failed"
    assert outcome.violated.startswith("distance_error")
    assert outcome.evidence["distance_error"] > 1.0


def test_a_new_request_interrupts_the_running_one(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.0)
    world.start("q/1", "go_to", target="blue_ball")
    interrupted = world.finish()
    assert (interrupted.request_id, interrupted.outcome) == ("p/1", "interrupted")
    assert "q/1" in interrupted.reason
    assert world.finish().request_id == "q/1"
    x, y, _ = world.scene["blue_ball"].position
    assert world.map_pose.distance_to(x, y) < 0.6


def test_cancelling_ends_in_the_stance(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.5)
    assert world.connector.cancel("other", "no", world.now) is False
    assert world.connector.cancel("p/1", "no longer wanted", world.now) is True
    outcome = world.finish()
    assert (outcome.outcome, outcome.reason) == ("interrupted", "no longer wanted")
    world.run(1.0)
    assert world.status.skill == "stand"
    assert world.connector.active is None


def test_no_progress_is_a_named_failure(worlds):
    world = worlds()
    world.controller.stuck = True
    world.start("p/1", "go_to", target="red_ball")
    outcome = world.finish()
    assert outcome.outcome == "failed"
    assert outcome.violated.startswith("stalled_for")
    assert outcome.seconds < 8.0


def test_waiting_takes_its_time_in_any_posture(worlds):
    world = worlds()
    world.start("p/1", "wait", duration=2.0)
    outcome = world.finish()
    assert outcome.outcome == "succeeded"
    assert outcome.seconds == pytest.approx(2.0, abs=0.11)
    assert world.status.mode is ControlMode.DISARMED, "waiting does not stand a lying robot up"
    world.start("p/2", "sit")
    world.finish()
    world.start("p/3", "wait", duration=1.0)
    world.finish()
    assert world.status.skill == "sit"


def test_an_unknown_position_fails_the_step(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.0)
    world.controller.pose = Pose2(float("nan"), 0.0, 0.0)
    assert world.finish().violated == "position is known"


def test_setpoints_are_numbered_and_expire(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    numbers = []
    for _ in range(100):
        before = world.now
        world.step()
        numbers.append(world.cycle.setpoint.sequence)
        assert world.cycle.setpoint.valid_until == pytest.approx(before + 0.3)
        assert world.cycle.setpoint.part == "body"
    assert numbers == sorted(set(numbers))


def test_a_restarted_connector_goes_on_counting(worlds):
    world = worlds()
    world.start("p/1", "stand")
    world.finish()
    last = world.cycle.setpoint.sequence
    fresh = type(world.connector)(world.robot, world.library)
    assert fresh.update(world.status, world.scene).setpoint.sequence > last - 1


def test_requests_without_an_id_of_a_plan_work(worlds):
    world = worlds()
    world.connector.start(SkillRequest("alone", "stand"), world.scene, world.now)
    assert world.finish().request_id == "alone"


def test_other_skills_are_taken_only_while_nothing_runs(worlds):
    world = worlds([])
    fewer = replace(world.library, entries={k: v for k, v in world.library.entries.items() if k != "turn"})
    world.start("p/1", "turn", angle=0.5)
    assert not world.connector.renew(fewer)
    world.finish()
    assert world.connector.renew(fewer)
    with pytest.raises(UnknownName, match="turn"):
        world.start("p/2", "turn", angle=0.5)


@pytest.mark.parametrize("value", [1e9, -1e300, math.nan, math.inf, 1.01])
def test_a_goal_beyond_its_range_is_refused_with_range_and_unit(worlds, value):
    world = worlds()
    with pytest.raises(DataError, match=r"vx = .* m/s is outside -0\.5…1"):
        world.start("p/1", "walk", vx=value)
    assert world.connector.active is None


@pytest.mark.parametrize("deadline", [-1.0, math.nan, math.inf, 1e9])
def test_a_time_limit_that_is_none_is_refused(worlds, deadline):
    with pytest.raises(DataError, match="deadline must be 0"):
        worlds().start("p/1", "stand", deadline=deadline)
