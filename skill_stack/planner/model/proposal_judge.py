"""ProposalJudge: checks proposals with the same checker as plans of the grammar."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError, UnknownName
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Loop, Part, Step, endless
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.hazards.check import Hazards
from skill_stack.planner.model.motion_offer import MotionOffer
from skill_stack.planner.model.plain_text import plain
from skill_stack.planner.model.proposal import Proposal, ProposedLoop, ProposedStep
from skill_stack.planner.model.skill_offer import SkillOffer
from skill_stack.planner.plan_summary import summary
from skill_stack.planner.symbolic.checker import LONGEST_PLAN, Checker, Unreachable, length, node_of
from skill_stack.planner.symbolic.tree import expanded

HUGE = 1 << 53
"""Whole numbers from here on are not exact as floats, and far beyond any skill's range."""


class NotAccepted(SkillStackError):
    """A proposal is impossible or forbidden; names the violated condition."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proposal that was checked and completed.

    Attributes:
        tree: The steps.
        facts: What will be true afterwards, as text.
        sentence: Summary for people.
    """

    tree: PlanNode
    facts: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class ProposalJudge:
    """Decides over proposals for one instruction.

    Attributes:
        library: Skills.
        scene: Things.
        facts: What is true now.
        offer: The skills and things that the proposal may use.
        hazards: Finds hazardous combinations; None where the caller does.
    """

    library: SkillLibrary
    scene: SceneGraph
    facts: frozenset[Fact]
    offer: SkillOffer
    hazards: Hazards | None = None

    def judge(self, proposal: Proposal, source: str) -> Accepted:
        """Checks a plan, puts in missing steps, and builds the tree.

        Args:
            proposal: With ``answer`` ``plan``.
            source: Who proposes, for people.

        Raises:
            NotAccepted: It cannot or may not be done; the message states the step and the condition.
        """
        asked = [self._part(item, number, source) for number, item in enumerate(proposal.steps, start=1)]
        parts = tuple(expanded(asked, self.library))
        if length(parts) > LONGEST_PLAN:
            raise NotAccepted(f"these are {length(parts)} steps; at most {LONGEST_PLAN} are planned at a time")
        _refuse_endless(parts)
        checker = Checker(self.library, tuple(thing.id for thing in self.offer.things.values()))
        try:
            done, after = checker.complete(parts, self.facts, settle=True)
        except Unreachable as error:
            raise NotAccepted(str(error)) from error
        if not done:
            raise NotAccepted("there is nothing to do: all of this is so already")
        tree = PlanNode("sequence", tuple(node_of(part) for part in done), why=f"proposed by {source}")
        steps = [Step(self.library[node.skill], node.arguments) for node in tree.skills()]
        if len(steps) > LONGEST_PLAN:
            raise NotAccepted(f"with what is missing these are {len(steps)} steps; at most {LONGEST_PLAN} are planned")
        self._refuse_skills(step.spec for step in steps)
        violation = checker.check(tree, self.facts)
        if violation is not None:
            raise NotAccepted(str(violation))
        self._refuse_hazard(tree)
        made = {(e.predicate, e.arguments) for step in steps for e in step.effects if e.positive}
        true = tuple(sorted(str(fact) for fact in after if (fact.predicate, fact.arguments) in made))
        return Accepted(tree, true, summary(done, self.scene, [f"proposed by {source}, checked"]))

    def _refuse_skills(self, specs: Iterable[SkillSpec]) -> None:
        """Refuses skills that the words exclude, and hazardous ones that they do not request."""
        for spec in specs:
            if spec.name in self.offer.forbidden:
                raise NotAccepted(f"it needs {spec.name}, which the words rule out")
            if spec.hazard == "high" and spec.name not in self.offer.named:
                raise NotAccepted(f"it needs {spec.name}, which is hazardous, and the words do not ask for it")

    def _refuse_hazard(self, tree: PlanNode) -> None:
        """Refuses a plan that no confirmation could permit, so that no person is asked about it."""
        if self.hazards is not None:
            plan = self.hazards.checked(Plan("", "", "plan", tree), self.library, self.scene, self.facts)
            if plan.tree is None:
                raise NotAccepted(plan.reason)

    def _part(self, item: ProposedStep | ProposedLoop, number: int, source: str) -> Part:
        """A step or loop with real names."""
        if isinstance(item, ProposedLoop):
            return Loop(tuple(self._step(step, number, source) for step in item.steps), item.repeat, "proposed")
        return self._step(item, number, source)

    def _step(self, item: ProposedStep, number: int, source: str) -> Step:
        """A step whose skill was offered and whose arguments are right."""
        if self.offer.motion is not None and item.skill == self.offer.motion.spec.name:
            return self._motion(self.offer.motion, item, number, source)
        if item.skill not in self.offer.skills:
            unknown = UnknownName("skill", plain(item.skill, 60), self.offer.skills)
            raise NotAccepted(f"step {number}: {unknown}")
        spec = self.offer.skills[item.skill]
        given = {plain(name, 60): value for name, value in item.arguments.items() if value is not None}
        try:
            for parameter in spec.goal:
                if parameter.type == "object" and parameter.name in given:
                    given[parameter.name] = self._thing(given[parameter.name])
                elif parameter.name in given:
                    given[parameter.name] = _sane(given[parameter.name])
            arguments = spec.complete(given)
        except SkillStackError as error:
            raise NotAccepted(f"step {number} ({spec.name}): {error}") from error
        return Step(spec, arguments, f"proposed by {source}")

    @staticmethod
    def _motion(motion: MotionOffer, item: ProposedStep, number: int, source: str) -> Step:
        """A step of the skill that takes reward terms."""
        try:
            arguments = motion.spec.complete(motion.arguments(item.arguments))
        except SkillStackError as error:
            raise NotAccepted(f"step {number} ({motion.spec.name}): {error}") from error
        return Step(motion.spec, arguments, f"proposed by {source}")

    def _thing(self, name: object) -> str:
        """The id of a thing that was offered."""
        thing = self.offer.things.get(name) if isinstance(name, str) else None
        if thing is None:
            raise UnknownName("thing", plain(str(name), 60), self.offer.things)
        return thing.id


def _sane(value: object) -> object:
    """A value that can be checked and quoted: whole numbers beyond any range as floats, all but numbers as short text.

    Text for a number is refused by the skill itself.
    """
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < HUGE else math.copysign(math.inf, 1 if value > 0 else -1)
    return plain(str(value), 60)


def _refuse_endless(parts: tuple[Part, ...]) -> None:
    """Refuses a skill without an end where more is to follow."""
    for number, part in enumerate(parts, start=1):
        last = number == len(parts)
        for step in part.body if isinstance(part, Loop) else (part,):
            if isinstance(step, Step) and endless(step.spec) and (isinstance(part, Loop) or not last):
                raise NotAccepted(f"step {number} ({step.spec.name}) has no end, and more is to follow")
