"""What a skill takes for a success counts once a camera has seen it; nobody waits for ever, nor without a camera."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

pytest.importorskip("std_msgs", reason="needs ROS 2")

from rclpy.serialization import serialize_message

from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.seen_outcome import SeenOutcome
from skill_stack.core.world.world_facts import SEES
from skill_stack.nodes import perception_client as sight_line
from skill_stack.nodes.perception_client import PerceptionClient
from skill_stack.nodes.wire.wire_sight import RUNNING, SEEN, lookout_message, running_of, seen_message

MODELS = Resources.from_environment({}).robot("go2").parents[1] / "models" / "go2"
LIBRARY = SkillLibrary.from_specs("go2", [load_skill(MODELS / name) for name in ("go_to", "wait")])
SEEING = SceneGraph(facts=frozenset({SEES}))
DONE = StepOutcome("p/1", "go_to", "succeeded")
LOST = SearchProgress("p/1", "lost")
STEP = SkillRequest("p/1", "go_to", {"target": "red_ball"})


class Rig:
    """A node without ROS."""

    def __init__(self):
        self.takes, self.said, self.ended, self.looked = {}, {}, [], []
        self.line = PerceptionClient(self, lambda: LIBRARY, self.looked.append, self.ended.append)

    def create_publisher(self, kind, topic, qos):
        return SimpleNamespace(publish=lambda message: self.said.setdefault(topic, []).append(message))

    def create_subscription(self, kind, topic, take, qos, raw):
        self.takes[topic] = lambda message: take(serialize_message(message))

    def get_logger(self):
        return logging.getLogger("rig")

    def see(self, *words):
        self.takes[SEEN](seen_message(SeenOutcome(*words)))

    @property
    def running(self):
        return running_of(self.said[RUNNING][-1])


@pytest.fixture
def rig():
    made = Rig()
    made.line.tell([STEP])
    return made


def test_what_runs_is_said_once(rig):
    rig.line.tell([STEP])
    assert len(rig.said[RUNNING]) == 1 and rig.running.requests == (STEP,)


@pytest.mark.parametrize(
    ("answer", "outcome"), [("succeeded", "succeeded"), ("failed", "failed"), ("cannot tell", "succeeded")]
)
def test_the_camera_has_the_last_word_on_what_it_sees(rig, answer, outcome):
    assert rig.line.hold(DONE, SEEING)
    assert rig.running.judge == ("p/1",) and not rig.running.requests and not rig.ended
    rig.see("p/1", answer, "near(robot, red_ball)", "the ball is 1 m away")
    (ended,) = rig.ended
    assert ended.outcome == outcome
    assert ("the ball is 1 m away" in ended.reason) == (answer != "succeeded")
    assert not rig.running.judge
    rig.see("p/1", "failed", "", "said twice")
    assert len(rig.ended) == 1


@pytest.mark.parametrize(
    ("outcome", "scene"),
    [
        (DONE, SceneGraph()),
        (DONE, SceneGraph(facts=frozenset({Fact("stale", ("scene",))}))),
        (StepOutcome("p/1", "go_to", "failed"), SEEING),
        (StepOutcome("p/1", "wait", "succeeded"), SEEING),
        (StepOutcome("p/1", "unknown", "succeeded"), SEEING),
    ],
)
def test_where_nothing_can_be_seen_nothing_is_waited_for(rig, outcome, scene):
    assert not rig.line.hold(outcome, scene)


def test_nobody_waits_for_ever(rig, monkeypatch):
    rig.line.hold(DONE, SEEING)
    rig.line.watch()
    assert not rig.ended
    monkeypatch.setattr(sight_line, "PATIENCE", -1.0)
    rig.line.watch()
    assert rig.ended == [DONE]


def test_who_cancels_does_not_wait(rig):
    rig.line.hold(DONE, SEEING)
    assert rig.line.release("p/1") and rig.ended == [DONE]
    assert not rig.line.release("p/1")


def test_what_cannot_be_read_changes_nothing(rig):
    rig.line.hold(DONE, SEEING)
    for topic, take in rig.takes.items():
        wrong = seen_message(SeenOutcome("p/1", "perhaps")) if topic == SEEN else lookout_message(LOST)
        take(wrong)
    assert not rig.ended and not rig.looked
