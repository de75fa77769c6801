"""Fleet: one request divided among several robots, by what each can do and by where it is."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.fact import Fact, Literal
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanStatus
from skill_stack.core.scene import Pose2, SceneGraph
from skill_stack.planner.addressee import Addressees, Segment
from skill_stack.planner.candidates import Candidates, MakesPlans
from skill_stack.planner.symbolic.step import Step

STEP_COST = 1.0
"""What a step costs beside the way it leads, m: what a robot walks while it does something else."""

IDLE_SHARE = 0.05
"""How much the sum of all ways counts beside the longest one: enough to decide what is equal otherwise."""

MOST_WAYS = 4096
"""Divisions that are looked at; where there are more, jobs go one by one to whoever gets there first."""

_BACK = re.compile(r"\b(it|them|they|there|its|that|this|one|ones|him|her|again)\b", re.I)
_JOIN = re.compile(r"\s*(?:[.;]\s*|,?\s+and\s+then\s+|,?\s+then\s+|,\s+and\s+|\s+and\s+|,\s+)", re.I)


@dataclass(frozen=True, slots=True)
class FleetRobot:
    """One robot.

    Attributes:
        name: Its name, by which people speak to it.
        planner: Plans with its own skills.
        pose: Where it is in ``map``, or None when unknown.
        facts: What is true of it now, its posture for example.
        names: Other names, e.g. what it is: ``dog``.
    """

    name: str
    planner: MakesPlans
    pose: Pose2 | None = None
    facts: frozenset[Fact] = frozenset()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one robot does of the request.

    Attributes:
        number: Its place in the request, from 0.
        robot: Name of the robot.
        plan: Its plan.
        after: Numbers of the assignments that must have ended before.
    """

    number: int
    robot: str
    plan: Plan
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """The answer to a request to several robots.

    Attributes:
        instruction: The words.
        status: As for one robot's plan.
        assignments: Who does what, in the order of the request.
        reason: The answer in one sentence.
    """

    instruction: str
    status: PlanStatus
    assignments: tuple[Assignment, ...] = ()
    reason: str = ""

    def of(self, robot: str) -> tuple[Assignment, ...]:
        """What one robot does."""
        return tuple(one for one in self.assignments if one.robot == robot)

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack plan --robots FILE --json`` prints."""
        return {
            "status": self.status,
            "assignments": [
                {"number": one.number, "robot": one.robot, "after": list(one.after), "plan": one.plan.to_json()}
                for one in self.assignments
            ],
            "steps": [
                {"robot": one.robot, "skill": step.skill, "arguments": dict(step.arguments)}
                for one in self.assignments
                for step in one.plan.steps
            ],
            "reason": self.reason,
        }


class Unsolved(Exception):
    """No division; carries the answer."""

    def __init__(self, status: PlanStatus, reason: str) -> None:
        """Keeps kind and text of the answer."""
        super().__init__(reason)
        self.status = status


@dataclass(slots=True)
class _State:
    """How the world and the robots are after what was assigned so far.

    Attributes:
        scene: The world with shared facts.
        facts: What is true of each robot.
        poses: Where each is.
        made: Assignments so far.
        spoken: Robot that was spoken to last, for "the other one".
        owed: What became true of the world, and by which assignment.
    """

    scene: SceneGraph
    facts: dict[str, frozenset[Fact]]
    poses: dict[str, Pose2 | None]
    made: list[Assignment] = field(default_factory=list)
    spoken: str = ""
    owed: dict[Fact, int] = field(default_factory=dict)


class Fleet:
    """Plans for several robots in one scene. Every plan comes from the checker of the robot that is to do it."""

    def __init__(self, robots: Sequence[FleetRobot]) -> None:
        """Takes the robots, the first of them first where nothing else decides.

        Raises:
            DataError: There are none, or two share a name.
        """
        if not robots:
            raise DataError("a fleet needs at least one robot")
        names = [name.lower() for robot in robots for name in {robot.name, *robot.names}]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise DataError(f"robots share the name {', '.join(twice)}")
        self._robots = {robot.name: robot for robot in robots}
        self._addressees = Addressees({robot.name: (robot.name, *robot.names) for robot in robots})

    def plan(self, instruction: Instruction, scene: SceneGraph) -> FleetPlan:
        """Divides a request.

        Args:
            instruction: The words; robots may be spoken to by name, or as "both of you" and "one of you".
            scene: The world that all share; ``scene.robot`` is not used.
        """
        state = _State(
            scene,
            {name: robot.facts for name, robot in self._robots.items()},
            {name: robot.pose for name, robot in self._robots.items()},
        )
        try:
            for segment in self._addressees.segments(instruction.text):
                self._segment(segment, instruction, state)
        except Unsolved as answer:
            return FleetPlan(instruction.text, answer.status, (), str(answer))
        if not state.made:
            return FleetPlan(instruction.text, "statement", (), "There is nothing to do in that.")
        return FleetPlan(instruction.text, "plan", tuple(state.made), _told(state.made))

    def _segment(self, segment: Segment, instruction: Instruction, state: _State) -> None:
        """Assigns what is said to somebody, or to nobody by name."""
        names = self._meant(segment, state)
        if segment.how == "each" and segment.count not in (0, len(names)):
            raise Unsolved("question", f"There are {len(names)} of us: {_listed(names)}. Which {segment.count}?")
        before = tuple(one.number for one in state.made) if segment.then else ()
        if segment.how == "each":
            self._each(names, segment.text, instruction, state, before)
            return
        if segment.how == "some":
            self._some(names, segment, instruction, state, before)
            return
        self._divide(names, segment.text, instruction, state, before)

    def _meant(self, segment: Segment, state: _State) -> list[str]:
        """Robots that a segment may be for."""
        if segment.how == "other":
            others = [name for name in self._robots if name != state.spoken]
            if not state.spoken or len(others) != 1:
                raise Unsolved("question", f"Which other one do you mean: {_listed(others or self._robots)}?")
            state.spoken = others[0]
            return others
        if len(segment.robots) == 1:
            state.spoken = segment.robots[0]
        return list(segment.robots or self._robots)

    def _each(
        self, names: Sequence[str], text: str, instruction: Instruction, state: _State, before: tuple[int, ...]
    ) -> None:
        """Everybody does it; a thing that the words leave open is another one for each where there are enough."""
        taken: set[str] = set()
        for name in names:
            plan = self._ask(name, text, instruction, state)
            if plan.status != "plan":
                raise Unsolved(plan.status, f"{_spoken(name)}: {plan.reason}")
            if taken & _things(plan, state.scene):
                plan = self._elsewhere(name, text, instruction, plan, taken, state)
            taken |= _things(plan, state.scene)
            self._assign(name, plan, state, before)

    def _elsewhere(
        self, name: str, text: str, instruction: Instruction, plan: Plan, taken: set[str], state: _State
    ) -> Plan:
        """The same with things that nobody else has taken, where the words leave them open; else the plan itself."""
        scene = replace(state.scene, robot=state.poses[name])
        words = replace(instruction, text=text)
        others = Candidates(self._robots[name].planner).beside(plan, words, scene, state.facts[name], 20)
        free = (one.plan for one in others if not taken & _things(one.plan, scene))
        return next(free, plan)

    def _some(
        self, names: Sequence[str], segment: Segment, instruction: Instruction, state: _State, before: tuple[int, ...]
    ) -> None:
        """As many as were asked for do it all, those with the least to do."""
        offers = self._offers(names, segment.text, instruction, state)
        able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
        if len(able) < segment.count:
            raise self._nobody(segment.text, offers, segment.count)
        for _, name in able[: segment.count]:
            self._assign(name, offers[name][0], state, before)
            state.spoken = name

    def _divide(
        self, names: Sequence[str], text: str, instruction: Instruction, state: _State, before: tuple[int, ...]
    ) -> None:
        """One robot does it all; or the things of a list are divided; or each clause goes to who can do it."""
        offers = self._offers(names, text, instruction, state)
        able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
        if able:
            whole, best = offers[able[0][1]][0], able[0][1]
            jobs = list(self._list_jobs(best, whole, state.scene)) if len(names) > 1 else []
            if len(jobs) > 1 and self._spread(names, jobs, instruction, state, before):
                return
            self._assign(best, whole, state, before)
            return
        settled = [plan for plan, _ in offers.values() if plan.status == "statement"]
        if settled and len(settled) == len(offers):
            raise Unsolved("statement", settled[0].reason)
        pieces = self._pieces(names, text, instruction, state)
        if len(pieces) < 2:
            raise self._nobody(text, offers, 1)
        for piece in pieces:
            offers = self._offers(names, piece, instruction, state)
            able = sorted((cost, name) for name, (plan, cost) in offers.items() if plan.status == "plan")
            if not able:
                raise self._nobody(piece, offers, 1)
            # Clauses that different robots do wait for one another: what one does may be what the next one needs.
            earlier = before if not state.made else (*before, state.made[-1].number)
            self._assign(able[0][1], offers[able[0][1]][0], state, earlier)

    def _pieces(self, names: Sequence[str], text: str, instruction: Instruction, state: _State) -> list[str]:
        """Clauses, as far as some robot understands each by itself; what refers back stays with what is before."""
        parts = [part.strip(" ,.;") for part in _JOIN.split(text) if part.strip(" ,.;")]
        pieces: list[str] = []
        for part in parts:
            if pieces and (_BACK.search(part) or not self._understood(names, part, instruction, state)):
                pieces[-1] = f"{pieces[-1]} and {part}"
            else:
                pieces.append(part)
        return pieces

    def _understood(self, names: Sequence[str], text: str, instruction: Instruction, state: _State) -> bool:
        """Whether some robot would plan a clause, or would but for something that another one may bring about."""
        plans = [self._ask(name, text, instruction, state) for name in names]
        return any(plan.status == "plan" or "needs" in plan.reason for plan in plans)

    def _list_jobs(self, name: str, plan: Plan, scene: SceneGraph) -> Iterator[str]:
        """Each thing of a list as words of its own; nothing when the plan is not one clause over several things."""
        library = self._robots[name].planner.library
        steps = plan.tree.children if plan.tree is not None else ()
        asked = [step for step in steps if step.type == "skill" and step.why.startswith("asked")]
        if len(asked) < 2 or len({(s.skill, s.why) for s in asked}) > 1 or any(s.type != "skill" for s in steps):
            return
        spec = library[asked[0].skill]
        objects = [p.name for p in spec.goal if p.type == "object"]
        if len(objects) != 1:
            return
        phrase = next((p for p in spec.phrases if re.findall(r"\{(\w+)\}", p) == objects), None)
        if phrase is None or len({s.arguments[objects[0]] for s in asked}) < len(asked):
            return
        for step in asked:
            label = scene[str(step.arguments[objects[0]])]
            same = sum(thing.label == label.label for thing in scene.objects.values())
            yield phrase.replace(f"{{{objects[0]}}}", f"the {label.label}" if same == 1 else label.id)

    def _spread(
        self,
        names: Sequence[str],
        jobs: Sequence[str],
        instruction: Instruction,
        state: _State,
        before: tuple[int, ...],
    ) -> bool:
        """Divides jobs that are free of each other so that the last robot is done soonest; False when it cannot."""
        ways: Iterator[tuple[str, ...]] = itertools.product(names, repeat=len(jobs))
        if len(names) ** len(jobs) > MOST_WAYS:
            ways = iter([self._greedy(names, jobs, instruction, state)])
        alone = {
            (name, job): self._ask(name, job, instruction, state).status == "plan" for name in names for job in jobs
        }
        best: tuple[float, dict[str, list[str]]] | None = None
        for way in ways:
            if not all(alone[name, job] for name, job in zip(way, jobs, strict=True)):
                continue
            shares = {name: [job for who, job in zip(way, jobs, strict=True) if who == name] for name in names}
            lengths = {name: self._tour(name, share, state) for name, share in shares.items()}
            costs = [length for length, _ in lengths.values()]
            cost = max(costs) + IDLE_SHARE * sum(costs)
            if best is None or cost < best[0] - 1e-9:
                best = cost, {name: order for name, (_, order) in lengths.items()}
        if best is None:
            return False
        for name, order in best[1].items():
            for job in order:
                self._assign(name, self._ask(name, job, instruction, state), state, before)
        return True

    def _tour(self, name: str, jobs: Sequence[str], state: _State) -> tuple[float, list[str]]:
        """Way through the things of some jobs from where a robot is, the nearest first, m, and its order."""
        pose, left, order, cost = state.poses[name], list(jobs), list[str](), 0.0
        while left:
            places = {job: _place(job, state.scene) for job in left}
            here = pose
            best = min(left, key=lambda job: _gap(here, places[job]))
            cost += _gap(pose, places[best]) + STEP_COST
            left.remove(best)
            order.append(best)
            place = places[best]
            pose = Pose2(place[0], place[1], 0.0) if place is not None else pose
        return cost, order

    def _greedy(
        self, names: Sequence[str], jobs: Sequence[str], instruction: Instruction, state: _State
    ) -> tuple[str, ...]:
        """Job by job to the robot that is done with it soonest."""
        shares: dict[str, list[str]] = {name: [] for name in names}
        for job in jobs:
            able = [name for name in names if self._ask(name, job, instruction, state).status == "plan"]
            if able:
                shares[min(able, key=lambda name: self._tour(name, [*shares[name], job], state)[0])].append(job)
        return tuple(next((name for name in names if job in shares[name]), names[0]) for job in jobs)

    def _offers(
        self, names: Sequence[str], text: str, instruction: Instruction, state: _State
    ) -> dict[str, tuple[Plan, float]]:
        """What each robot would do, and what that costs it, m."""
        plans = {name: self._ask(name, text, instruction, state) for name in names}
        return {name: (plan, self._cost(name, plan, state)) for name, plan in plans.items()}

    def _ask(self, name: str, text: str, instruction: Instruction, state: _State) -> Plan:
        """A robot's own answer to some words."""
        scene = replace(state.scene, robot=state.poses[name])
        facts = state.facts[name] | state.scene.facts
        return self._robots[name].planner.plan(replace(instruction, text=text), scene, facts)

    def _cost(self, name: str, plan: Plan, state: _State) -> float:
        """Way and steps of a plan, m; what the robot has to do before counts too, so that work is shared."""
        busy = sum(self._steps_cost(name, one.plan, state)[0] for one in state.made if one.robot == name)
        return busy + self._steps_cost(name, plan, state)[0]

    def _steps_cost(self, name: str, plan: Plan, state: _State) -> tuple[float, Pose2 | None]:
        """Way and steps of one plan, m, and where the robot is afterwards."""
        library, pose, cost = self._robots[name].planner.library, state.poses[name], 0.0
        for node in plan.steps:
            spec = library[node.skill]
            cost += STEP_COST
            for effect in (Literal.parse(text).ground(node.arguments) for text in spec.effects):
                if effect.positive and effect.predicate in ("near", "at", "in") and len(effect.arguments) == 2:
                    thing = state.scene.objects.get(effect.arguments[1])
                    if thing is not None and effect.arguments[0] in ("robot", name, library.robot):
                        cost += _gap(pose, thing.position[:2])
                        pose = Pose2(thing.position[0], thing.position[1], 0.0)
        return cost, pose

    def _assign(self, name: str, plan: Plan, state: _State, after: tuple[int, ...]) -> None:
        """Gives a plan to a robot: its own facts are its own, those of the world are everybody's."""
        own = [one.number for one in state.made if one.robot == name]
        facts = state.facts[name] | state.scene.facts
        library, needed = self._robots[name].planner.library, set[int]()
        for node in plan.steps:
            step = Step(library[node.skill], node.arguments)
            needed |= {who for fact, who in state.owed.items() if any(need.matches(fact) for need in step.needs)}
            facts = step.after(facts)
        waits = tuple(sorted({*after, *own[-1:], *needed}))
        itself = {"robot", name, library.robot}
        state.facts[name] = frozenset(fact for fact in facts if itself & set(fact.arguments))
        world = frozenset(fact for fact in facts if not itself & set(fact.arguments))
        state.poses[name] = self._steps_cost(name, plan, state)[1]
        before = state.scene.facts
        state.scene = replace(state.scene, facts=world)
        number = len(state.made)
        state.owed |= dict.fromkeys(world - before, number)
        state.made.append(Assignment(number, name, replace(plan, id=f"{plan.id}-{number}"), waits))

    def _nobody(self, text: str, offers: Mapping[str, tuple[Plan, float]], count: int) -> Unsolved:
        """Why nobody, or too few, can do something."""
        plans = {name: plan for name, (plan, _) in offers.items()}
        if asked := next((plan for plan in plans.values() if plan.status == "question"), None):
            return Unsolved("question", asked.reason)
        able = sum(plan.status == "plan" for plan in plans.values())
        why = "; ".join(f"{_spoken(name)}: {plan.reason}" for name, plan in plans.items() if plan.status != "plan")
        if able:
            return Unsolved("refusal", f"Only {able} of us can do '{text}', not {count}. {why}")
        return Unsolved("refusal", f"None of us can do '{text}'. {why}" if len(plans) > 1 else why)


def _place(job: str, scene: SceneGraph) -> tuple[float, float] | None:
    """Where the thing is that a job's words end with."""
    words = job.lower()
    for thing in scene.objects.values():
        if words.endswith((f" {thing.label.lower()}", f" {thing.id}")):
            return thing.position[0], thing.position[1]
    return None


def _gap(pose: Pose2 | None, place: Sequence[float] | None) -> float:
    """Distance, m; 0 where it cannot be told."""
    return math.hypot(place[0] - pose.x, place[1] - pose.y) if pose is not None and place is not None else 0.0


def _things(plan: Plan, scene: SceneGraph) -> set[str]:
    """Things that a plan is about."""
    return {str(v) for step in plan.steps for v in step.arguments.values() if isinstance(v, str) and v in scene.objects}


def _told(made: Sequence[Assignment]) -> str:
    """Who does what, in one sentence for each robot."""
    lines = []
    for name in dict.fromkeys(one.robot for one in made):
        told = [one.plan.reason.removeprefix("I will ").rstrip(".") for one in made if one.robot == name]
        lines.append(f"{_spoken(name)} will {', then '.join(told)}.")
    return " ".join(lines)


def _spoken(name: str) -> str:
    return name[:1].upper() + name[1:]


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(_spoken(name) for name in names)
