"""Corrector: computes the effect of a correction on the running step from scene and skills; no clock, no ROS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import Correction, with_kind
from skill_stack.motion.words import ToldMotion, terms_told
from skill_stack.planner.dialogue.dialogue_planner import DialoguePlanner

SLOWER, FASTER = 0.7, 1.4
"""Factors of the pace for one *slower* and one *faster*."""
SLOWEST, FASTEST = 0.25, 1.5
"""Limits of the pace by corrections."""
GAP_STEP, FURTHER_STEP, SIDE_STEP = 0.3, 0.5, 0.3
"""Default changes of a kept distance, a displacement, and to the side, m."""
TURN_STEP, LONGER_STEP = 0.35, 3.0
"""Changes of an angle, rad, and of a time, s."""
GAPS = ("gap", "distance", "standoff", "stand_off", "clearance", "space")
"""Names of parameters for a kept distance."""
SPEEDS = ("m/s", "rad/s")


@dataclass(frozen=True, slots=True)
class StepChange:
    """The step continues with a change.

    Attributes:
        request: The running request with what has changed.
        effect: By name of the argument, or ``pace``: the value before and after.
        said: What is done, in words.
        restart: Whether the step has to restart for that.
    """

    request: SkillRequest
    effect: dict[str, tuple[Any, Any]]
    said: str
    restart: bool = False


@dataclass(frozen=True, slots=True)
class DetourCorrection:
    """A small step runs first; then the step continues, unless it is done by that.

    Attributes:
        skill: What is done.
        arguments: Its arguments.
        said: What is done, in words.
        resume: Whether the step goes on afterwards.
        effect: As in :class:`StepChange`.
    """

    skill: str
    arguments: dict[str, Any]
    said: str
    resume: bool = True
    effect: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cannot:
    """No change, with the reason; a question where ``asks`` is set.

    Attributes:
        reason: One sentence.
        asks: Whether it is a question.
    """

    reason: str
    asks: bool = False


Verdict = StepChange | DetourCorrection | Cannot


@dataclass(frozen=True, slots=True)
class Corrector:
    """Converts corrections to changes of a request.

    Attributes:
        library: Skills of the robot.
        planner: Understands nouns.
    """

    library: SkillLibrary
    planner: DialoguePlanner

    def correct(self, heard: Correction, request: SkillRequest, scene: SceneGraph, facts: frozenset[Fact]) -> Verdict:
        """The effect of a correction.

        Args:
            heard: The correction; of the kinds that change goal values.
            request: The request that runs, with the pace that it has when it is not held.
            scene: What there is.
            facts: What is true now.
        """
        spec = self.library[request.skill]
        if heard.kind == "terms":
            return _terms(heard.noun, request, spec)
        if heard.kind == "limit":
            return Cannot(f"it stays as it is, no {heard.noun} than now; for the other sense say '{heard.noun}'")
        if heard.kind in ("slower", "faster"):
            return self._pace(heard, request, spec)
        if heard.kind in ("closer", "less_close"):
            return self._gap(heard, request, spec)
        if heard.kind in ("further", "less_far"):
            return self._further(heard, request, spec)
        if heard.kind in ("left", "right"):
            return self._side(heard, request, spec)
        return self._target(heard, request, spec, scene, facts)

    def _pace(self, heard: Correction, request: SkillRequest, spec: SkillSpec) -> Verdict:
        """Slower or faster."""
        if not has_pace(spec):
            return Cannot(f"{spec.name} has one speed only")
        factor = (SLOWER if heard.kind == "slower" else FASTER) ** heard.strength
        pace = round(min(max(request.pace * factor, SLOWEST), FASTEST), 3)
        if pace == request.pace:
            return Cannot(f"I cannot {spec.name} any {heard.kind}")
        said = f"{heard.kind}, at {100 * pace:.0f} % of the usual speed"
        return StepChange(replace(request, pace=pace), {"pace": (request.pace, pace)}, said)

    def _gap(self, heard: Correction, request: SkillRequest, spec: SkillSpec) -> Verdict:
        """More or less distance to an object."""
        gap = gap_of(spec)
        if gap is None:
            if heard.kind == "closer" and _ways(spec):
                return self._further(replace(heard, kind="further"), request, spec)
            return Cannot(f"{spec.name} keeps no distance that I could change")
        step = _amount(heard, "m", GAP_STEP)
        return _moved(request, gap, -step if heard.kind == "closer" else step)

    def _further(self, heard: Correction, request: SkillRequest, spec: SkillSpec) -> Verdict:
        """More or less distance, angle or time."""
        sign = 1.0 if heard.kind == "further" else -1.0
        for parameter, step in _ways(spec):
            now = float(request.arguments.get(parameter.name, 0.0))
            if now == 0.0:
                continue
            size = _amount(heard, parameter.unit, step)
            size = min(size, abs(now)) if sign < 0 else size
            return _moved(request, parameter, sign * (size if now > 0 else -size))
        gap = gap_of(spec)
        if gap is not None:
            return _moved(request, gap, -sign * _amount(heard, "m", GAP_STEP))
        return Cannot(f"{spec.name} has no way or time that I could make longer")

    def _side(self, heard: Correction, request: SkillRequest, spec: SkillSpec) -> Verdict:
        """To the left or to the right."""
        sign = 1.0 if heard.kind == "left" else -1.0
        length, angle = _amount(heard, "m", SIDE_STEP), sign * _amount(heard, "rad", TURN_STEP)
        for parameter in spec.goal:
            if parameter.name == "left" and parameter.unit == "m":
                return _moved(request, parameter, sign * length)
            if parameter.type == "number" and parameter.unit in ("rad", "rad/s"):
                return _moved(request, parameter, angle)
        if spec.guided is not None and spec.guided.guide == "face":
            found = self._guided("turn", "angle")
            if found is not None:
                return DetourCorrection(
                    found, {"angle": angle}, f"turning a bit more to the {heard.kind}", resume=False
                )
        found = self._guided("displacement", "left")
        if found is None or not has_pace(spec):
            return Cannot(f"{spec.name} has no side that I could change")
        return DetourCorrection(found, {"left": sign * length}, f"{100 * length:.0f} cm to the {heard.kind}, then on")

    def _guided(self, guide: str, parameter: str) -> str | None:
        """Name of a guided skill with a parameter."""
        return next(
            (
                spec.name
                for spec in self.library
                if spec.guided and spec.guided.guide == guide and parameter in [p.name for p in spec.goal]
            ),
            None,
        )

    def _target(
        self, heard: Correction, request: SkillRequest, spec: SkillSpec, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Verdict:
        """Another object."""
        things = [parameter for parameter in spec.goal if parameter.type == "object"]
        if not things:
            return Cannot(f"{spec.name} is not about a thing that I could change")
        parameter = things[0]
        now = scene.objects.get(str(request.arguments.get(parameter.name)))
        if heard.kind == "other":
            kind = heard.noun or (now.kind if now else "")
            others = [thing for thing in scene.things if kind in (thing.kind, *thing.names) and thing is not now]
            if len(others) == 1:
                return self._aimed(request, spec, parameter, others[0].id, scene)
            if not others:
                return Cannot(f"I know no other {kind or 'thing'}")
            return Cannot(f"Which one do you mean: {_either(thing.label for thing in others)}?", asks=True)
        return self._named(heard, request, spec, parameter, scene, facts)

    def _named(
        self, heard: Correction, request: SkillRequest, spec: SkillSpec, parameter: GoalParameter,
        scene: SceneGraph, facts: frozenset[Fact],
    ) -> Verdict:  # fmt: skip
        """An object by its name; ``one`` is of the kind that the step is about."""
        now = scene.objects.get(str(request.arguments.get(parameter.name)))
        noun = with_kind(heard.noun, now.kind) if now else heard.noun
        found = self._meant(noun, spec, parameter, scene, facts)
        if now is not None and found == now.id:
            # "no, the left one" is another one than that which is on its way already
            rest = replace(scene, objects={k: v for k, v in scene.objects.items() if k != now.id})
            other = self._meant(noun, spec, parameter, rest, facts)
            if isinstance(other, Cannot):
                return Cannot(f"that is what I do: {spec.name} {now.label}")
            found = other
        return found if isinstance(found, Cannot) else self._aimed(request, spec, parameter, found, scene)

    def _meant(
        self, noun: str, spec: SkillSpec, parameter: GoalParameter, scene: SceneGraph, facts: frozenset[Fact]
    ) -> str | Cannot:
        """Id of the object that a noun means for a skill."""
        slot = "{" + parameter.name + "}"
        phrases = [phrase for phrase in spec.phrases if slot in phrase and phrase.count("{") == 1]
        words = (phrases[0] if phrases else f"{spec.name.replace('_', ' ')} {slot}").replace(slot, noun)
        plan = self.planner.plan(Instruction(words, "correction"), scene, facts)
        if plan.status != "plan":
            return Cannot(plan.reason, asks=plan.status == "question")
        for step in plan.steps:
            if step.skill == spec.name and str(step.arguments.get(parameter.name)) in scene.objects:
                return str(step.arguments[parameter.name])
        return Cannot(f"I know no '{noun}'")

    def _aimed(
        self, request: SkillRequest, spec: SkillSpec, parameter: GoalParameter, thing: str, scene: SceneGraph
    ) -> Verdict:
        """The request with another object."""
        before = request.arguments.get(parameter.name)
        changed = replace(request, arguments={**request.arguments, parameter.name: thing})
        label = scene.objects[thing].label
        return StepChange(
            changed, {parameter.name: (before, thing)}, f"the {label} then", restart=spec.kind != "guided"
        )


def changes_terms(text: str, request: SkillRequest, spec: SkillSpec) -> bool:
    """Whether words change what the motion of a step shall be, or would if it went any further.

    Args:
        text: The words.
        request: The step.
        spec: Its skill.
    """
    told = ToldMotion(spec).edit(text, request.arguments) if takes_terms(spec) else None
    return told is not None and (isinstance(told, dict) or told.cause == "term")


def _terms(text: str, request: SkillRequest, spec: SkillSpec) -> Verdict:
    """Other targets of a motion's terms."""
    told = ToldMotion(spec).edit(text, request.arguments) if takes_terms(spec) else None
    if not isinstance(told, dict):
        return Cannot(told.reason if told is not None else f"{spec.name} is no motion that words could change")
    changed = spec.complete(told)
    effect = {name: (request.arguments.get(name), value) for name, value in changed.items()
              if request.arguments.get(name) != value}  # fmt: skip
    return StepChange(replace(request, arguments=changed), effect, terms_told(spec, changed))


def has_pace(spec: SkillSpec) -> bool:
    """Whether a skill can run slower or faster."""
    guided = spec.guided is not None and spec.guided.guide != "hold"
    return guided or (spec.kind in ("policy", "sampled") and any(parameter.unit in SPEEDS for parameter in spec.goal))


def gap_of(spec: SkillSpec) -> GoalParameter | None:
    """The parameter for the distance that a skill keeps, or None."""
    return next((p for p in spec.goal if p.type == "number" and p.unit == "m" and p.name in GAPS), None)


def _ways(spec: SkillSpec) -> list[tuple[GoalParameter, float]]:
    """Parameters for distance, angle or time, and their default increments."""
    steps: Mapping[str, float] = {"m": FURTHER_STEP, "rad": TURN_STEP, "s": LONGER_STEP}
    numbers = [p for p in spec.goal if p.type == "number" and p.name not in GAPS]
    return [(parameter, steps[parameter.unit]) for parameter in numbers if parameter.unit in steps]


def _amount(heard: Correction, unit: str, usual: float) -> float:
    """The amount in the words, or the default one."""
    return heard.amount if heard.unit == unit and heard.amount is not None else usual * heard.strength


def _moved(request: SkillRequest, parameter: GoalParameter, by: float) -> Verdict:
    """A request with a number changed, within its range."""
    assert parameter.lower is not None and parameter.upper is not None
    before = float(request.arguments.get(parameter.name, parameter.default or 0.0))
    after = round(min(max(before + by, parameter.lower), parameter.upper), 4)
    if after == before:
        return Cannot(f"{parameter.name} is {before:g} {parameter.unit} already, which is as far as it goes")
    try:
        parameter.check(after)
    except SkillStackError as error:
        return Cannot(str(error))
    said = f"{parameter.name} {after:g} {parameter.unit} instead of {before:g}"
    changed = replace(request, arguments={**request.arguments, parameter.name: after})
    return StepChange(changed, {parameter.name: (before, after)}, said)


def _either(labels: Any) -> str:
    """``the a, the b or the c``."""
    *first, last = [f"the {label}" for label in labels]
    return f"{', '.join(first)} or {last}" if first else last
