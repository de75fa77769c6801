"""Lessons: all rules of one robot, learned or written by a person, and their use by the planner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal
from skill_stack.planner.memory.candidates import makers
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.features import ActionManner, TaskEvent, as_asked, events_of, object_parameters
from skill_stack.planner.memory.learner import hidden_effects, learn
from skill_stack.planner.memory.rule import Evidence, LearntRule, RuleKind
from skill_stack.planner.memory.store import ExperienceStore
from skill_stack.planner.memory.troubles import IN_THE_THING, Trouble, Troubles

NEWEST = 400
"""Experiences that are learnt from."""
FIELDS = ("skill", "kind", "condition", "given", "strength")
"""What a person may write of a rule."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """The rules of one robot.

    Attributes:
        rules: Lessons, hunches and what is known to make no difference, in the order in which they are shown.
        troubles: Things with which a skill failed when it was last tried, and why.
        failed: Skills with the kinds of things with which they failed; nothing is tried out with other kinds.
    """

    rules: tuple[LearntRule, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    failed: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def from_experiences(
        cls, experiences: Iterable[Experience], library: SkillLibrary, edits: Mapping[str, Any] | None = None
    ) -> Lessons:
        """What experiences teach.

        Args:
            experiences: Oldest first.
            library: Skills as their files state; other skills are skipped.
            edits: Decisions of a person, by key of the rule, see :meth:`ExperienceStore.edits`.
        """
        things: dict[str, str] = {}
        troubles = Troubles()
        by_skill: dict[str, list[Any]] = {}
        shared: dict[Any, Any] = {}
        for task in experiences:
            things.update((thing.id, thing.kind) for thing in task.things)
            for event in events_of([task], shared):
                if event.cause in IN_THE_THING:
                    continue  # it is explained; see Troubles
                asked, arguments = as_asked(event.skill, event.arguments, library)
                by_skill.setdefault(asked, []).append(replace(event, skill=asked, arguments=arguments))
            troubles.note(task, library)
        learnt = [
            rule
            for spec in library
            for rule in (
                *learn(spec, by_skill.get(spec.name, ()), library, things),
                *hidden_effects(spec, by_skill.get(spec.name, ())),
            )
        ]
        return cls(_edited(learnt, edits or {}), troubles.present, _failed(by_skill, library, things))

    @classmethod
    def from_store(cls, store: ExperienceStore, library: SkillLibrary) -> Lessons:
        """What a robot's kept experiences teach, with the person's edits."""
        return cls.from_experiences(store.each(library.robot, NEWEST), library, store.edits(library.robot))

    @property
    def claimed(self) -> tuple[LearntRule, ...]:
        """The rules without the hunches: those that may be stated as facts."""
        return tuple(rule for rule in self.rules if rule.strength != "hunch")

    def apply(self, library: SkillLibrary) -> SkillLibrary:
        """The library with the lessons in it; ``Planner(lessons.apply(library))`` keeps to them.

        Hard lessons that apply everywhere become preconditions of the skill, so that every user of the library follows
        them; the planner applies the others when it completes a plan.

        Args:
            library: Skills as their files state.
        """
        entries = {name: self._taught(entry, library) for name, entry in library.entries.items()}
        return TaughtLibrary(library.robot, entries, lessons=self)

    def of_skill(self, skill: str) -> tuple[LearntRule, ...]:
        """The rules about a skill."""
        return tuple(rule for rule in self.rules if rule.skill == skill)

    def named(self, key: str) -> LearntRule:
        """The rule with a key, or that whose key begins so.

        Raises:
            UnknownName: There is none, or there are several.
        """
        keys = [rule.key for rule in self.rules]
        found = [rule for rule in self.rules if rule.key == key] or [r for r in self.rules if r.key.startswith(key)]
        if len(found) != 1:
            raise UnknownName("lesson", key, keys)
        return found[0]

    def _taught(self, entry: SkillEntry, library: SkillLibrary) -> SkillEntry:
        if entry.spec is None:
            return entry
        hard = [
            rule.condition
            for rule in self.of_skill(entry.name)
            if rule.kind == "needs" and rule.strength == "hard" and not rule.given
            if ActionManner.parse(rule.condition) is None and rule.condition not in entry.spec.preconditions
            if entry.name not in makers(library, rule.condition)  # it would have to come before itself
        ]
        more = [
            rule.condition
            for rule in self.of_skill(entry.name)
            if rule.kind == "makes" and rule.condition not in entry.spec.effects
        ]
        if not hard and not more:
            return entry
        spec = entry.spec
        update = {"preconditions": (*spec.preconditions, *hard), "effects": (*spec.effects, *more)}
        return replace(entry, spec=spec.model_copy(update=update))


def _failed(
    by_skill: Mapping[str, Sequence[TaskEvent]], library: SkillLibrary, kinds: Mapping[str, str]
) -> frozenset[tuple[str, str]]:
    """Skills with the kinds of the things with which they failed."""
    known = ((skill, events) for skill, events in by_skill.items() if skill in library)
    return frozenset(
        (skill, kinds.get(str(event.arguments.get(name)), ""))
        for skill, events in known
        for name in object_parameters(library[skill])[:1]
        for event in events
        if not event.success
    )


@dataclass(frozen=True, slots=True)
class TaughtLibrary(SkillLibrary):
    """A library with lessons.

    Attributes:
        lessons: What was learnt.
    """

    lessons: Lessons = field(default_factory=Lessons)


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's edit of a lesson.

    Attributes:
        state: ``pinned`` (stays as it is), ``deleted`` (is not learnt again), ``written`` (the person's own).
        rule: The rule as plain data with the keys :data:`FIELDS`.
    """

    state: str
    rule: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The edit as the store keeps it."""
        return {"state": self.state, "rule": dict(self.rule)}


def rule_from(data: Any) -> LearntRule:
    """The rule that a person wrote.

    Args:
        data: Plain data with the keys :data:`FIELDS`; ``given`` and ``strength`` (``hard``) may be left out.

    Raises:
        DataError: Something is missing or wrong; the message states what is expected.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("skill"), str):
        raise DataError("a lesson has 'skill', 'kind' (needs, useless, fails, makes), 'condition' and perhaps 'given'")
    kind, condition = data.get("kind", "needs"), str(data.get("condition", ""))
    given, strength = data.get("given", []), data.get("strength", "hard")
    if kind not in get_args(RuleKind):
        raise DataError(f"lesson on {data['skill']}: kind is one of {', '.join(get_args(RuleKind))}, not {kind!r}")
    if strength not in ("hard", "soft"):
        raise DataError(f"lesson on {data['skill']}: strength is hard or soft, not {strength!r}")
    if not isinstance(given, list | tuple) or (kind != "fails") != bool(condition):
        raise DataError(f"lesson on {data['skill']}: 'given' is a list; 'condition' is for all kinds but fails")
    for text in (*([condition] if condition else []), *map(str, given)):
        if ActionManner.parse(text) is None:
            Literal.parse(text)
    return LearntRule(data["skill"], kind, condition, tuple(map(str, given)), 1.0, strength, Evidence(), "person", True)


def plain_rule(rule: LearntRule) -> dict[str, Any]:
    """The editable part of a rule."""
    strength = "soft" if rule.strength == "hunch" else rule.strength
    return {"skill": rule.skill, "kind": rule.kind, "condition": rule.condition, "given": list(rule.given),
            "strength": strength}  # fmt: skip


def _edited(learnt: list[LearntRule], edits: Mapping[str, Any]) -> tuple[LearntRule, ...]:
    """Rules with a person's edits, which take precedence."""
    out: list[LearntRule] = []
    gone = {key for key, edit in edits.items() if edit.get("state") == "deleted"}
    for key, edit in edits.items():
        if key in gone:
            continue
        rule = rule_from(edit.get("rule"))
        found = next((one for one in learnt if one.key == key), None)
        own = edit.get("state") == "written"
        counted = found.evidence if found else _kept(edit)
        out.append(replace(rule, evidence=counted, origin="person" if own else "learnt"))
    known = {rule.key for rule in out}
    stated = {(rule.skill, rule.condition) for rule in out}
    rest = [rule for rule in learnt if rule.key not in known | gone and (rule.skill, rule.condition) not in stated]
    rest = [rule for rule in rest if not (rule.strength == "hunch" and _deleted(rule, gone))]
    order = {"hard": 0, "soft": 1, "hunch": 2}
    return (*out, *sorted(rest, key=lambda rule: (order[rule.strength], rule.skill, -rule.weight, rule.key)))


def _deleted(rule: LearntRule, gone: set[str]) -> bool:
    """Whether a person deleted a hunch for every robot and scene."""
    return replace(rule, given=()).key in gone


def _kept(edit: Mapping[str, Any]) -> Evidence:
    """The evidence that a pinned rule had when it was pinned."""
    counts = edit.get("evidence") or {}
    return Evidence(**{name: int(counts.get(name, 0)) for name in Evidence.__dataclass_fields__})
