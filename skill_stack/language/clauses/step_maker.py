"""StepMaker: makes steps that approach, face, turn and wait."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.way_constraint import WayConstraint, way_text
from skill_stack.core.spatial.relations import SECTOR, SIDES, Viewing, framed, side_direction
from skill_stack.core.steps import Step, spec_cost
from skill_stack.core.units import SCALES, si
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.language.answers import Answer, every, question, refusal, skills_known
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.manners import Manners
from skill_stack.language.clauses.missing_arguments import in_range, spoken
from skill_stack.language.grammar.chunks import FRAME, Clause, Noun, WayLimit
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.phrases.frames import PhraseFrame, angular, directional, gap_parameter, way_parameter
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

Values = dict[str, float | str]
BODY = 0.5
"""Distance from the robot's centre to the outline of its destination, m: half a body and a gap."""


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

    def _reach(
        self, noun: Noun, gap: float | None, clause: Clause, limits: Sequence[WayLimit] = (), sense: str = "approach"
    ) -> Step | Answer:
        """A step to an object, or one that faces it, with free space and constraints on the path if stated."""
        frame = self.by_sense(sense)
        name = gap_parameter(frame.skill, self.lexicon) if frame else None
        if frame is None or (gap is not None and name is None):
            return refusal(f"I have no skill for '{clause.words}'. I can: {skills_known(self.library)}.")
        thing = self.resolver.first(noun, self.discourse)
        if isinstance(thing, Answer):
            return thing
        values: Values = {frame.roles[0].parameter: thing, **({name: gap} if gap is not None and name else {})}
        limited = self._limited(frame.skill, values, limits)
        return limited if isinstance(limited, Answer) else self._step(frame.skill, limited, _asked(clause))

    def _step(self, spec: SkillSpec, values: Values, why: str, wants: tuple[Literal, ...] = ()) -> Step | Answer:
        """A step with complete arguments, after which the expected pose and facts are updated."""
        complete = self._whose_side(spec, values) or self._complete(spec, values)
        if isinstance(complete, Answer):
            return complete
        step = Step(spec, complete, why, wants)
        self.discourse.pose = pose_after(step, self.discourse.pose, self.scene, self.lexicon)
        self.so = step.after(self.so)
        return step

    def _whose_side(self, spec: SkillSpec, values: Values) -> Answer | None:
        """The question whose side is meant, where a thing has a front of its own, and that makes a difference."""
        if FRAME in values or all(parameter.name != FRAME for parameter in spec.goal):
            return None
        side = next((value for value in values.values() if value in SIDES), "")
        thing = next((self.scene.objects[str(v)] for v in values.values() if v in self.scene.objects), None)
        if not side or thing is None or self.discourse.pose is None or not framed(str(side), thing):
            return None
        seen, own = (side_direction(str(side), thing, Viewing(f, self.discourse.pose)) for f in ("viewer", "own"))
        if abs(math.remainder(seen - own, math.tau)) <= SECTOR:
            return None
        at = [(thing.position[0] + math.cos(way), thing.position[1] + math.sin(way)) for way in (seen, own)]
        return question(
            f"Which side of the {thing.label} do you mean: {side} as I see it (towards x = {at[0][0]:.1f} m, y = "
            f"{at[0][1]:.1f} m), or its own (towards x = {at[1][0]:.1f} m, y = {at[1][1]:.1f} m)? Say 'as you see it' "
            f"or 'to the {thing.label}'s own {side}'.", "which",
        )  # fmt: skip

    def _limited(self, spec: SkillSpec, values: Values, limits: Sequence[WayLimit]) -> Values | Answer:
        """Arguments with constraints on the path; the distance from the destination is the gap that it leaves."""
        mentioned, out = list(self.discourse.mentioned), dict(values)
        name = way_parameter(spec)
        stays = name is None and not any(text.replace(" ", "").startswith("notnear(") for text in spec.effects)
        kept = every(self._constraint(spec, out, limit) for limit in (*limits, *(() if stays else self.whole)))
        if isinstance(kept, Answer):
            return kept
        self.discourse.mentioned[:] = mentioned  # what is kept away from is not what "it" means next
        text = way_text(filter(None, kept))
        return {**out, name: text} if name is not None and text else out

    def _constraint(self, spec: SkillSpec, values: Values, limit: WayLimit) -> WayConstraint | Answer | None:
        """A constraint on things of the scene; None where it is the gap to what the robot goes to, which is set."""
        things, gap = self.resolver.resolve(limit.noun, self.discourse), gap_parameter(spec, self.lexicon)
        if isinstance(things, Answer):
            return things
        if limit.kind == "away" and gap is not None and gap not in values and set(things) & set(values.values()):
            values[gap] = limit.distance
            things = tuple(one for one in things if one not in values.values())
        if things and (way_parameter(spec) is None or (limit.kind == "between" and len(things) != 2)):
            return refusal(f"{spec.name} does not keep to a path that is '{limit.kind}' {limit.noun.words}.")
        return WayConstraint(limit.kind, things, limit.distance) if things else None  # type: ignore[arg-type]

    def _complete(self, spec: SkillSpec, values: Values) -> Values | Answer:
        """The arguments with defaults; a refusal if one is out of range."""
        for name, value in values.items():
            parameter = spec.parameter(name)
            if parameter.type == "number" and isinstance(value, float | int) and not in_range(parameter, float(value)):
                return refusal(
                    f"{spec.name} cannot do {parameter.name} = {spoken(float(value), parameter)}: the range is "
                    f"{spoken(parameter.lower, parameter)} to {spoken(parameter.upper, parameter)}."
                )
        try:
            return spec.complete(values)
        except DataError as error:
            return refusal(f"I cannot do that: {error}.")

    def _advance(self, binding: Binding, values: Values, why: str) -> Iterator[Step | Answer]:
        """Steps of a part of the way to an object: face it, then walk."""
        face, walk = self.by_sense("face"), self.by_sense("displace")
        if face is None or walk is None or binding.advance is None:
            yield refusal("I can go to a thing, but not only part of the way.")
            return
        target = values[binding.frame.roles[0].parameter]
        yield self._step(face.skill, {face.roles[0].parameter: target}, why)
        forward, sign = directional(walk.skill, self.lexicon.directions.opposites)["forward"]
        yield self._step(walk.skill, {forward: sign * binding.advance}, why)

    def _stay(self, seconds: float, clause: Clause) -> Step | Answer:
        wait = self.by_sense("wait")
        units = {unit: 1.0 if unit == "s" else SCALES[unit][1] for unit in ("s", *SCALES) if si(unit) == "s"}
        timed = [p for p in wait.skill.goal if p.type == "number" and p.unit in units] if wait else []
        parameter = timed[0] if timed else None
        if wait is None or parameter is None:
            return refusal(f"I have no skill that waits, so I cannot do '{clause.words}' for {seconds:g} s.")
        spoken_of = round(seconds / units[parameter.unit], 9)
        complete = self._complete(wait.skill, {parameter.name: spoken_of})
        return complete if isinstance(complete, Answer) else Step(wait.skill, complete, _asked(clause))

    def by_sense(self, sense: str) -> PhraseFrame | None:
        """Returns the cheapest frame of a sense, or None."""
        found = [f for frames in self.frames.values() for f in frames if f.sense == sense and f.shape != "home"]
        return min(found, key=lambda f: (spec_cost(f.skill), f.skill.name)) if found else None

    def _fact(self, sense: str, usual: str, noun: Noun) -> Literal | Answer:
        """The fact that the robot is near or faces an object, in the library's predicate."""
        name = self.resolver.first(noun, self.discourse)
        if isinstance(name, Answer):
            return name
        every = (f for frames in self.frames.values() for f in frames if f.sense == sense)
        frames = [f for f in every if f.roles and f.shape != "home"]
        for frame in sorted(frames, key=lambda one: (spec_cost(one.skill), one.skill.name)):
            for effect in map(Literal.parse, frame.skill.effects):
                if effect.positive and effect.arguments[-1:] == (f"${frame.roles[0].parameter}",):
                    return Literal(effect.predicate, (*effect.arguments[:-1], name))
        return Literal(usual, ("robot", name))

    @property
    def _effects(self) -> list[Literal]:
        return [Literal.parse(effect) for spec in self.library for effect in spec.effects]

    @property
    def _goes(self) -> bool:
        return any(frame.sense == "approach" for frames in self.frames.values() for frame in frames)


def _asked(clause: Clause) -> str:
    return f'asked: "{clause.words}"'


def pose_after(step: Step, pose: Pose2 | None, scene: SceneGraph, lexicon: Lexicon) -> Pose2 | None:
    """Returns the pose after a step, by its effects and its distances.

    Args:
        step: The step.
        pose: The pose before in ``map``, or None if unknown.
        scene: The scene.
        lexicon: Opposites of directions.
    """
    if pose is None:
        return None
    for literal in (*step.wants, *step.effects):
        thing = scene.objects.get(literal.arguments[-1]) if literal.arguments else None
        if not literal.positive or len(literal.arguments) not in (1, 2) or thing is None:
            continue
        if literal.arguments[:-1] and literal.arguments[0] in scene.objects:  # about a thing, not about the robot
            continue
        x, y, _ = thing.position
        heading = pose.yaw + pose.bearing_to(x, y)
        if literal.predicate in WORDS.near_facts:
            gap = min(pose.distance_to(x, y), thing.radius + BODY)
            pose = Pose2(x - gap * math.cos(heading), y - gap * math.sin(heading), heading)
        elif literal.predicate == "facing":
            pose = replace(pose, yaw=heading)
    return pose.compose(_displacement(step, lexicon))


def _displacement(step: Step, lexicon: Lexicon) -> Pose2:
    """The displacement of a turn or a walk, in the frame of the robot."""
    sides = directional(step.spec, lexicon.directions.opposites)
    ahead, left = (float(step.arguments.get(sides[d][0], 0.0)) if d in sides else 0.0 for d in ("forward", "left"))
    angle = angular(step.spec)
    return Pose2(ahead, left, angle[1] * float(step.arguments.get(angle[0].name, 0.0)) if angle else 0.0)
