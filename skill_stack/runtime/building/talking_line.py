"""TalkingLine: a robot of several parts that is told what to do and sees what it does, in one process and lock-step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.crowding import CROWDED, crowding_facts
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.core.world.world_facts import body_facts, place_facts
from skill_stack.planner.dialogue.dialogue import Dialogue
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack.planner.given_plan import GivenPlan
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.parts_line import PartsLine

LONGEST = 900.0
"""Task time after which words are given up, s."""
TICK = 0.1
"""Time between two calls of the dialogue, s."""
EVERY, LOOKS = 0.2, 4
"""Time between two looks, s, and looks each time that the hand has left something."""

See = Callable[[], SceneGraph]


class TalkingLine(PartsLine):
    """See :class:`PartsLine`; also the port of its dialogue, :class:`skill_stack.planner.dialogue.port.Port`.

    The camera looks before the words, and whenever the hand has left something and carries nothing.

    Attributes:
        said: Events of the job: kind and text.
        plans: Plans and new plans, in order.
        sees_crowds: Whether it is told beside which things fingers have no room.
        left: Called whenever the hand has left something, before the camera looks.
    """

    def __init__(self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, planner: Planner) -> None:
        """Builds the line; it knows nothing of the objects before it looks.

        Args:
            robot: The robot.
            library: Its skills.
            setup: The world with its seed applied.
            planner: Plans.
        """
        self.said: list[tuple[str, str]] = []
        self.plans: list[Plan] = []
        self.sees_crowds = True
        self.left: Callable[[], None] = lambda: None
        self._ended: tuple[str, str] | None = None
        self._refused: list[StepOutcome] = []
        self._see: See | None = None
        self._planner = planner
        super().__init__(robot, library, setup)
        self.scene = SceneGraph()
        self._dialogue = Dialogue(planner, library, self, robot.name)

    def look(self, see: See, count: int = LOOKS) -> None:
        """Some looks, one after the other, while time passes."""
        for _ in range(count):
            self.idle(EVERY)
            self.scene = see()

    def do(self, words: str, see: See) -> tuple[str, str]:
        """Carries out an instruction; gives outcome and reason.

        Args:
            words: The instruction.
            see: Takes a look.
        """
        self._ended, self._see = None, see
        job = Job(Instruction(words, "line", self.now), lambda kind, text: self.said.append((kind, text)))
        self._dialogue.arrive(job)
        limit, due = self.now + LONGEST, self.now
        while self._ended is None and self.now < limit:
            self.step()
            news, self._outcomes = [*self._refused, *self._outcomes], []
            self._refused = []
            for outcome in news:
                self._take(outcome)
            if self.now >= due:
                due += TICK
                self._dialogue.look(self.now)
        return self._ended or ("failed", f"not done within {LONGEST:g} s")

    def _take(self, outcome: StepOutcome) -> None:
        """Takes an outcome; looks first where the hand has just left something."""
        if any(text.startswith("on(") for text in self._library[outcome.skill].effects):
            self._dialogue.take_outcome(outcome)  # which opens the hand
            self.left()
            if self._see is not None:
                self.look(self._see)
                self._dialogue.look(self.now)
            return
        pushed = any(text.startswith(f"not {CROWDED}(") for text in self._library[outcome.skill].effects)
        if (pushed or outcome.outcome == "failed") and self._see is not None:
            self.look(self._see)
        self._dialogue.take_outcome(outcome)

    # --- port -------------------------------------------------------------------------------------------------------

    @property
    def wall(self) -> float:
        """Wall time; none in lock-step."""
        return 0.0

    @property
    def stop_count(self) -> int:
        """Stops of the robot so far."""
        return self._flags.stop

    def graph(self) -> SceneGraph:
        """The scene as it was seen."""
        return self.scene

    def facts(self) -> frozenset[Fact]:
        """The present facts."""
        bodies = [body_facts(self._library, one.skill, one.progress) for one in self.statuses.values()]
        facts = frozenset().union(*bodies) | place_facts(self.scene)
        return facts | crowding_facts(self._library, self.scene) if self.sees_crowds else facts

    def plan(self, instruction: Instruction, then: Callable[[Plan], None]) -> None:
        """Plans at once; a plan in place of words is checked alone."""
        given = GivenPlan.parse(instruction.text)
        if given is not None:
            then(given.plan(self._library, self.scene, self.facts(), self.now))
        else:
            then(self._planner.plan(instruction, self.scene, self.facts()))

    def cancel_planning(self) -> None:
        """There is nothing to wait for."""

    def start(self, request: SkillRequest) -> None:
        """Begins a step; a refusal is an outcome."""
        try:
            self.connector.start(self.operator.confirmed(request, self._library), self.scene, self.now)
        except SkillStackError as error:
            refused = StepOutcome(request.id, request.skill, "failed", str(error), "request is accepted")
            self._refused.append(refused)

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        """Changes a running step."""
        try:
            self.connector.change(self.operator.confirmed(request, self._library), self.scene, self.now)
        except SkillStackError as error:
            refused(str(error))

    def cancel(self, request_id: str) -> None:
        """Ends a step."""
        self.connector.cancel(request_id, "replaced", self.now)

    def stop(self, job: Job | None = None, kind: Literal["stop", "estop"] = "stop") -> None:
        """Stops the robot."""
        super().stop()
        if job is not None:
            self.finish(job, "succeeded", "stopped")

    def planned(self, job: Job) -> None:
        """Keeps the plan."""
        if job.plan is not None:
            self.plans.append(job.plan)

    def show(self, job: Job) -> None:
        """Nobody watches."""

    def finish(self, job: Job, outcome: str, reason: str) -> None:
        """Keeps how the words ended."""
        self._ended = (outcome, reason)

    def taught(self, facts: tuple[TaughtFact, ...]) -> None:
        """Nobody else is told."""

    def remember(self, experience: Experience) -> None:
        """Nothing is remembered between runs."""

    def warn(self, text: str) -> None:
        """Kept with the events."""
        self.said.append(("warning", text))
