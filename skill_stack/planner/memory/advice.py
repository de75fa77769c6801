"""Advice: how lessons enter a plan that is being completed.

Lessons and hunches about a step become facts that are wanted of it, so that the search brings them about like anything
else that is missing; bounds on how it is done become its arguments, where nobody asked for others. What cannot be
brought about is dropped, unless the lesson is hard. Which hunches are tried is decided by how much likelier success
becomes; of those that worked together one is left out again, so that the next run tells which of them was it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.fact import Fact, Literal
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.memory.candidates import comes_with
from skill_stack.planner.memory.experience import things_of
from skill_stack.planner.memory.features import Manner, attributes, is_manner, lifted
from skill_stack.planner.memory.rule import Rule
from skill_stack.planner.memory.taught_library import TaughtLibrary
from skill_stack.planner.symbolic.checker import Checker, Unreachable, without
from skill_stack.planner.symbolic.step import Both, Branch, Loop, Part, Step, Until, steps_of

MOST_TRIED = 4
"""Hunches that one step tries at once."""
WORTH = 0.03
"""How much likelier success must become for a hunch to be tried; a step costs time too."""
AT_STAKE = 0.5
"""The same where trying or failing may do harm."""
SETTLED = 4
"""Successes with the same hunches together, from which one of them is left out to see which it was."""
LITTLE = 0.35
"""Share of what was tried together that may be left out after a single success."""
MOST_ROUNDS = 12
"""How often a plan is completed anew, each time with advice for the steps that were put in or without what failed."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One rule as it applies to one step.

    Attributes:
        rule: The rule.
        literal: The fact that is wanted, or None for a bound on an argument.
        manner: The bound, or None for a fact.
    """

    rule: Rule
    literal: Literal | None = None
    manner: Manner | None = None

    @property
    def told(self) -> str:
        """Why, for people."""
        e, rule = self.rule.evidence, self.rule
        if rule.strength == "hunch":
            worked = f" and succeeded {e.with_success} time(s) with it" if e.with_success else ""
            return f"a try: {rule.skill} failed {e.without_failure} time(s) without{worked}, and this may be why"
        if rule.origin == "person":
            return "a person said so"
        return f"learnt: {rule.skill} succeeded {e}"


Done = tuple[tuple[Part, ...], frozenset[Fact]]


def complete(
    checker: Checker, library: SkillLibrary, parts: Sequence[Part], facts: frozenset[Fact], scene: SceneGraph,
    notes: list[str],
) -> Done:  # fmt: skip
    """Completes a plan as :meth:`Checker.complete` does, keeping to the lessons of the library where it has any.

    Args:
        checker: Completes plans.
        library: The planner's library; a plain one knows no lessons.
        parts: Steps as asked for.
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
        asked: Skill and arguments of each step that was asked for.
    """

    checker: Checker
    library: TaughtLibrary
    facts: frozenset[Fact]
    scene: SceneGraph
    dropped: set[tuple[str, str]] = field(default_factory=set)
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def complete(self, parts: Sequence[Part], notes: list[str]) -> Done:
        """The plan with everything that its steps and those put in need."""
        self.asked = asked = [_called(step) for step in steps_of(parts)]
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
        """A step that wants what lessons and hunches say, done the way they say."""
        arguments, wants = dict(step.arguments), list(step.wants)
        for one in self._advice(step):
            if one.literal is not None and one.literal not in (*wants, *step.needs):
                wants.append(one.literal)
            if one.manner is not None and _free(step, one.manner):
                arguments[one.manner.parameter] = one.manner.value
        return replace(step, arguments=arguments, wants=tuple(wants))

    def _advice(self, step: Step) -> list[Advice]:
        """What applies to a step."""
        rules = self.library.lessons.of_skill(step.spec.name)
        if not rules:
            return []
        features = self._features(step)
        active = [
            rule
            for rule in rules
            if rule.kind == "needs" and all(_holds(one, features, step) for one in rule.given)
        ]
        lessons = [rule for rule in active if rule.strength != "hunch"]
        serving = _put_in(step, self.asked) and any(name == step.spec.name for name, _ in self.asked)
        tried = [] if serving else [rule for rule in active if rule.strength == "hunch"]
        hunches = self._tried(tried, features, step)
        made = [_advice_of(rule, step) for rule in (*lessons, *hunches)]
        made = [one for one in made if one.literal is None or not _made_by(step, one.literal)]
        return [one for one in made if (step.spec.name, str(one.literal)) not in self.dropped]

    def _features(self, step: Step) -> frozenset[str]:
        known = attributes(things_of(self.scene), step.arguments)
        return lifted(self.facts | self.scene.facts | known, step.arguments)

    def _tried(self, hunches: list[Rule], features: frozenset[str], step: Step) -> list[Rule]:
        """The hunches whose trying makes success most likely."""
        worth: dict[str, float] = {}
        best: dict[str, Rule] = {}
        gone = [rule for rule in hunches if (step.spec.name, _fact(rule, step)) in self.dropped]
        share = 1.0 - min(sum(rule.weight for rule in gone), 0.9)  # what cannot be tried leaves its weight to the rest
        for rule in hunches:
            if rule not in gone and not _holds(rule.condition, features, step):
                worth[rule.condition] = worth.get(rule.condition, 0.0) + rule.weight / share
                if rule.weight > best.get(rule.condition, replace(rule, weight=-1.0)).weight:
                    best[rule.condition] = rule
        least = AT_STAKE if step.spec.hazard == "high" else WORTH
        chosen: list[str] = []
        for one in sorted(worth, key=lambda one: (-worth[one], one)):
            together = next((other for other in chosen if comes_with(self.library, one, other)), None)
            if together is not None:
                worth[together] += worth[one]  # comes with it
            elif worth[one] >= least and len(chosen) < MOST_TRIED and _compatible(one, chosen):
                chosen.append(one)
        if len(chosen) > 1:
            loss = worth[chosen[-1]] / sum(worth[one] for one in chosen)
            enough = 1 if loss <= LITTLE and step.spec.hazard != "high" else SETTLED
            if all(best[one].evidence.with_success >= enough for one in chosen):
                chosen.pop()
        kept = {rule.condition: rule for rule in hunches if rule not in gone and rule.weight >= WORTH
                and Manner.parse(rule.condition) is None and _holds(rule.condition, features, step)}  # fmt: skip
        return [*(best[one] for one in chosen), *kept.values()]  # what holds by now is not to be undone before

    def _drop(self, error: Unreachable, advised: Sequence[Part]) -> bool:
        """Gives up the weakest advice of the step that cannot be reached; False when none can be given up."""
        of_step = [step for step in steps_of(advised) if step.spec.name == error.skill]
        advice = [one for step in of_step for one in self._advice(step) if one.literal is not None]
        soft = [(step, one) for step in of_step for one in self._advice(step) if one.literal and not _hard(one)]
        if soft:
            alone = [one for step, one in soft if not self._reachable(step, one, [other for _, other in soft])]
            weakest = min((one for _, one in soft), key=lambda one: (one.rule.strength == "soft", one.rule.weight))
            gone = alone or [weakest]
            self.dropped |= {(error.skill, str(one.literal)) for one in gone}
            return True
        hard = next((one for one in advice if str(one.literal) == error.condition), None)
        general = (r for r in self.library.lessons.of_skill(error.skill) if r.kind == "needs" and r.strength == "hard")
        rule = hard.rule if hard else next((r for r in general if _grounded(r, of_step, error.condition)), None)
        if rule is not None:
            text = f"{error} ({rule}; 'skill-stack lessons delete' makes me forget it)"
            error.args = (text,)
        return False

    def _reachable(self, step: Step, advice: Advice, others: list[Advice]) -> bool:
        """Whether a step can be done with one piece of advice and without the others."""
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
        """The same without put-in steps that are known to fail here, when other skills do instead."""
        bad = {
            step.spec.name
            for step in steps_of(done)
            if _called(step) not in asked and self._failing(step) is not None
        } - {name for name, _ in asked}
        if not bad:
            return done, after
        other = replace(self.checker, library=without(self.checker.library, frozenset(bad)))
        try:
            return other.complete(self._advised(parts), self.facts, settle=True)
        except SkillStackError:
            return done, after

    def _failing(self, step: Step) -> Rule | None:
        """The lesson that a step fails here whatever is tried, or None."""
        features = self._features(step)
        found = (rule for rule in self.library.lessons.of_skill(step.spec.name) if rule.kind == "fails")
        return next((rule for rule in found if all(_holds(one, features, step) for one in rule.given)), None)

    def _notes(self, done: Sequence[Part], asked: list[tuple[str, dict[str, object]]]) -> Iterator[str]:
        """What was learnt and changes this plan."""
        for step in steps_of(done):
            failing = self._failing(step)
            if failing is not None:
                yield f"{failing}; nothing that I tried helped"
            for one in self._advice(step):
                if one.manner is not None and step.arguments.get(one.manner.parameter) == one.manner.value:
                    yield f"{one.rule.skill} with {one.manner}: {one.told}"
                elif one.manner is not None and not one.manner.holds(step.arguments):
                    yield f"asked for otherwise, but {one.rule.skill} needs {one.manner}: {one.told}"
                elif one.literal is not None and not one.literal.holds(self.facts):
                    made = [s for s in steps_of(done) if one.literal in s.effects and _put_in(s, asked)]
                    if made:
                        yield f"{made[-1].spec.name} before {step.spec.name}: {one.told}"

    def _explained(self, step: Step, done: Sequence[Part], asked: list[tuple[str, dict[str, object]]]) -> Step:
        """A put-in step that says which lesson it serves."""
        if not _put_in(step, asked):
            manners = [one for one in self._advice(step) if one.manner and one.manner.holds(step.arguments)]
            return replace(step, why=f"{step.why} – {manners[0].manner}, {manners[0].told}") if manners else step
        for other in steps_of(done):
            for one in self._advice(other):
                if one.literal is not None and one.literal in step.effects and one.told not in step.why:
                    return replace(step, why=f"{other.spec.name} needs {one.literal} – {one.told}")
        return step


def _hard(advice: Advice) -> bool:
    return advice.rule.strength == "hard"


def _made_by(step: Step, literal: Literal) -> bool:
    """Whether a step itself brings a fact about, so that it cannot have to come before it."""
    fact = Fact(literal.predicate, literal.arguments)
    return any(one.positive == literal.positive and one.matches(fact) for one in step.effects)


def _called(step: Step) -> tuple[str, dict[str, object]]:
    """Skill and arguments of a step without those that say how it is done."""
    manners = {parameter.name for parameter in step.spec.goal if is_manner(parameter)}
    return step.spec.name, {name: value for name, value in step.arguments.items() if name not in manners}


def _put_in(step: Step, asked: list[tuple[str, dict[str, object]]]) -> bool:
    return _called(step) not in asked


def _advice_of(rule: Rule, step: Step) -> Advice:
    manner = Manner.parse(rule.condition)
    return Advice(rule, manner=manner) if manner else Advice(rule, Literal.parse(rule.condition).ground(step.arguments))


def _fact(rule: Rule, step: Step) -> str:
    return str(_advice_of(rule, step).literal)


def _holds(feature: str, features: frozenset[str], step: Step) -> bool:
    manner = Manner.parse(feature)
    if manner is not None:
        return manner.holds(step.arguments)
    return (feature[4:] not in features) if feature.startswith("not ") else feature in features


def _free(step: Step, manner: Manner) -> bool:
    """Whether nobody asked for another value: the argument has its default, and may be left to the robot."""
    parameter = next((one for one in step.spec.goal if one.name == manner.parameter), None)
    if parameter is None or not is_manner(parameter) or manner.holds(step.arguments):
        return False
    return step.arguments.get(manner.parameter) == parameter.default


def _compatible(condition: str, chosen: Iterable[str]) -> bool:
    """Whether a condition can be tried beside others: not its opposite, and one bound for an argument."""
    manner = Manner.parse(condition)
    for other in chosen:
        known = Manner.parse(other)
        if manner and known and manner.parameter == known.parameter:
            return False
        if condition in (f"not {other}", other.removeprefix("not ")):
            return False
    return True


def _grounded(rule: Rule, steps: Iterable[Step], condition: str) -> bool:
    return Manner.parse(rule.condition) is None and any(_fact(rule, step) == condition for step in steps)


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
