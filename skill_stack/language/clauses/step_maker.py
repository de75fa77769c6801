"""StepMaker: makes steps that approach, face, turn and wait."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.way_constraint import WayConstraint, way_text
from skill_stack.core.steps import Part, Step, spec_cost
from skill_stack.core.units import SCALES, si
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.answers import refusal, skills_known
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.forecast import pose_after
from skill_stack.language.clauses.manners import Manners
from skill_stack.language.clauses.missing_arguments import in_range, spoken
from skill_stack.language.grammar.chunks import Clause, Noun, WayLimit
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.phrases.frames import PhraseFrame, angular, directional, gap_parameter, way_parameter
from skill_stack.language.words.lexicon import Lexicon


@dataclass(slots=True)
class StepMaker:
    """Makes steps in one scene.

    Attributes:
        library: The skills.
        scene: The scene.
        resolver: Resolves noun phrases.
        lexicon: The lexicon.
        frames: Frames by verb.
        discourse: Mentions, and the expected pose of the robot.
        manners: Adverbs of manner.
        notes: Assumptions and omissions, for the user.
        whole: Constraints on the path of every step.
        so: Facts expected after the steps so far.
    """

    library: SkillLibrary
    scene: SceneGraph
    resolver: Resolver
    lexicon: Lexicon
    frames: dict[tuple[str, ...], list[PhraseFrame]]
    discourse: Discourse
    manners: Manners
    notes: list[str] = field(default_factory=list)
    whole: tuple[WayLimit, ...] = ()
    so: frozenset[Fact] = frozenset()

    def _reach(self, noun: Noun, gap: float | None, clause: Clause, limits: Sequence[WayLimit] = ()) -> Step:
        """A step to an object, with free space and constraints on the path if stated.

        Raises:
            Answer: No skill can do so.
        """
        frame = self.by_sense("approach")
        name = gap_parameter(frame.skill, self.lexicon) if frame else None
        if frame is None or (gap is not None and name is None):
            raise refusal(f"I have no skill for '{clause.words}'. I can: {skills_known(self.library)}.")
        (thing, *_) = self.resolver.resolve(noun, self.discourse)
        values: dict[str, float | str] = {frame.roles[0].parameter: thing}
        if gap is not None and name is not None:
            values[name] = gap
        values = self._limited(frame.skill, values, limits)
        step = Step(frame.skill, self._complete(frame.skill, values), f'asked: "{clause.words}"')
        self._follow(step)
        return step

    def _limited(
        self, spec: SkillSpec, values: dict[str, float | str], limits: Sequence[WayLimit]
    ) -> dict[str, float | str]:
        """Arguments with constraints on the path; the distance from what the robot goes to is the gap that it leaves.

        Raises:
            Answer: A constraint speaks of nothing that is known, or the skill does not keep to it.
        """
        mentioned, out = list(self.discourse.mentioned), dict(values)
        name = way_parameter(spec)
        stays = name is None and not any(text.replace(" ", "").startswith("notnear(") for text in spec.effects)
        kept = [self._constraint(spec, out, limit) for limit in (*limits, *(() if stays else self.whole))]
        self.discourse.mentioned[:] = mentioned  # what is kept away from is not what "it" means next
        text = way_text(filter(None, kept))
        return {**out, name: text} if name is not None and text else out

    def _constraint(self, spec: SkillSpec, values: dict[str, float | str], limit: WayLimit) -> WayConstraint | None:
        """A constraint on things of the scene; None where it is the gap to what the robot goes to, which is set.

        Raises:
            Answer: It speaks of nothing that is known, or the skill does not keep to it.
        """
        things, gap = self.resolver.resolve(limit.noun, self.discourse), gap_parameter(spec, self.lexicon)
        if limit.kind == "away" and gap is not None and gap not in values and set(things) & set(values.values()):
            values[gap] = limit.distance
            things = tuple(one for one in things if one not in values.values())
        if things and (way_parameter(spec) is None or (limit.kind == "between" and len(things) != 2)):
            raise refusal(f"{spec.name} does not keep to a path that is '{limit.kind}' {limit.noun.words}.")
        return WayConstraint(limit.kind, things, limit.distance) if things else None  # type: ignore[arg-type]

    def _look_at(self, noun: Noun, clause: Clause) -> Step:
        """A step that faces an object, before moving backwards from it.

        Raises:
            Answer: No skill can do so.
        """
        frame = self.by_sense("face")
        if frame is None:
            raise refusal(f"I have no skill that faces things, so I cannot do '{clause.words}'.")
        (thing, *_) = self.resolver.resolve(noun, self.discourse)
        values: dict[str, float | str] = {frame.roles[0].parameter: thing}
        step = Step(frame.skill, self._complete(frame.skill, values), f'asked: "{clause.words}"')
        self._follow(step)
        return step

    def _half_turn(self, why: str) -> Step:
        """A step of half a turn.

        Raises:
            Answer: No skill can do so.
        """
        turn = self.by_sense("rotate")
        angle = angular(turn.skill) if turn else None
        if turn is None or angle is None:
            raise refusal("I can face a thing, but I have no skill to turn my back to it.")
        step = Step(turn.skill, self._complete(turn.skill, {angle[0].name: math.pi / angle[1]}), why)
        self._follow(step)
        return step

    def _complete(self, spec: SkillSpec, values: dict[str, float | str]) -> dict[str, float | str]:
        """The arguments with defaults, checked.

        Raises:
            Answer: A value is out of range.
        """
        for name, value in values.items():
            parameter = spec.parameter(name)
            if parameter.type == "number" and isinstance(value, float | int) and not in_range(parameter, float(value)):
                raise refusal(
                    f"{spec.name} cannot do {parameter.name} = {spoken(float(value), parameter)}: the range is "
                    f"{spoken(parameter.lower, parameter)} to {spoken(parameter.upper, parameter)}."
                )
        try:
            return spec.complete(values)
        except DataError as error:
            raise refusal(f"I cannot do that: {error}.") from error

    def _advance(self, binding: Binding, values: dict[str, float | str], why: str) -> list[Part]:
        """Steps of a part of the way to an object: face it, then walk.

        Raises:
            Answer: No skill can do so.
        """
        face, walk = self.by_sense("face"), self.by_sense("displace")
        if face is None or walk is None or binding.advance is None:
            raise refusal("I can go to a thing, but not only part of the way.")
        target = values[binding.frame.roles[0].parameter]
        first = Step(face.skill, self._complete(face.skill, {face.roles[0].parameter: target}), why)
        self._follow(first)
        forward, sign = directional(walk.skill, self.lexicon.directions.opposites)["forward"]
        second = Step(walk.skill, self._complete(walk.skill, {forward: sign * binding.advance}), why)
        self._follow(second)
        return [first, second]

    def _stay(self, seconds: float, clause: Clause) -> Step:
        """A step that waits.

        Raises:
            Answer: No skill can do so.
        """
        wait = self.by_sense("wait")
        units = {unit: 1.0 if unit == "s" else SCALES[unit][1] for unit in ("s", *SCALES) if si(unit) == "s"}
        timed = [p for p in wait.skill.goal if p.type == "number" and p.unit in units] if wait else []
        parameter = timed[0] if timed else None
        if wait is None or parameter is None:
            raise refusal(f"I have no skill that waits, so I cannot do '{clause.words}' for {seconds:g} s.")
        spoken_of = round(seconds / units[parameter.unit], 9)
        return Step(wait.skill, self._complete(wait.skill, {parameter.name: spoken_of}), f'asked: "{clause.words}"')

    def by_sense(self, sense: str) -> PhraseFrame | None:
        """Returns the cheapest frame of a sense, or None."""
        found = [f for frames in self.frames.values() for f in frames if f.sense == sense and f.shape != "home"]
        return min(found, key=lambda f: (spec_cost(f.skill), f.skill.name)) if found else None

    def _fact(self, sense: str, usual: str, noun: Noun) -> Literal:
        """The fact that the robot is near or faces an object, in the library's predicate."""
        (name, *_) = self.resolver.resolve(noun, self.discourse)
        every = (f for frames in self.frames.values() for f in frames if f.sense == sense)
        frames = [f for f in every if f.roles and f.shape != "home"]
        for frame in sorted(frames, key=lambda one: (spec_cost(one.skill), one.skill.name)):
            for effect in map(Literal.parse, frame.skill.effects):
                if effect.positive and effect.arguments[-1:] == (f"${frame.roles[0].parameter}",):
                    return Literal(effect.predicate, (*effect.arguments[:-1], name))
        return Literal(usual, ("robot", name))

    @property
    def _effects(self) -> list[Literal]:
        """Effects of all skills."""
        return [Literal.parse(effect) for spec in self.library for effect in spec.effects]

    @property
    def _goes(self) -> bool:
        """Whether a skill goes to objects."""
        return any(frame.sense == "approach" for frames in self.frames.values() for frame in frames)

    def _follow(self, step: Step) -> None:
        """Updates the expected pose and facts."""
        self.discourse.pose = pose_after(step, self.discourse.pose, self.scene, self.lexicon)
        self.so = step.after(self.so)
