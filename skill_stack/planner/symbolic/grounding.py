"""Grounding: skills with arguments as bit masks over the facts that can matter for a goal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import HAZARD, Step
from skill_stack.core.world.fact import Fact, Literal

MOST_ACTIONS = 8000
"""Skills with arguments that one search may consider."""

UNIT = 1000
"""What counts in a cost is apart by this factor: steps, hazard, phases that cannot be left, things brought about."""

MOST_THINGS = 10
"""Things that a skill may take, at most: with as many brought about, one that takes fewer is cheaper."""

Unfit = Callable[[str, str, bool], bool]
"""Whether a thing, by its id, is implausible for a parameter, by its name (a plate is not guided); the last argument
states whether the thing would be chosen freely, because the request does not determine it."""


def accepts_everything(_parameter: str, _thing: str, _free: bool) -> bool:
    """Accepts every thing."""
    return False


Atom = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Action:
    """A step as masks over the facts of a :class:`PlanningTask`.

    Attributes:
        step: The step.
        cost: What it costs, see :func:`step_cost`.
        true: Facts that must be so.
        false: Facts that must not be so.
        some: Masks of which one fact each must be so: needs with wildcards.
        ended: Facts that it ends.
        made: Facts that it makes.
    """

    step: Step
    cost: int
    true: int
    false: int
    some: tuple[int, ...]
    ended: int
    made: int

    def possible(self, state: int) -> bool:
        """Whether everything needed holds."""
        return state & self.true == self.true and not state & self.false and all(state & one for one in self.some)

    def after(self, state: int) -> int:
        """The state afterwards."""
        return state & ~self.ended | self.made


@dataclass(frozen=True, slots=True)
class PlanningTask:
    """What a search works on.

    Attributes:
        facts: Number of facts.
        start: What holds before.
        actions: What can be done and may matter.
        goal: The goal, as needs of a last action that changes nothing.
        whole: Whether ``actions`` are all that can matter; False when there were too many.
    """

    facts: int
    start: int
    actions: tuple[Action, ...]
    goal: Action
    whole: bool


def step_cost(spec: SkillSpec) -> int:
    """What one use of a skill costs: a step counts more than any hazard, that more than any phase, and so on.

    A composite costs its steps.
    """
    steps = 1 if spec.composite is None else sum(1 for _ in spec.composite.tree().every_skill())
    contacts = sum(phase.kind != "free" for phase in spec.phases)
    made = sum(not text.startswith("not ") for text in spec.effects)
    things = sum(parameter.type == "object" for parameter in spec.goal)
    return ((steps * UNIT + HAZARD[spec.hazard]) * UNIT + contacts) * UNIT + MOST_THINGS * made + things


def ground(
    library: SkillLibrary,
    objects: Sequence[str],
    facts: frozenset[Fact],
    wants: Iterable[Literal],
    wide: bool = True,
    unmet: bool = False,
    unfit: Unfit = accepts_everything,
    lean: bool = False,
) -> PlanningTask:
    """Actions and facts that can matter for a goal, found backwards from it.

    Args:
        library: Skills.
        objects: What arguments may be.
        facts: What is true before.
        wants: The goal, ground literals, wildcards allowed.
        wide: Whether a skill that ends every fact of a kind may also be used with another one than is to end; that is
            seldom of use and takes many more actions.
        unmet: Whether only unmet literals are expanded; sufficient where few are missing.
        unfit: Returns which arguments are implausible.
        lean: Whether literals that hold already are not expanded, so that a free hand among a hundred things does not
            add every possible placement of every thing; sufficient where no step on the way ends them.
    """  # fmt: skip
    wants = tuple(wants)
    relevant = _Relevant(library, objects, facts, wide, unmet, unfit)
    held = [want for want in wants if want.holds(facts)]
    open_ones = [want for want in wants if want not in held]
    # What is taken up last is looked into first, and the work is bounded: what is still missing comes before the rest.
    steps, whole = relevant.steps(open_ones if lean else [*held, *open_ones])
    whole = whole and not relevant.narrowed and not unmet and not lean
    universe = _Universe(facts, steps)
    actions = tuple(universe.action(step) for step in steps)
    goal = universe.action(Step(_NOTHING, {}, wants=wants), 0)
    return PlanningTask(universe.size, universe.start, actions, goal, whole)


_NOTHING = SkillSpec.model_validate(
    {
        "name": "nothing", "robot": "", "kind": "guided", "description": "the end", "timeout": 1.0,
        "envelope": {"tilt": 1.0, "angular_speed": 1.0}, "phases": [{"name": "only", "stance": "nothing"}],
        "provenance": {"recipe": "none"}, "guided": {"base": "nothing", "guide": "none"},
    }
)  # fmt: skip


class _Relevant:
    """Skills with arguments that achieve a goal literal, or a need of such a skill, and so on."""

    def __init__(
        self, library: SkillLibrary, objects: Sequence[str], facts: frozenset[Fact], wide: bool, unmet: bool,
        unfit: Unfit,
    ) -> None:  # fmt: skip
        self._unfit, self._fits = unfit, dict[str, tuple[str, ...]]()
        self._given = facts if unmet else None
        self._objects, self._wide, self.narrowed = tuple(objects), wide, False
        self._needs = {spec.name: [Literal.parse(text) for text in spec.preconditions] for spec in library}
        self._effects = _by_effect(library)
        self._nobody = _constants(library) - set(objects)
        changing = {predicate for predicate, _, _ in self._effects}
        self._possible = set(facts)
        self._queue: list[Literal] = []
        self._denied: list[Literal] = []
        self._met: set[Literal] = set()
        self._start = {name: tuple(some) for name, some in groupby(sorted(facts), lambda fact: fact.predicate)}
        self._by_predicate = {name: list(some) for name, some in self._start.items()}
        gone = {spec.name: {one[4:] for one in spec.effects if one.startswith("not ")} for spec in library}
        self._consumed = {
            name: [n for n in needs if n.positive and str(n) in gone[name]] for name, needs in self._needs.items()
        }
        self._fixed = {
            name: [n for n in needs if n.positive and n.predicate not in changing]
            for name, needs in self._needs.items()
        }

    def steps(self, wants: Iterable[Literal]) -> tuple[list[Step], bool]:
        """The steps in a fixed order, and whether they are all."""
        for want in wants:
            self._want(want, kept=True)
        found: dict[tuple[str, tuple[object, ...]], Step] = {}
        while self._queue:
            for spec, arguments in self._achievers(self._queue.pop()):
                key = (spec.name, tuple(arguments.values()))
                if key in found:
                    continue
                if len(found) >= MOST_ACTIONS:
                    return [found[one] for one in sorted(found, key=_order)], False
                found[key] = step = Step(spec, arguments)
                for need in self._needs[spec.name]:
                    self._want(need.ground(arguments))
                for effect in step.effects:
                    if effect.positive:
                        self._may_be(Fact(effect.predicate, effect.arguments))
        return [found[one] for one in sorted(found, key=_order)], True

    def _want(self, literal: Literal, kept: bool = False) -> None:
        """Takes a need. That something is not so matters only for facts that are so or may come to be so.

        Args:
            literal: What is needed.
            kept: Whether it must hold at the end, so that what ends it meanwhile must be made good.
        """
        if literal in self._met:
            return
        self._met.add(literal)
        if self._given is not None and not kept and literal.holds(self._given):
            return
        if literal.positive:
            self._queue.append(literal)
            return
        self._denied.append(literal)
        for fact in self._by_predicate.get(literal.predicate, ()):
            self._end(literal, fact)

    def _may_be(self, fact: Fact) -> None:
        """Takes a fact that may come to be so."""
        if fact not in self._possible:
            self._possible.add(fact)
            self._by_predicate.setdefault(fact.predicate, []).append(fact)
            for literal in self._denied:
                self._end(literal, fact)

    def _end(self, literal: Literal, fact: Fact) -> None:
        """Takes up that a fact must end where a need denies it."""
        ended = Literal(fact.predicate, fact.arguments, positive=False)
        if literal.matches(fact) and (ended == literal or ended not in self._met):
            self._met.add(ended)
            self._queue.append(ended)

    def _achievers(self, literal: Literal) -> Iterator[tuple[SkillSpec, dict[str, object]]]:
        """Skills with arguments one of whose effects is the literal, or one that a wildcard of it covers."""
        key = (literal.predicate, literal.positive, len(literal.arguments))
        for spec, effect in self._effects.get(key, ()):
            bound = unified(effect, literal)
            if bound is not None and "*" in effect.arguments and not self._wide:
                bound = self._narrowed(spec, literal, bound)
            if bound is not None:
                yield from ((spec, one) for one in self._bindings(spec, bound, self._fixed[spec.name]))

    def _fitting(self, parameter: str) -> tuple[str, ...]:
        """What a parameter may be."""
        if parameter not in self._fits:
            self._fits[parameter] = tuple(one for one in self._objects if not self._unfit(parameter, one, True))
        return self._fits[parameter]

    def _narrowed(self, spec: SkillSpec, literal: Literal, bound: dict[str, str]) -> dict[str, str]:
        """Arguments with which a skill that ends any fact of a kind also needs the one that is to end.

        What is put down with ``not holding(hand, *)`` is then what is held, and not anything else that would have to be
        taken up for that first.
        """
        for need in self._needs[spec.name]:
            if need.positive and need.predicate == literal.predicate:
                more = unified(need.ground(bound), Literal(literal.predicate, literal.arguments))
                if more:
                    self.narrowed = True
                    return {**bound, **more}
        return bound

    def _at_hand(self, spec: SkillSpec, bound: Mapping[str, str]) -> dict[str, set[str]]:
        """What an argument may be that a skill uses up, where something that it could use up is so now.

        A hand that is to be free lays down what it holds, and not anything else that would have to be taken first.
        """
        out: dict[str, set[str]] = {}
        for need in self._consumed[spec.name]:
            now = (Literal(one.predicate, one.arguments) for one in self._start.get(need.predicate, ()))
            more = [unified(need.ground(bound), one) for one in now]
            for name in {name for one in more if one for name in one}:
                out[name] = {one[name] for one in more if one and name in one}
        return out

    def _bindings(
        self, spec: SkillSpec, bound: Mapping[str, str], fixed: Sequence[Literal]
    ) -> Iterator[dict[str, object]]:
        """Every choice of arguments that goes with what is given and with facts that never change."""
        if not fixed:
            yield from self._filled(spec, bound)
            return
        need = fixed[0].ground(bound)
        known = self._by_predicate.get(need.predicate, ())
        if not any(argument.startswith("$") for argument in need.arguments):
            if any(need.matches(fact) for fact in known):
                yield from self._bindings(spec, bound, fixed[1:])
            return
        seen: set[tuple[tuple[str, str], ...]] = set()
        for fact in known:
            more = unified(need, Literal(fact.predicate, fact.arguments))
            if more is not None and (one := tuple(sorted(more.items()))) not in seen:
                seen.add(one)
                yield from self._bindings(spec, {**bound, **more}, fixed[1:])

    def _filled(self, spec: SkillSpec, bound: Mapping[str, str]) -> Iterator[dict[str, object]]:
        """Every choice of the arguments that are open yet."""
        choices: list[Sequence[object]] = []
        held = {} if self._wide else self._at_hand(spec, bound)
        self.narrowed = self.narrowed or bool(held)
        for parameter in spec.goal:
            choice = self._choice(parameter, bound, held)
            if not choice:
                return
            choices.append(choice)
        names = [parameter.name for parameter in spec.goal]
        things = [at for at, parameter in enumerate(spec.goal) if parameter.type == "object"]
        for values in product(*choices):
            if not self._wide and len({values[at] for at in things}) < len(things):
                self.narrowed = True  # things are seldom put on themselves
                continue
            yield dict(zip(names, values, strict=True))

    def _choice(
        self, parameter: GoalParameter, bound: Mapping[str, str], held: Mapping[str, set[str]]
    ) -> Sequence[object]:
        """Possible values of a parameter; empty where they are not known."""
        given = bound.get(parameter.name)
        if given is not None:
            nobody = parameter.type == "object" and given in self._nobody  # nobody puts the robot itself down somewhere
            return () if nobody or self._unfit(parameter.name, given, False) else (given,)
        if parameter.default is not None:
            return (parameter.default,)
        if parameter.type == "number":
            return ()  # nobody says how much
        if parameter.name in held:
            return sorted(held[parameter.name])
        return self._fitting(parameter.name) if parameter.type == "object" else parameter.choices


def _by_effect(library: SkillLibrary) -> dict[tuple[str, bool, int], list[tuple[SkillSpec, Literal]]]:
    """Effects with their skills by predicate, whether they make it so, and number of arguments.

    A skill that is no means is left out. A composite is for what its last step brings about; what comes about on the
    way its other steps do as well.
    """
    out: dict[tuple[str, bool, int], list[tuple[SkillSpec, Literal]]] = {}
    for spec in (one for one in library if one.means):
        last = _last_effects(spec, library)
        for one in map(Literal.parse, spec.effects):
            if last is not None and str(one) not in last:
                continue
            out.setdefault((one.predicate, one.positive, len(one.arguments)), []).append((spec, one))
    return out


def _last_effects(spec: SkillSpec, library: SkillLibrary) -> frozenset[str] | None:
    """What the last step of a composite makes true, with the composite's arguments; None for other skills."""
    if spec.composite is None:
        return None
    *_, node = spec.composite.tree().every_skill()
    made = (Literal.parse(text).ground(node.arguments) for text in library[node.skill].effects)
    return frozenset(str(one) for one in made if one.positive)


def _constants(library: SkillLibrary) -> set[str]:
    """What skills name in their conditions and effects, such as a hand of the robot."""
    literals = (Literal.parse(text) for spec in library for text in (*spec.preconditions, *spec.effects))
    return {name for one in literals for name in one.arguments if name != "*" and not name.startswith("$")}


def _order(key: tuple[str, tuple[object, ...]]) -> tuple[str, tuple[str, ...]]:
    """The same order of steps whatever they were found through."""
    return key[0], tuple(map(str, key[1]))


class _Universe:
    """The facts of the steps, each with a bit."""

    def __init__(self, facts: frozenset[Fact], steps: Iterable[Step]) -> None:
        self._bits: dict[Atom, int] = {}
        self._masks: dict[Atom, int] = {}
        self._like: dict[tuple[str, int], list[tuple[tuple[str, ...], int]]] = {}
        for fact in sorted(facts):
            self._bit(fact.predicate, fact.arguments)
        self.start = (1 << len(self._bits)) - 1
        for step in steps:
            for effect in step.effects:
                if effect.positive:
                    self._bit(effect.predicate, effect.arguments)

    @property
    def size(self) -> int:
        return len(self._bits)

    def _bit(self, predicate: str, arguments: tuple[str, ...]) -> int:
        atom = (predicate, arguments)
        if atom not in self._bits:
            self._bits[atom] = 1 << len(self._bits)
            self._like.setdefault((predicate, len(arguments)), []).append((arguments, self._bits[atom]))
        return self._bits[atom]

    def _mask(self, literal: Literal) -> int:
        """Every fact that a literal may match; all facts must be registered before."""
        if "*" not in literal.arguments:
            return self._bits.get((literal.predicate, literal.arguments), 0)
        asked = (literal.predicate, literal.arguments)
        if asked in self._masks:
            return self._masks[asked]
        found = 0
        for arguments, bit in self._like.get((literal.predicate, len(literal.arguments)), ()):
            if all(mine in ("*", theirs) for mine, theirs in zip(literal.arguments, arguments)):
                found |= bit
        self._masks[asked] = found
        return found

    def action(self, step: Step, cost: int | None = None) -> Action:
        """A step as masks. A fact that nothing makes and that does not hold is one that cannot be had."""
        true = false = ended = made = 0
        some: list[int] = []
        for need in step.needs:
            if not need.positive:
                false |= self._mask(need)
            elif "*" in need.arguments:
                some.append(self._mask(need))
            else:
                true |= self._bit(need.predicate, need.arguments)
        for effect in step.effects:
            if effect.positive:
                made |= self._bit(effect.predicate, effect.arguments)
            else:
                ended |= self._mask(effect)
        return Action(step, step_cost(step.spec) if cost is None else cost, true, false, tuple(some), ended, made)


def unified(effect: Literal, wanted: Literal) -> dict[str, str] | None:
    """Arguments that unify an effect with the goal literal, or None."""
    if len(effect.arguments) != len(wanted.arguments):
        return None
    bound: dict[str, str] = {}
    for mine, theirs in zip(effect.arguments, wanted.arguments, strict=True):
        if mine.startswith("$"):
            if theirs != "*" and bound.setdefault(mine[1:], theirs) != theirs:
                return None
        elif mine != theirs and not (mine == "*" and not effect.positive) and theirs != "*":
            return None
    return bound
