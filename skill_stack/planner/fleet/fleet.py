"""Fleet: divides one request among several robots, by capabilities and position."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.fleet.addressee import Addressees, Segment
from skill_stack.planner.fleet.fleet_plan import Assignment, FleetPlan, FleetRobot, Unsolved, listed, spoken, told
from skill_stack.planner.fleet.standing import Offers, Standing
from skill_stack.planner.fleet.task_allocation import jobs_of, spread

OTHERS = 20
"""Number of alternative plans searched for one with free objects."""

_BACK = re.compile(r"\b(it|them|they|there|its|that|this|one|ones|him|her|again)\b", re.I)
_JOIN = re.compile(r"\s*(?:[.;]\s*|,?\s+and\s+then\s+|,?\s+then\s+|,\s+and\s+|\s+and\s+|,\s+)", re.I)


class Fleet:
    """Plans for several robots in one scene. Every plan comes from the checker of its own robot.

    Attributes:
        robots: The robots by name.
        addressees: Finds whom words are said to.
    """

    def __init__(self, robots: Sequence[FleetRobot]) -> None:
        """Takes the robots; the order breaks ties.

        Raises:
            DataError: There are none, or two share a name.
        """
        if not robots:
            raise DataError("a fleet needs at least one robot")
        names = [name.lower() for robot in robots for name in {robot.name, *robot.names}]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise DataError(f"robots share the name {', '.join(twice)}")
        self.robots: Mapping[str, FleetRobot] = {robot.name: robot for robot in robots}
        self.addressees = Addressees({robot.name: (robot.name, *robot.names) for robot in robots})

    def plan(self, instruction: Instruction, scene: SceneGraph) -> FleetPlan:
        """Divides a request.

        Args:
            instruction: The words; robots may be spoken to by name, or as "both of you" and "one of you".
            scene: The world that all share; ``scene.robot`` is not used.
        """
        standing = Standing.at_start(self.robots, instruction, scene)
        try:
            for segment in self.addressees.segments(instruction.text):
                self._segment(segment, standing)
        except Unsolved as answer:
            return FleetPlan(instruction.text, answer.status, (), str(answer))
        if not standing.made:
            return FleetPlan(instruction.text, "statement", (), "There is nothing to do in that.")
        return FleetPlan(instruction.text, "plan", tuple(standing.made), told(standing.made))

    def handed_on(self, one: Assignment, names: Sequence[str], scene: SceneGraph) -> Assignment | str:
        """A share taken over by another robot, from the present state; or why none can.

        Args:
            one: The share.
            names: Robots that may take it.
            scene: The world with what has become true of it.
        """
        text = one.plan.instruction
        standing = Standing.at_start(self.robots, Instruction(text), scene)
        offers = standing.offers([name for name in names if name in one.who], text)
        able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
        if able:
            name = able[0][1]
            return replace(one, robot=name, plan=offers[name][0])
        if not offers:
            return "nobody else was meant" if len(one.who) == 1 else "there is nobody else"
        return "; ".join(f"{spoken(name)}: {plan.reason}" for name, (plan, _) in offers.items())

    def _segment(self, segment: Segment, standing: Standing) -> None:
        """Assigns a part with or without an address."""
        names = self._meant(segment, standing)
        if segment.how == "each" and segment.count not in (0, len(names)):
            raise Unsolved("question", f"There are {len(names)} of us: {listed(names)}. Which {segment.count}?")
        before = tuple(one.number for one in standing.made) if segment.then else ()
        if segment.how == "each":
            self._each(names, segment.text, standing, before)
        elif segment.how == "some":
            self._some(names, segment, standing, before)
        else:
            self._divide(names, segment.text, standing, before)

    def _meant(self, segment: Segment, standing: Standing) -> list[str]:
        """Robots to which a part may be addressed."""
        if segment.how == "other":
            others = [name for name in self.robots if name != standing.spoken]
            if not standing.spoken or len(others) != 1:
                raise Unsolved("question", f"Which other one do you mean: {listed(others or self.robots)}?")
            standing.spoken = others[0]
            return others
        if len(segment.robots) == 1:
            standing.spoken = segment.robots[0]
        return list(segment.robots or self.robots)

    def _each(self, names: Sequence[str], text: str, standing: Standing, before: tuple[int, ...]) -> None:
        """Every robot does it; an object that the words leave open is a different one for each where there are enough.
        """
        taken: set[str] = set()
        for name in names:
            plan = standing.ask(name, text)
            if plan.status != "plan":
                raise Unsolved(plan.status, f"{spoken(name)}: {plan.reason}")
            if taken & _things(plan, standing.scene):
                plan = self._elsewhere(name, text, plan, taken, standing)
            taken |= _things(plan, standing.scene)
            standing.assign(name, plan, before, (name,))

    def _elsewhere(self, name: str, text: str, plan: Plan, taken: set[str], standing: Standing) -> Plan:
        """The plan with objects that no other robot has, where the words leave them open; else the plan itself."""
        scene = replace(standing.scene, robot=standing.poses[name])
        words = replace(standing.instruction, text=text)
        others = Candidates(self.robots[name].planner).beside(plan, words, scene, standing.facts[name], OTHERS)
        free = (one.plan for one in others if not taken & _things(one.plan, scene))
        return next(free, plan)

    def _some(self, names: Sequence[str], segment: Segment, standing: Standing, before: tuple[int, ...]) -> None:
        """The requested number of robots each do it all, those with the least to do."""
        offers = standing.offers(names, segment.text)
        able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
        if len(able) < segment.count:
            raise _nobody(segment.text, offers, segment.count)
        for _, name in able[: segment.count]:
            standing.assign(name, offers[name][0], before, names if segment.count == 1 else (name,))
            standing.spoken = name

    def _divide(self, names: Sequence[str], text: str, standing: Standing, before: tuple[int, ...]) -> None:
        """One robot does it all; or the objects of a list are divided; or each clause goes to a capable robot."""
        offers = standing.offers(names, text)
        able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
        if able:
            best = able[0][1]
            whole = offers[best][0]
            jobs = jobs_of(whole, self.robots[best].planner.library, standing.scene) if len(names) > 1 else []
            shares = spread(standing, names, jobs) if len(jobs) > 1 else None
            if shares is None:
                standing.assign(best, whole, before, names)
                return
            for name, order in shares.items():
                for job in order:
                    standing.assign(name, standing.ask(name, job), before, names)
            return
        settled = [plan for plan, _ in offers.values() if plan.status == "statement"]
        if settled and len(settled) == len(offers):
            raise Unsolved("statement", settled[0].reason)
        pieces = self._pieces(names, text, standing)
        if len(pieces) < 2:
            raise _nobody(text, offers, 1)
        self._in_turn(names, pieces, standing, before)

    def _in_turn(
        self, names: Sequence[str], pieces: Sequence[str], standing: Standing, before: tuple[int, ...]
    ) -> None:
        """Clauses go to capable robots; those of different robots wait for one another."""
        for piece in pieces:
            offers = standing.offers(names, piece)
            able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
            if not able:
                raise _nobody(piece, offers, 1)
            # What one does may be what the next one needs.
            earlier = before if not standing.made else (*before, standing.made[-1].number)
            standing.assign(able[0][1], offers[able[0][1]][0], earlier, names)

    def _pieces(self, names: Sequence[str], text: str, standing: Standing) -> list[str]:
        """Clauses, as far as some robot understands each by itself; a reference back stays with its antecedent."""
        parts = [part.strip(" ,.;") for part in _JOIN.split(text) if part.strip(" ,.;")]
        pieces: list[str] = []
        for part in parts:
            if pieces and (_BACK.search(part) or not self._understood(names, part, standing)):
                pieces[-1] = f"{pieces[-1]} and {part}"
            else:
                pieces.append(part)
        return pieces

    def _understood(self, names: Sequence[str], text: str, standing: Standing) -> bool:
        """Whether some robot would plan a clause, or would except for a condition that another one may achieve."""
        plans = [standing.ask(name, text) for name in names]
        return any(plan.status == "plan" or "needs" in plan.reason for plan in plans)


def _nobody(text: str, offers: Offers, count: int) -> Unsolved:
    """Why no robot, or too few, can do something."""
    plans = {name: plan for name, (plan, _) in offers.items()}
    if asked := next((plan for plan in plans.values() if plan.status == "question"), None):
        return Unsolved("question", asked.reason)
    able = sum(plan.status == "plan" for plan in plans.values())
    why = "; ".join(f"{spoken(name)}: {plan.reason}" for name, plan in plans.items() if plan.status != "plan")
    if able:
        return Unsolved("refusal", f"Only {able} of us can do '{text}', not {count}. {why}")
    return Unsolved("refusal", f"None of us can do '{text}'. {why}" if len(plans) > 1 else why)


def _things(plan: Plan, scene: SceneGraph) -> set[str]:
    """Objects that a plan is about."""
    return {str(v) for step in plan.steps for v in step.arguments.values() if isinstance(v, str) and v in scene.objects}
