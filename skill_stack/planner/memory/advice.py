"""Advice: applies lessons to a plan that is being completed.

Lessons and hunches about a step become goals before it, so that the search achieves them like any other condition;
bounds become its arguments where the words leave them open. What cannot be achieved is dropped, unless the lesson is
hard. Hunches are chosen by their gain in success; of those that worked together one is left out again, so that the next
run shows which of them mattered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Both, Branch, Loop, Part, Step, Until, steps_of
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.memory.experience import things_of
from skill_stack.planner.memory.failure_hypotheses import most_informative
from skill_stack.planner.memory.features import BY, ActionManner, attributes, lifted, object_parameters
from skill_stack.planner.memory.lessons import TaughtLibrary
from skill_stack.planner.memory.piece_of_advice import (
    PieceOfAdvice,
    advice_for,
    called,
    fact_of,
    free,
    holds_in,
    made_by,
    put_in,
)
from skill_stack.planner.memory.rule import LearntRule
from skill_stack.planner.symbolic.checker import Checker, Unreachable, without

MOST_ROUNDS = 12
"""Most repeated completions of a plan, each with advice for inserted steps or without what failed."""


Done = tuple[tuple[Part, ...], frozenset[Fact]]


def complete(
    checker: Checker, library: SkillLibrary, parts: Sequence[Part], facts: frozenset[Fact], scene: SceneGraph,
    notes: list[str],
) -> Done:  # fmt: skip
    """Completes a plan as :meth:`Checker.complete` does, following the lessons of the library where it has any.

    Args:
        checker: Completes plans.
        library: The planner's library; a plain one has no lessons.
        parts: The requested steps.
        facts: What is true before.
        scene: What things are like.
        notes: Takes what was learnt and matters here, for people.

    Raises:
        Unreachable: A condition, perhaps a hard lesson, does not hold and nothing brings it about.
    """
    if not isinstance(library, TaughtLibrary) or not library.lessons.rules:
        return checker.complete(parts, facts, settle=True)
    return _Adviser(checker, library, facts, scene).complete(parts, notes)


@dataclass(slots=True)
class _Adviser:
    """Completes one plan.

    Attributes:
        dropped: Advice that could not be followed, by skill and fact.
        asked: Skill and arguments of each requested step.
    """

    checker: Checker
    library: TaughtLibrary
    facts: frozenset[Fact]
    scene: SceneGraph
    dropped: set[tuple[str, str]] = field(default_factory=set)
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def complete(self, parts: Sequence[Part], notes: list[str]) -> Done:
        """The plan with everything that its steps and the inserted ones need."""
        self.asked = asked = [called(step) for step in steps_of(parts)]
        wanted = tuple(parts)
        for _ in range(MOST_ROUNDS):
            advised = self._advised(wanted)
            try:
                done, after = self.checker.complete(advised, self.facts, settle=True)
            except Unreachable as error:
                if not self._drop(error, advised):
                    raise
                continue
            if self._advised(done) == done:
                break
            wanted = done
        else:
            done, after = self.checker.complete(parts, self.facts, settle=True)
        done, after = self._around_failing(parts, asked, done, after)
        notes += self._notes(done, asked)
        return _mapped(done, lambda step: self._explained(step, done, asked)), after

    def _advised(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        return _mapped(parts, self._with_advice)

    def _with_advice(self, step: Step) -> Step:
        """A step with the conditions and arguments that lessons and hunches require."""
        arguments, wants, spec = dict(step.arguments), list(step.wants), step.spec
        for one in self._advice(step):
            if one.literal is not None and one.literal not in (*wants, *step.needs):
                wants.append(one.literal)
            if one.manner is not None and free(step, one.manner):
                if one.manner.parameter == BY and str(one.manner.value) in self.library:
                    spec = self.library[str(one.manner.value)]
                elif one.manner.parameter != BY:
                    arguments[one.manner.parameter] = one.manner.value
        return replace(step, spec=spec, arguments=arguments, wants=tuple(wants))

    def _advice(self, step: Step) -> list[PieceOfAdvice]:
        """The rules that apply to a step."""
        rules = self.library.lessons.of_skill(step.spec.realises or step.spec.name)
        if not rules:
            return []
        features = self._features(step)
        active = [
            rule for rule in rules if rule.kind == "needs" and all(holds_in(one, features, step) for one in rule.given)
        ]
        lessons = [rule for rule in active if rule.strength != "hunch"]
        tried = [rule for rule in active if rule.strength == "hunch"] if self._tries(step) else []
        hunches = most_informative(tried, features, step, self.library, self.dropped)
        made = [advice_for(rule, step) for rule in (*lessons, *hunches)]
        made = [one for one in made if one.literal is None or not made_by(step, one.literal)]
        return [one for one in made if (step.spec.name, str(one.literal)) not in self.dropped]

    def _tries(self, step: Step) -> bool:
        """Whether hunches are tried with a step: it serves no other one, and its skill failed with things of the kind.
        """
        if put_in(step, self.asked) and any(name == step.spec.name for name, _ in self.asked):
            return False
        names = object_parameters(step.spec)[:1]
        things = (self.scene.objects.get(str(step.arguments.get(name))) for name in names)
        kinds = {thing.kind for thing in things if thing is not None}
        skill = step.spec.realises or step.spec.name
        return not kinds or any((skill, kind) in self.library.lessons.failed for kind in kinds)

    def _features(self, step: Step) -> frozenset[str]:
        known = attributes(things_of(self.scene), step.arguments)
        return lifted(self.facts | self.scene.facts | known, step.arguments)

    def _drop(self, error: Unreachable, advised: Sequence[Part]) -> bool:
        """Drops the weakest advice of the step that cannot be reached; False when none can be dropped."""
        of_step = [step for step in steps_of(advised) if step.spec.name == error.skill]
        advice = [(step, one) for step in of_step for one in self._advice(step) if one.literal is not None]
        soft = [(step, one) for step, one in advice if not _hard(one)]
        if soft:
            alone = [one for step, one in soft if not self._reachable(step, one, [other for _, other in soft])]
            weakest = min((one for _, one in soft), key=lambda one: (one.rule.strength == "soft", one.rule.weight))
            self.dropped |= {(error.skill, str(one.literal)) for one in alone or [weakest]}
            return True
        rule = self._to_blame(error, of_step, [one for _, one in advice])
        if rule is not None:
            error.args = (f"{error} ({rule}; 'skill-stack lessons delete' makes me forget it)",)
        return False

    def _to_blame(
        self, error: Unreachable, steps: Sequence[Step], advice: Iterable[PieceOfAdvice]
    ) -> LearntRule | None:
        """The hard lesson that requires what cannot be reached, or None."""
        hard = next((one.rule for one in advice if str(one.literal) == error.condition), None)
        rules = (r for r in self.library.lessons.of_skill(error.skill) if r.kind == "needs" and r.strength == "hard")
        return hard or next((rule for rule in rules if _grounded(rule, steps, error.condition)), None)

    def _reachable(self, step: Step, advice: PieceOfAdvice, others: list[PieceOfAdvice]) -> bool:
        """Whether a step is possible with one piece of advice and without the others."""
        wants = [one for one in step.wants if one not in [other.literal for other in others]]
        alone = replace(step, wants=(*wants, *([advice.literal] if advice.literal else [])))
        try:
            self.checker.complete((alone,), self.facts)
        except Unreachable:
            return False
        return True

    def _around_failing(
        self, parts: Sequence[Part], asked: list[tuple[str, dict[str, object]]], done: tuple[Part, ...],
        after: frozenset[Fact],
    ) -> Done:  # fmt: skip
        """The same without inserted steps that are known to fail here, when other skills can replace them."""
        bad = {
            step.spec.name for step in steps_of(done) if called(step) not in asked and self._failing(step) is not None
        } - {name for name, _ in asked}
        if not bad:
            return done, after
        other = replace(self.checker, library=without(self.checker.library, frozenset(bad)))
        try:
            return other.complete(self._advised(parts), self.facts, settle=True)
        except SkillStackError:
            return done, after

    def _failing(self, step: Step) -> LearntRule | None:
        """The lesson that a step always fails here, or None."""
        features = self._features(step)
        found = (rule for rule in self.library.lessons.of_skill(step.spec.name) if rule.kind == "fails")
        return next((rule for rule in found if all(holds_in(one, features, step) for one in rule.given)), None)

    def _notes(self, done: Sequence[Part], asked: list[tuple[str, dict[str, object]]]) -> Iterator[str]:
        """What was learned and changes this plan."""
        for step in steps_of(done):
            failing = self._failing(step)
            if failing is not None:
                yield f"{failing}; nothing that I tried helped"
            for one in self._advice(step):
                given = {**step.arguments, BY: step.spec.name}
                if one.manner is not None and given.get(one.manner.parameter) == one.manner.value:
                    yield f"{one.rule.skill} with {one.manner}: {one.told}"
                elif one.manner is not None and not one.manner.holds(given):
                    yield f"asked for otherwise, but {one.rule.skill} needs {one.manner}: {one.told}"
                elif one.literal is not None and not one.literal.holds(self.facts):
                    made = [s for s in steps_of(done) if one.literal in s.effects and put_in(s, asked)]
                    if made:
                        yield f"{made[-1].spec.name} before {step.spec.name}: {one.told}"

    def _explained(self, step: Step, done: Sequence[Part], asked: list[tuple[str, dict[str, object]]]) -> Step:
        """An inserted step that names the lesson it serves."""
        if not put_in(step, asked):
            given = {**step.arguments, BY: step.spec.name}
            manners = [one for one in self._advice(step) if one.manner and one.manner.holds(given)]
            return replace(step, why=f"{step.why} – {manners[0].manner}, {manners[0].told}") if manners else step
        for other in steps_of(done):
            for one in self._advice(other):
                if one.literal is not None and one.literal in step.effects and one.told not in step.why:
                    return replace(step, why=f"{other.spec.name} needs {one.literal} – {one.told}")
        return step


def _hard(advice: PieceOfAdvice) -> bool:
    return advice.rule.strength == "hard"


def _grounded(rule: LearntRule, steps: Iterable[Step], condition: str) -> bool:
    return ActionManner.parse(rule.condition) is None and any(fact_of(rule, step) == condition for step in steps)


def _mapped(parts: Iterable[Part], change: Callable[[Step], Step]) -> tuple[Part, ...]:
    """Parts with every step changed."""
    out: list[Part] = []
    for part in parts:
        if isinstance(part, Loop | Until):
            part = replace(part, body=_mapped(part.body, change))
        elif isinstance(part, Branch):
            part = replace(part, then=_mapped(part.then, change), otherwise=_mapped(part.otherwise, change))
        elif isinstance(part, Step):
            part = change(part)
        elif isinstance(part, Both):
            part = replace(part, branches=tuple(_mapped(branch, change) for branch in part.branches))
        out.append(part)
    return tuple(out)
