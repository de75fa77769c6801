"""Standing: predicted state of the world and the robots after the assignments so far, and offers from there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.planner.fleet.fleet_plan import Assignment, FleetRobot

STEP_COST = 1.0
"""Cost of a step in addition to its path, m."""

Offers = Mapping[str, tuple[Plan, float]]
"""By robot, what it would do and what that costs, m."""


@dataclass(slots=True)
class Standing:
    """Predicted state.

    Attributes:
        robots: The robots by name.
        instruction: What is being divided.
        scene: The world with shared facts.
        facts: What is true of each robot.
        poses: Where each is.
        made: Assignments so far.
        spoken: Robot that was spoken to last, for "the other one".
        owed: What became true of the world, and by which assignment.
    """

    robots: Mapping[str, FleetRobot]
    instruction: Instruction
    scene: SceneGraph
    facts: dict[str, frozenset[Fact]]
    poses: dict[str, Pose2 | None]
    made: list[Assignment] = field(default_factory=list)
    spoken: str = ""
    owed: dict[Fact, int] = field(default_factory=dict)

    @classmethod
    def at_start(cls, robots: Mapping[str, FleetRobot], instruction: Instruction, scene: SceneGraph) -> Standing:
        """The state before any assignment."""
        facts = {name: robot.facts for name, robot in robots.items()}
        return cls(robots, instruction, scene, facts, {name: robot.pose for name, robot in robots.items()})

    def ask(self, name: str, text: str) -> Plan:
        """A robot's own answer to an instruction."""
        scene = replace(self.scene, robot=self.poses[name])
        facts = self.facts[name] | self.scene.facts
        return self.robots[name].planner.plan(replace(self.instruction, text=text), scene, facts)

    def offers(self, names: Iterable[str], text: str) -> Offers:
        """What each robot would do, and its cost, m."""
        plans = {name: self.ask(name, text) for name in names}
        return {name: (plan, self._cost(name, plan)) for name, plan in plans.items()}

    def _cost(self, name: str, plan: Plan) -> float:
        """Path length and steps of a plan, m, including the robot's earlier shares, so that work is shared."""
        busy = sum(self._way(name, one.plan)[0] for one in self.made if one.robot == name)
        return busy + self._way(name, plan)[0]

    def _way(self, name: str, plan: Plan) -> tuple[float, Pose2 | None]:
        """Path length and steps of one plan, m, and the robot's final position."""
        library, pose, cost = self.robots[name].planner.library, self.poses[name], 0.0
        for node in plan.steps:
            spec = library[node.skill]
            cost += STEP_COST
            for effect in (Literal.parse(text).ground(node.arguments) for text in spec.effects):
                if effect.positive and effect.predicate in ("near", "at", "in") and len(effect.arguments) == 2:
                    thing = self.scene.objects.get(effect.arguments[1])
                    if thing is not None and effect.arguments[0] in ("robot", name, library.robot):
                        cost += gap(pose, thing.position[:2])
                        pose = Pose2(thing.position[0], thing.position[1], 0.0)
        return cost, pose

    def assign(self, name: str, plan: Plan, after: Sequence[int], who: Sequence[str]) -> None:
        """Assigns a plan to a robot; later ones are planned from its result.

        Args:
            name: The robot.
            plan: Its plan.
            after: Numbers of what must have ended before.
            who: Robots that the words leave it to.
        """
        number = len(self.made)
        own = [one.number for one in self.made if one.robot == name]
        needed: set[int] = set()
        library = self.robots[name].planner.library
        for node in plan.steps:
            needs = Step(library[node.skill], node.arguments).needs
            needed |= {at for fact, at in self.owed.items() if any(need.matches(fact) for need in needs)}
        before = self.scene.facts
        self.poses[name] = self._way(name, plan)[1]
        self.facts[name], world = facts_after(name, library, plan.steps, self.facts[name] | before)
        self.scene = replace(self.scene, facts=world)
        self.owed |= dict.fromkeys(world - before, number)
        needed |= set(after)
        waits = tuple(sorted({*own[-1:], *needed}))
        made = replace(plan, id=f"{plan.id}-{number}")
        self.made.append(Assignment(number, name, made, waits, tuple(who), tuple(sorted(needed))))


def facts_after(
    name: str, library: SkillLibrary, steps: Iterable[PlanNode], facts: frozenset[Fact]
) -> tuple[frozenset[Fact], frozenset[Fact]]:
    """Facts after some steps: first of the robot itself, then of the world.

    Args:
        name: The robot.
        library: Its skills.
        steps: The steps.
        facts: What held before.
    """
    for node in steps:
        facts = Step(library[node.skill], node.arguments).after(facts)
    itself = {"robot", name, library.robot}
    own = frozenset(fact for fact in facts if itself & set(fact.arguments))
    return own, facts - own


def gap(pose: Pose2 | None, place: Sequence[float] | None) -> float:
    """Distance, m; 0 where it is unknown."""
    return math.hypot(place[0] - pose.x, place[1] - pose.y) if pose is not None and place is not None else 0.0
