"""Episodes of recurring corrections: the dialogue with its log, and a robot that begins steps and ends when told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.evaluation.scenes.correction_cases import CorrectionCase, Family, correction_case, families
from skill_stack.evaluation.scenes.skill_cases import SkillCase, persons, skill_case
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.evaluation.scores.correction_score import CorrectionScore
from skill_stack.planner.dialogue.dialogue import Dialogue
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack.planner.dialogue.restatement import TIMES
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.planner import Planner

STANDING = Fact("posture", ("robot", "standing"))
MOST_STEPS = 40
"""Steps of one instruction after which it is given up."""
PAUSE = 200.0
"""Time between two instructions, s: longer than words may refer to what was done last."""


@dataclass(slots=True)
class ObedientRobot:
    """The port of a dialogue whose robot does every step without a body.

    Attributes:
        planner: Plans.
        scene: What there is.
        begun: Requests as they were begun or changed, in order.
    """

    planner: Planner
    scene: SceneGraph
    begun: list[SkillRequest] = field(default_factory=list)
    now: float = 0.0
    wall: float = 0.0
    stop_count: int = 0
    running: SkillRequest | None = None

    def graph(self) -> SceneGraph:
        """The scene."""
        return self.scene

    def facts(self) -> frozenset[Fact]:
        """The robot stands."""
        return place_facts(self.scene) | {STANDING}

    def plan(self, instruction: Instruction, then: Callable[[Plan], None]) -> None:
        """Plans at once."""
        then(self.planner.plan(instruction, self.scene, self.facts()))

    def cancel_planning(self) -> None:
        """There is nothing to wait for."""

    def start(self, request: SkillRequest) -> None:
        """Begins a step."""
        self.running = request
        self.begun.append(request)

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        """Changes the running step."""
        self.start(request)

    def cancel(self, request_id: str) -> None:
        """Ends a step."""
        self.running = None

    def stop(self, job: Job, kind: Literal["stop", "estop"]) -> None:
        """Nothing moves."""

    def planned(self, job: Job) -> None:
        """Nobody watches."""

    def show(self, job: Job) -> None:
        """Nobody watches."""

    def finish(self, job: Job, outcome: str, reason: str) -> None:
        """Nobody waits."""

    def taught(self, facts: tuple[TaughtFact, ...]) -> None:
        """Nobody else is told."""

    def remember(self, experience: Experience) -> None:
        """Nothing is remembered."""

    def warn(self, text: str) -> None:
        """Nobody is warned."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """One robot in its scene."""

    name: str
    library: SkillLibrary
    planner: Planner
    scene: SceneGraph


class CorrectionEpisodes:
    """Runs cases; robots are loaded when a seed needs them first."""

    def __init__(self, resources: Resources) -> None:
        """Reads the kinds of corrections.

        Args:
            resources: Where robots and scenes are.
        """
        self._resources, self._families = resources, families()
        self._all = [(robot, one) for robot, found in self._families.items() for one in found.families]
        self._stages: dict[str, _Stage] = {}
        self._persons = persons()

    def score(self, seed: int) -> CorrectionScore:
        """Runs and judges the case of a seed."""
        robot, family = self._all[seed % len(self._all)]
        stage = self._stages.get(robot) or self._stages.setdefault(robot, self._stage(robot))
        case = correction_case(family, stage.scene, np.random.default_rng((seed, 25)))
        with tempfile.TemporaryDirectory(prefix="skill-stack-corrections-") as folder:
            wrong = self._run(stage, case, CorrectionLog(Path(folder) / "corrections.sqlite"), case.said)
            unlearnt = self._run(stage, case, CorrectionLog(Path(folder) / "none.sqlite"), ())
        return CorrectionScore(seed, case.asked, family.name, not wrong, not unlearnt, wrong)

    def choice(self, seed: int) -> ContrastScore:
        """Runs the case of a seed in which a skill is corrected; with the choice trained on it, and without.

        What is exported of the corrections trains the choice, as ``skill-stack corrections export`` writes it.
        """
        person = self._persons[seed % len(self._persons)]
        stage = self._stages.get("go2") or self._stages.setdefault("go2", self._stage("go2"))
        case = skill_case(person, stage.scene, np.random.default_rng((seed, 26)))
        with tempfile.TemporaryDirectory(prefix="skill-stack-corrections-") as folder:
            log = CorrectionLog(Path(folder) / "corrections.sqlite")
            done = self._skill(stage, case, log, case.said)
            without = self._skill(stage, case, CorrectionLog(Path(folder) / "none.sqlite"), ())
        want = person.want if case.corrects else without
        kind = f"{person.name}, {'corrects' if case.corrects else 'leaves it'}"
        reason = "" if done == want else f"begins {done or 'nothing'}, wanted {want}"
        return ContrastScore(seed, case.asked, kind, done == want, without == want, reason, 0.0)

    def _skill(self, stage: _Stage, case: SkillCase, log: CorrectionLog, said: tuple[tuple[str, str], ...]) -> str:
        """The skill that held-out words begin; empty for none."""
        port = ObedientRobot(stage.planner, stage.scene)
        dialogue = Dialogue(stage.planner, stage.library, port, stage.name, log=log)
        for words, corrected in said:
            self._done(dialogue, port, words, corrected)
        begun = self._done(dialogue, port, case.asked, "")
        return begun[0].skill if begun else ""

    def _stage(self, name: str) -> _Stage:
        robot = load_robot(self._resources.robot(name), self._resources)
        library = load_library(self._resources, robot)
        path = self._resources.find(f"config/scenes/{self._families[name].scene}.yaml", "scene")
        setup = set_up(load_scene(path), 0)
        return _Stage(name, library, Planner(library), replace(setup.graph(), robot=setup.start))

    def _run(
        self, stage: _Stage, case: CorrectionCase, log: CorrectionLog, said: tuple[tuple[str, str], ...]
    ) -> str:
        """What is wrong with the requests for the words that are not corrected; empty for nothing."""
        port = ObedientRobot(stage.planner, stage.scene)
        dialogue = Dialogue(stage.planner, stage.library, port, stage.name, log=log)
        for words, corrected in said:
            if not self._done(dialogue, port, words, corrected):
                return f'"{words}" began no step'
        bare = stage.planner.plan(Instruction(case.asked), stage.scene, port.facts())
        return _lacking(case, self._done(dialogue, port, case.asked, ""), bare)

    def _done(self, dialogue: Dialogue, port: ObedientRobot, words: str, correction: str) -> list[SkillRequest]:
        """Carries out words, with a correction while the first step runs; the requests that were begun."""
        port.now += PAUSE
        dialogue.look(port.now)
        begun = len(port.begun)
        dialogue.arrive(Job(Instruction(words, "eval", port.now)))
        if correction:
            dialogue.arrive(Job(Instruction(correction, "eval", port.now + 1.0)))
        for _ in range(MOST_STEPS):
            running, port.running = port.running, None
            if running is None:
                break
            dialogue.take_outcome(StepOutcome(running.id, running.skill, "succeeded"))
        return port.begun[begun:]


def _lacking(case: CorrectionCase, begun: list[SkillRequest], bare: Plan) -> str:
    """What requests lack of what was corrected, compared with the plan of the words alone; empty for nothing."""
    family = case.family
    mine = [one for one in begun if one.skill == family.skill]
    plain = [node for node in bare.steps if node.skill == family.skill]
    if not mine or not plain:
        return f"no step of {family.skill}"
    value = _value(family, mine)
    if family.expect in ("value", "thing"):
        return "" if value == case.want else f"{family.argument} is {value}, wanted {case.want}"
    usual = float(plain[0].arguments.get(family.argument, 1.0))
    change = (abs(float(value)) - abs(usual)) * (1.0 if family.expect == "more" else -1.0)
    return "" if change > 1e-6 else f"{family.argument} is {value}, usually {usual}, wanted {family.expect}"


def _value(family: Family, begun: list[SkillRequest]) -> float | str:
    """The argument that a step was begun with."""
    if family.argument == TIMES:
        return len(begun)
    found: float | str = begun[0].pace if family.argument == "pace" else begun[0].arguments[family.argument]
    return found
