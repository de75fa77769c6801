"""Tasks are judged as they end: by what cameras saw, and by the simulator's truth."""

import numpy as np
import pytest

from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.seen_outcome import SeenOutcome
from skill_stack.recording.format import EventKind, RunEvent
from skill_stack.recording.review.judges import TaskJudge

EFFECTS = {
    "go_to": ("not near(robot, *)", "not facing(robot, *)", "near(robot, $target)", "facing(robot, $target)"),
    "move": ("not near(robot, *)", "not facing(robot, *)"),
}
BALL = SceneObject("ball", "ball", (3.0, 0.0, 0.1), (0.2, 0.2, 0.2))
BOX = SceneObject("box", "box", (0.0, 3.0, 0.1), (0.2, 0.2, 0.2))
SCENE = SceneGraph({"ball": BALL, "box": BOX})
LYING = np.array([0.7071, 0.7071, 0.0, 0.0])


class Told:
    """A judge and what it is told."""

    def __init__(self) -> None:
        self.judge = TaskJudge(lambda skill: EFFECTS.get(skill, ()), SCENE)
        self.number = 0

    def at(self, x: float, y: float, yaw: float, believed: tuple[float, float, float] | None = None, lies=False):
        still = np.zeros(3)
        truth = Truth(
            1, 0.0, np.array([x, y, 0.3]), LYING if lies else from_yaw(yaw), still, still, np.ones(4, bool), False
        )
        self.judge.feel(truth, Pose2(*(believed or (x, y, yaw))))

    def begin(self, skill: str, **arguments: object) -> str:
        self.number += 1
        name = f"plan/{self.number}"
        payload = {"request_id": name, "skill": skill, "arguments": arguments}
        assert not list(self.judge.hear(RunEvent(1, EventKind.STEP_STARTED, "plan", skill, payload)))
        return name

    def end(self, name: str, outcome: str = "succeeded") -> None:
        payload = {"request_id": name, "outcome": outcome}
        assert not list(self.judge.hear(RunEvent(2, EventKind.STEP_ENDED, "plan", "", payload)))

    def verdicts(self, outcome: str = "succeeded") -> dict[str, tuple[str, str]]:
        done = self.judge.hear(RunEvent(3, EventKind.OUTCOME, "plan", "", {"outcome": outcome}))
        return {one.payload["by"]: (one.payload["verdict"], one.text) for one in done}


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.mark.parametrize(
    ("place", "outcome", "verdict", "why"),
    [
        ((2.4, 0.0, 0.0), "succeeded", "good", "facing(robot, ball); near(robot, ball)"),
        ((2.4, 0.0, 1.5), "succeeded", "bad", "not facing(robot, ball)"),
        ((1.0, 0.0, 0.0), "succeeded", "bad", "not near(robot, ball)"),
        ((1.0, 0.0, 0.0), "failed", "bad", "not near(robot, ball)"),
        ((2.4, 0.0, 0.0), "failed", "good", "near(robot, ball)"),
    ],
)
def test_what_was_declared_is_looked_up_in_the_truth(told: Told, place, outcome, verdict, why) -> None:
    told.at(0.0, 0.0, 0.0)
    step = told.begin("go_to", target="ball")
    told.at(*place)
    told.end(step, outcome)
    found = told.verdicts(outcome)
    assert set(found) == {"truth"} and found["truth"][0] == verdict and why in found["truth"][1]


def test_only_what_the_last_steps_left_counts(told: Told) -> None:
    told.at(0.0, 0.0, 0.0)
    for target, place in (("ball", (2.4, 0.0, 0.0)), ("box", (0.0, 2.4, 1.57))):
        step = told.begin("go_to", target=target)
        told.at(*place)
        told.end(step)
    verdict, why = told.verdicts()["truth"]
    assert verdict == "good" and "box" in why and "ball" not in why


@pytest.mark.parametrize(
    ("true", "verdict", "why"),
    [((1.0, 0.1, 0.1), "good", "as far as"), ((0.5, 0.0, 0.0), "bad", "0.50 m from"), ((1.0, 0.0, 0.5), "bad", "rad")],
)
def test_a_success_by_a_wrong_estimate_is_none(told: Told, true, verdict, why) -> None:
    told.at(1.0, 1.0, 1.57, (5.0, 5.0, 0.0))  # the frames differ, the ways do not
    step = told.begin("move", forward=1.0)
    x, y, yaw = true
    told.at(1.0 - y, 1.0 + x, 1.57 + yaw, (6.0, 5.0, 0.0))
    told.end(step)
    found = told.verdicts()["truth"]
    assert found[0] == verdict and why in found[1]


def test_a_robot_that_lies_has_failed(told: Told) -> None:
    told.at(0.0, 0.0, 0.0)
    step = told.begin("move")
    told.at(0.0, 0.0, 0.0, lies=True)
    told.end(step)
    assert told.verdicts()["truth"] == ("bad", "it lies")


def test_what_a_person_ended_is_unclear_and_without_a_simulator_nothing_is_said(told: Told) -> None:
    told.end(told.begin("go_to", target="ball"), "interrupted")
    assert told.verdicts("interrupted") == {}
    told.at(0.0, 0.0, 0.0)
    told.end(told.begin("go_to", target="ball"), "interrupted")
    assert told.verdicts("interrupted")["truth"][0] == "unclear"


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [(("succeeded",), "good"), (("cannot tell",), "unclear"), (("failed",), "bad"), (("failed", "succeeded"), "good")],
)
def test_the_newest_look_at_a_step_counts(told: Told, answers, verdict) -> None:
    for answer in answers:  # the same step once more
        step = told.begin("go_to", target="ball")
        told.judge.see(SeenOutcome(step, answer, "", f"it looks {answer}"))
        told.end(step, "failed" if answer == "failed" else "succeeded")
    told.judge.see(SeenOutcome("other/1", "failed"))
    assert told.verdicts() == {"judge": (verdict, f"it looks {answers[-1]}")}
