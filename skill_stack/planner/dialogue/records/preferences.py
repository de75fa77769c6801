"""Preferences: recurring corrections become defaults of later plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import GoalParameter
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import load_lexicon, words_of
from skill_stack.planner.dialogue.corrector import FASTEST, SLOWEST, gap_of, has_pace
from skill_stack.planner.dialogue.records.correction_log import LOOKS, RESTATED, TERMS, CorrectionRecord
from skill_stack.planner.dialogue.restatement import TIMES
from skill_stack.planner.open_objects import fitting, left_open

RECURS = 3
"""Consecutive newest corrections in the same direction that make a preference."""
PACE = "pace"
MOST_TIMES = 20
"""Largest number of times that is preferred."""
Value = float | str
Key = tuple[str, str, str]
"""Skill, parameter, and for an object its kind."""


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's preference for a skill.

    Attributes:
        skill: The skill.
        parameter: ``pace`` or the name of an argument.
        value: What later plans begin with; of an object its id, or its colour where corrections named several.
        usual: What they begin with otherwise; empty for an object.
        because: Numbers of the corrections that it comes from.
        kind: Of an object: its kind. The preference is among objects of that kind.
        words: Words of the choices of an argument; one of them in an instruction states it.
        distance: Whether it is a distance that is kept.
    """

    skill: str
    parameter: str
    value: Value
    usual: Value
    because: tuple[int, ...]
    kind: str = ""
    words: tuple[str, ...] = ()
    distance: bool = False

    @property
    def name(self) -> str:
        """``skill.parameter``."""
        return f"{self.skill}.{self.parameter}"

    @property
    def sentence(self) -> str:
        """What it means, for people."""
        skill, parameter = self.skill.replace("_", " "), self.parameter.replace("_", " ")
        if isinstance(self.value, str) or isinstance(self.usual, str):
            value = str(self.value).replace("_", " ")
            return f"{skill}: {value}" + (f" among things of kind {self.kind}" if self.kind else f" as {parameter}")
        if self.parameter == PACE:
            return f"{skill} {'slower' if self.value < self.usual else 'faster'} than usual ({100 * self.value:.0f} %)"
        more = "more" if self.value > self.usual else "less"
        if self.distance:
            return f"{skill} with {more} distance than usual ({self.value:g} m)"
        return f"{skill} with {more} {parameter} than usual ({self.value:g})"

    def stated(self, instruction: str) -> bool:
        """Whether words state the argument themselves, so that it is not open."""
        tokens = words_of(instruction)
        if self.words:
            text = f" {' '.join(token.text for token in tokens)} "
            return any(f" {word} " in text for word in self.words)
        quantities = load_lexicon().quantities
        known = {*quantities.numbers, *quantities.fractions, *quantities.repeats}
        return any(token.number is not None or token.text in known for token in tokens)


def preferences(records: Iterable[CorrectionRecord], library: SkillLibrary) -> tuple[Preference, ...]:
    """Preferences derived from the corrections of one robot, for any argument.

    The newest :data:`RECURS` corrections of an argument must go the same way: a number up or down, a choice or an
    object to the same one. One the other way ends the preference. One that was said to last counts at once.

    Args:
        records: Corrections, oldest first.
        library: Skills of the robot; preferences for other skills or arguments are ignored.
    """
    series: dict[Key, list[CorrectionRecord]] = {}
    for record in records:
        for parameter in record.effect:
            known = record.taken and record.skill in library and record.kind != TERMS
            if known and (parameter in (PACE, TIMES) or _argument(library, record.skill, parameter) is not None):
                series.setdefault((record.skill, parameter, _kind(record, parameter)), []).append(record)
    found = (_preference(library, key, kept) for key, kept in series.items())
    return tuple(one for one in found if one is not None)


def _argument(library: SkillLibrary, skill: str, parameter: str) -> GoalParameter | None:
    """The argument; None where the library has none of that name that may be preferred."""
    goal = library[skill].goal
    return next((one for one in goal if one.name == parameter and one.type in ("number", "choice", "object")), None)


def _kind(record: CorrectionRecord, parameter: str) -> str:
    """Kind of the object before and after a correction; empty where it is none, or another kind."""
    looks = record.situation.get(LOOKS, {})
    kinds = {str(looks.get(str(value), [""])[0]) for value in record.effect[parameter]}
    return kinds.pop() if len(kinds) == 1 else ""


def _preference(library: SkillLibrary, key: Key, records: list[CorrectionRecord]) -> Preference | None:
    """The preference that one series makes, or None."""
    newest = records[-1:] if records[-1].lasting else records[-RECURS:]
    if len(newest) < RECURS and not newest[-1].lasting:
        return None
    spec = _argument(library, key[0], key[1])
    if spec is None and key[1] == TIMES:
        return _number_preference(key, 1, newest, (1, MOST_TIMES))
    if spec is None:
        return _number_preference(key, 1.0, newest, (SLOWEST, FASTEST)) if has_pace(library[key[0]]) else None
    if spec.type == "object":
        return _object_preference(key, newest)
    if spec.type == "choice":
        return _choice_preference(key, spec, newest)
    assert spec.lower is not None and spec.upper is not None
    made = _number_preference(key, _usual(spec, key[1], newest), newest, (spec.lower, spec.upper))
    return made and replace(made, distance=gap_of(library[key[0]]) == spec)


def _object_preference(key: Key, newest: Sequence[CorrectionRecord]) -> Preference | None:
    """The object that was named each time, or the colour of those; None for neither."""
    ids = {str(one.effect[key[1]][1]) for one in newest}
    colours = {str(one.situation.get(LOOKS, {}).get(str(one.effect[key[1]][1]), ["", ""])[1]) for one in newest}
    value = ids if len(ids) == 1 else colours
    if not key[2] or len(value) != 1 or value == {""}:
        return None
    return Preference(key[0], key[1], value.pop(), "", _because(newest), key[2])


def _choice_preference(key: Key, spec: GoalParameter, newest: Sequence[CorrectionRecord]) -> Preference | None:
    """The choice that was named each time; None where it is the default, or there is none."""
    after = {one.effect[key[1]][1] for one in newest}
    if len(after) != 1 or not after <= set(spec.choices) or spec.default is None or after == {spec.default}:
        return None
    words = tuple(word.replace("_", " ") for one in spec.choices for word in spec.words_of(one))
    return Preference(key[0], key[1], str(after.pop()), spec.default, _because(newest), words=words)


def _because(newest: Sequence[CorrectionRecord]) -> tuple[int, ...]:
    return tuple(one.id for one in newest)


def _number_preference(
    key: Key, usual: float | None, newest: Sequence[CorrectionRecord], limits: tuple[float, float]
) -> Preference | None:
    """The preference for a number within its limits; None where there is none."""
    value = _alike([one.effect[key[1]] for one in newest])
    if usual is None or value is None:
        return None
    value = round(min(max(value, limits[0]), limits[1]), 3)
    return None if value == usual else Preference(key[0], key[1], value, usual, _because(newest))


def _alike(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Median size of numbers that were all changed in the same direction; None for others."""
    if not all(_number(before) and _number(after) for before, after in pairs):
        return None
    signed = len({after > 0 for _, after in pairs}) == 1  # else sides differ, and sizes are compared
    sizes = [(before, after) if signed else (abs(before), abs(after)) for before, after in pairs]
    ways = {after > before for before, after in sizes}
    return median(float(after) for _, after in sizes) if len(ways) == 1 else None


def _usual(spec: GoalParameter, parameter: str, newest: Sequence[CorrectionRecord]) -> float | None:
    """The number without a preference: the default, or where words have one of their own, that; None for none."""
    before = {abs(float(one)) if _number(one) else None for one, _ in (record.effect[parameter] for record in newest)}
    default = float(spec.default) if isinstance(spec.default, int | float) else None
    if default is None or (default == 0.0 and 0.0 not in before):
        return before.pop() if len(before) == 1 else None
    restated = all(one.kind == RESTATED for one in newest)
    return default if default or restated else None  # a displacement from nothing is about one place


def _number(value: object) -> bool:
    """Whether it is one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def preferred(plan: Plan, known: Iterable[Preference], scene: SceneGraph | None = None) -> Plan:
    """A plan with preferences applied to open arguments; its reason states them.

    Args:
        plan: Any answer; only plans are changed.
        known: Preferences.
        scene: What there is, for preferences among objects; None applies none of those.
    """
    if plan.tree is None:
        return plan
    used: dict[Key, Preference] = {}
    tree = plan.tree
    for one in known:
        if one.kind:
            tree = tree if scene is None else _with_object(tree, one, plan.instruction, scene, used)
        elif one.parameter == PACE or not one.stated(plan.instruction):
            tree = _with(tree, one, used)
    if not used:
        return plan
    told = ", ".join(one.sentence for one in used.values())
    return replace(plan, tree=tree, reason=f"{plan.reason} ({told}, since you corrected that before)".strip())


def _with(node: PlanNode, one: Preference, used: dict[Key, Preference]) -> PlanNode:
    """A node with a preferred argument; the pace is only noted, since a request carries it."""
    if one.parameter == TIMES and node.type == "repeat":
        return node  # how often it is done is said
    children = tuple(_with(child, one, used) for child in node.children)
    if node.type != "skill" or node.skill != one.skill:
        return replace(node, children=children)
    if one.parameter == TIMES:
        used[one.skill, one.parameter, one.kind] = one
        return PlanNode("repeat", (node,), arguments={"count": round(float(one.value))}, why=node.why)
    given, value = node.arguments.get(one.parameter, one.usual), one.value
    if one.parameter != PACE and given != one.usual:
        if not (_number(given) and _number(value) and one.usual and abs(abs(given) - abs(float(one.usual))) < 1e-3):
            return replace(node, children=children)
        value = value if (given > 0) == (float(one.usual) > 0) else -float(value)  # the same to the other side
    used[one.skill, one.parameter, one.kind] = one
    arguments = node.arguments if one.parameter == PACE else {**node.arguments, one.parameter: value}
    return replace(node, arguments=arguments, children=children)


def _with_object(
    tree: PlanNode, one: Preference, instruction: str, scene: SceneGraph, used: dict[Key, Preference]
) -> PlanNode:
    """A tree with the preferred object wherever the words leave open which of its kind is meant."""
    named = {str(node.arguments.get(one.parameter)) for node in tree.every_skill() if node.skill == one.skill}
    for name in sorted(named & scene.objects.keys()):
        open_ = left_open(instruction, scene.objects[name])
        if scene.objects[name].kind != one.kind or open_ is None:
            continue
        others = fitting(scene.objects[name], open_, scene)
        wanted = [thing for thing in others if one.value in (thing.id, thing.colour)]
        if wanted:
            tree = _exchanged(tree, name, wanted[0].id)
            used[one.skill, one.parameter, one.kind] = one
    return tree


def _exchanged(node: PlanNode, before: str, after: str) -> PlanNode:
    """A tree with one object in place of another."""
    arguments = {name: after if value == before else value for name, value in node.arguments.items()}
    return replace(node, arguments=arguments, children=tuple(_exchanged(one, before, after) for one in node.children))


def paced(request: SkillRequest, known: Iterable[Preference]) -> SkillRequest:
    """A request at the preferred pace of its skill."""
    wanted = next((one.value for one in known if one.skill == request.skill and one.parameter == PACE), None)
    return request if wanted is None or request.pace != 1.0 else replace(request, pace=float(wanted))
