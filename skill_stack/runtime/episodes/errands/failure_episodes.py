"""Episodes with an injected failure: the Go2 in one process, told the cause by what its own sensors show."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.connector_suite import SuiteEvent
from skill_stack.evaluation.scenes.failure_scenes import FailureScene, failure_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.evaluation.scores.failure_score import FailureScore
from skill_stack.hardware.mujoco.object_mover import load_object, move_object
from skill_stack.planner.dialogue.diagnosis import diagnosed
from skill_stack.planner.dialogue.remedies import cause_in, explained
from skill_stack.planner.memory.lessons import Lessons
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes, judge_arrival
from skill_stack.runtime.episodes.told_task import told_task
from skill_stack.runtime.line.sighted_line import SightedLine

WORDS = {"go_to": "go to a ball", "push_object": "push a box to the orange cone"}
"""Words that leave the thing open, by the skill that they ask for."""
AGAIN = 10_000
"""What is added to the seed for the noise of the second encounter."""
DELIVERED = 0.6
"""Distance of the centres of a pushed box and of its goal that counts as delivered, m: both touch at 0.31 to 0.4."""
SILENT = 6.0
"""Time for which the sensors are silent, s."""


class FailureLine(SightedLine):
    """A line in whose world something goes wrong.

    Attributes:
        planned: What goes wrong; None until it begins, and afterwards.
    """

    planned: FailureScene | None = None

    def prepare(self, scene: FailureScene) -> None:
        """Stands up and takes the map without what is hidden."""
        everything = self.scene.objects
        known = {name: thing for name, thing in everything.items() if name not in scene.hidden}
        self.wake(known, everything, scene.seed)
        self.planned = scene

    def step(self) -> SkillStatus:
        """One control period, with what goes wrong when it is due."""
        scene = self.planned
        if scene is not None and self._due_now(scene):
            self.planned = None
            self._inject(scene)
        return super().step()

    def _due_now(self, scene: FailureScene) -> bool:
        place, gap = self.device.truth().position[:2], math.inf
        if scene.thing:
            gap = math.dist(place, self.device.data.geom(scene.thing).xpos[:2])
            gap -= 0.5 * self.everything[scene.thing].size[0] + self.robot.footprint.front
        return scene.is_due(float(place[0]), gap)

    def _inject(self, scene: FailureScene) -> None:
        """Lets it go wrong in the world; the map stays as it is."""
        if scene.injection == "estop":
            self.estop()
        elif scene.injection == "silence":
            self.happen(SuiteEvent(kind="blind", at=0.0, seconds=SILENT))
        elif scene.injection == "load":
            load_object(self.device, scene.thing, scene.point[0])
        elif scene.injection == "aside":
            x, y, _ = (float(value) for value in self.device.data.geom(scene.thing).xpos)
            move_object(self.device, scene.thing, (x + scene.point[0], y + scene.point[1]))
        else:
            move_object(self.device, scene.thing, scene.point)


class FailureEpisodes(RobotEpisodes):
    """Runs scenes, each in its own world."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        self._planner, self._settings = Planner(self._library), ConnectorSettings()

    def score(self, seed: int) -> FailureScore:
        """Runs the scene of a seed and compares the cause that the sentence tells with the injected one."""
        return self.told(failure_scene(seed))[1]

    def told(self, scene: FailureScene) -> tuple[FailureLine, FailureScore]:
        """The same of a scene, with the line as it is when the step has ended."""
        seed = scene.seed
        line = self._line(scene, seed, self._planner)
        before, words = line.scene, f"{scene.skill} {scene.arguments}"
        result = line.run_skill(scene.skill, scene.arguments)
        failed = [one for one in result.steps if one.outcome != "succeeded"]
        if not failed:
            wrong = f"it did not fail ({result.outcome})"
            return line, FailureScore(seed, words, scene.cause.value, "", False, wrong, "")
        node = PlanNode("skill", skill=scene.skill, arguments=dict(scene.arguments))
        kinds = self._planner.hazards.kinds.kinds_of
        found = diagnosed(failed[-1], node, self._library, before, line.scene, kinds)
        said = explained(failed[-1], node, self._library, line.scene, found.cause, found.thing)
        fallen = line.device.truth().fallen
        told = cause_in(said)
        named = told == scene.cause.value and not fallen
        wrong = "it fell" if fallen else f"told '{told}', injected '{scene.cause.value}': {said}"
        reason = "" if named else wrong
        return line, FailureScore(seed, words, scene.cause.value, told, named, reason, said)

    def second(self, seed: int) -> ContrastScore:
        """Gives the same words twice where the same goes wrong each time, with memory and without.

        The words leave open which of two things is meant; what goes wrong does so with the nearer one.
        """
        scene = failure_scene(seed, another=True)
        words = WORDS[scene.skill]
        line = self._line(scene, seed, self._planner)
        first = line.run(words)
        told = told_task(line, first, self._planner, self._library, line.before)
        taught = Planner(Lessons.from_experiences([told], self._library).apply(self._library))
        done, reason, seconds = self._again(scene, seed, taught, words)
        without, _, _ = self._again(scene, seed, self._planner, words)
        return ContrastScore(seed, words, scene.cause.value, done, without, reason, seconds)

    def _line(self, scene: FailureScene, seed: int, planner: Planner) -> FailureLine:
        line = FailureLine(self._robot, self._library, set_up(scene.file, seed), self._settings, planner)
        line.prepare(scene)
        return line

    def _again(self, scene: FailureScene, seed: int, planner: Planner, words: str) -> tuple[bool, str, float]:
        """The same words in the same scene with other noise; whether it was done by truth, and why not."""
        line = self._line(scene, seed + AGAIN, planner)
        result = line.run(words)
        line.idle(0.5)
        if result.outcome != "succeeded":
            return False, result.reason, result.simulated_seconds
        reason = _undelivered(line) if scene.skill == "push_object" else _not_there(line)
        return not reason, reason, result.simulated_seconds


def _place(line: FailureLine, name: str) -> tuple[float, float, float]:
    """True place of a thing, m."""
    x, y, z = (float(value) for value in line.device.data.geom(name).xpos)
    return x, y, z


def _undelivered(line: FailureLine) -> str:
    """How far the nearer box is from the cone, in words; empty where it is there."""
    goal = _place(line, "orange_cone")
    least = min(math.dist(_place(line, name)[:2], goal[:2]) for name in ("pink_box", "blue_box"))
    return "" if least <= DELIVERED else f"the nearest box is {least:.2f} m from the cone"


def _not_there(line: FailureLine) -> str:
    """Why the robot stands at no ball; empty where it does."""
    placed = [replace(line.everything[name], position=_place(line, name)) for name in ("red_ball", "blue_ball")]
    verdicts = [judge_arrival(line.truths, one) for one in placed]
    return "" if any(one.passed for one in verdicts) else verdicts[0].reason
