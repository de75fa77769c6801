"""Job: one instruction from words to an outcome, with its running requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.language import LearntPhrase
from skill_stack.planner.behaviours import NodePath
from skill_stack.planner.dialogue.plan_remainder import Done, with_changes
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.given_plan import GivenPlan
from skill_stack.planner.memory.task_watch import TaskWatch


@dataclass(slots=True)
class LeafRun:
    """One step of the tree with a running request.

    Attributes:
        leaf: Id of the request that the tree made.
        path: Its place in the tree.
        node: The step.
        request: The request that runs for it now, with the pace that it has when it is not held.
        then: Requests that run for it afterwards, in order.
        skipped: Why it counts as done when it ends, or an empty string.
        number: Number of the last request made for it besides the tree's own.
        pose: Where the robot was when the step began, or None when that was not known.
    """

    leaf: str
    path: NodePath
    node: PlanNode
    request: SkillRequest
    then: list[SkillRequest] = field(default_factory=list)
    skipped: str = ""
    number: int = 0
    pose: Pose2 | None = None


@dataclass(slots=True)
class Job:
    """State of a job.

    Attributes:
        instruction: The words.
        tell: Takes the kind of an event and its text, for the client.
        cancelled: Whether the client has cancelled it.
        trusted: Whether the words come from a person at a console that may confirm.
        began: Task time at which the plan was made, s.
        plan: The plan, once there is one; a new one after every change.
        executor: Its behaviour tree, while it runs.
        steps: Steps that ended, in order.
        runs: What runs, by the id of the tree's request.
        done: How far the tree is.
        past: Steps that succeeded, in order, with their arguments.
        held: Whether it waits for *go on* from a person.
        withheld: Requests that wait for *go on*.
        wondering: Whether it is held only until it is known which thing is meant.
        tries: How often it was planned anew after a failure.
        tried: What was tried already, as signatures.
        stale: Why the rest must be planned anew before the next step, or an empty string.
        believed: The assumed facts, from observations and effects of steps.
        watch: Records it as an experience.
        agreed: Whether a person confirmed its inferred plan.
        confirmed: Skills of high hazard, and steps of hazardous combinations, that a person confirmed for it.
        hazardous: Steps that are hazardous by their arguments, so that the connector requires the confirmation, too.
        version: Number of the plan.
        number: Number of the words in the order in which they came.
        stops: Stops of the robot when the words came.
        given: A plan that was given instead of words, or None.
        sought: Objects of the words that were not in the scene, and for which the robot searched.
        looking: Whether its plan is only a search; afterwards the words are planned.
        wording: The phrase to learn from its words when it has succeeded, since a person confirmed their reading.
        learnt: The learnt phrase that its words match, or that was learnt from them.
        scenes: The scene, as the robot knew it, when each skill began that has not succeeded since: its first try.
        failure: How what it does failed last, and the step; not what was only to help that.
    """

    instruction: Instruction
    tell: Callable[[str, str], None] = lambda kind, text: None
    cancelled: Callable[[], bool] = lambda: False
    trusted: bool = False
    began: float = 0.0
    plan: Plan | None = None
    executor: PlanExecutor | None = None
    steps: list[StepOutcome] = field(default_factory=list)
    runs: dict[str, LeafRun] = field(default_factory=dict)
    done: Done = field(default_factory=Done)
    past: list[PlanNode] = field(default_factory=list)
    held: bool = False
    withheld: list[SkillRequest] = field(default_factory=list)
    wondering: bool = False
    tries: int = 0
    tried: set[object] = field(default_factory=set)
    stale: str = ""
    believed: frozenset[Fact] = frozenset()
    watch: TaskWatch | None = None
    agreed: bool = False
    confirmed: set[str] = field(default_factory=set)
    hazardous: set[str] = field(default_factory=set)
    version: int = 0
    number: int = 0
    stops: int = 0
    given: GivenPlan | None = None
    sought: set[str] = field(default_factory=set)
    looking: bool = False
    wording: LearntPhrase | None = None
    learnt: str = ""
    scenes: dict[str, SceneGraph] = field(default_factory=dict)
    failure: tuple[StepOutcome, PlanNode | None] | None = None

    @property
    def present(self) -> Plan | None:
        """The plan as it is carried out: its steps with the arguments that corrections gave them."""
        if self.plan is None or self.plan.tree is None or not self.done.changed:
            return self.plan
        return replace(self.plan, tree=with_changes(self.plan.tree, self.done.changed))

    @property
    def told(self) -> frozenset[Fact]:
        """Additional facts stated by the sender of a plan."""
        return self.given.facts if self.given is not None else frozenset()

    @property
    def words(self) -> str:
        """The instruction, shortened for people."""
        return self.instruction.text[:80]

    def run_of(self, request_id: str) -> LeafRun | None:
        """The step of a request, or None."""
        return next((run for run in self.runs.values() if run.request.id == request_id), None)
