"""GripSwitching: what a carrier and its hand do before a request, so that nothing that the hand holds is dropped."""

from __future__ import annotations

import math
from dataclasses import dataclass

from skill_stack.connector.switching import Choice, choice_for_grip
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.setpoint import Felt, SkillRequest, SkillStatus, StepOutcome
from skill_stack.core.skills.skill import HERE, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph, SceneObject

CLOSES = "grasp"
"""Guide that closes a hand on a thing."""
HOLDS, OVER = ("grasped", "holding"), "above"
"""Predicates of a thing in the hand, and of one that was brought to its place."""
RESTS = 0.03
"""Largest difference of the height of a thing's bottom from the top of what carries it, m."""


@dataclass(slots=True)
class Grip:
    """What the hand has closed on.

    Attributes:
        closing: The request that closed it, or still does.
        thing: The thing.
        arguments: Of the skill that puts it back where it stood; empty where nothing is known to have carried it.
        closed: Whether that request has succeeded.
        moved: Whether the carrier has moved the hand since.
        placed: Whether it was then brought to a place.
    """

    closing: SkillRequest
    thing: str
    arguments: dict[str, float | str]
    closed: bool = False
    moved: bool = False
    placed: bool = False


@dataclass(frozen=True, slots=True)
class LeadIn:
    """What has to happen before a request.

    Attributes:
        choice: How it is led to.
        steps: Requests to make before, in order.
        awaited: A running request that has to end before; empty for none.
        done: Whether the request is what was awaited, so that it need not be made again.
    """

    choice: Choice
    steps: tuple[SkillRequest, ...] = ()
    awaited: str = ""
    done: bool = False


class GripSwitching:
    """Remembers on what a carried hand has closed, and leads it to other requests.

    A hand that still closes on something goes on to the end where the request is about the same thing, and opens again
    where it is not. One that was moved since first puts the thing back where it stood. The hand has to feel something
    for that: what slipped away is not put down. What a plan has brought to its place is let go of there.

    Attributes:
        hand: The part that is a hand; empty for a robot of which none is carried, to which nothing of this applies.
    """

    def __init__(self, robot: RobotSpec, library: SkillLibrary) -> None:
        """Knows of nothing held.

        Args:
            robot: The whole robot.
            library: Its skills.
        """
        self.hand = hand_of(robot)[0] if robot.puts_down in library else ""
        self._puts_down = robot.puts_down
        self.library = library
        self._grip: Grip | None = None
        self._felt: Felt = ""

    def hear(self, status: SkillStatus) -> None:
        """Takes a status of any part."""
        if status.part == self.hand:
            self._felt = status.felt

    def began(self, request: SkillRequest, scene: SceneGraph) -> None:
        """Takes a request that a part has begun."""
        spec, grip = self.library[request.skill], self._grip
        if spec.part != self.hand:
            if grip is not None:
                grip.moved, grip.placed = True, False
        elif grip is not None and self._felt != "free" and self._same(request, grip):
            grip.closing, grip.closed = request, False
        elif _closes(spec) and (thing := scene.objects.get(str(request.arguments.get("target", "")))) is not None:
            self._grip = Grip(request, thing.id, _home(thing, scene))

    def ended(self, outcome: StepOutcome) -> None:
        """Takes how a request ended."""
        grip = self._grip
        if grip is None or outcome.outcome != "succeeded" or outcome.skill not in self.library:
            return
        spec = self.library[outcome.skill]
        if outcome.request_id == grip.closing.id:
            grip.closed = True
        elif spec.part == self.hand and not _keeps_still(spec):
            self._grip = None
        elif spec.part != self.hand:
            grip.placed = any(one.positive and one.predicate == OVER for one in map(Literal.parse, spec.effects))

    def before(self, request: SkillRequest, running: tuple[SkillRequest, ...]) -> LeadIn:
        """What has to happen before a request.

        Args:
            request: The request, checked.
            running: Requests that run now.
        """
        grip = self._grip
        if not self.hand or grip is None or grip.placed:
            return LeadIn("at once")
        same = self._same(request, grip)
        if same and grip.closed and self._felt != "free":
            return LeadIn("at once", done=True)
        keeps = same or self._keeps(self.library[request.skill], request, grip)
        choice = choice_for_grip(self._felt, keeps, not grip.closed, grip.moved)
        if choice == "advance":
            on = any(one.id == grip.closing.id for one in running)
            return self._to_the_end(grip, request, same, on)
        if choice == "at once" or not grip.arguments:
            return LeadIn("at once")
        back = self._back(grip, request)
        return LeadIn(choice, back if choice == "leave through" else back[1:])

    def _to_the_end(self, grip: Grip, request: SkillRequest, same: bool, on: bool) -> LeadIn:
        """Closes the hand first; what closes it may still run, or was interrupted."""
        if on:
            return LeadIn("advance", (), grip.closing.id, done=same)
        return LeadIn("advance", () if same else (self._named(grip.closing, request, 0),))

    def _same(self, request: SkillRequest, grip: Grip) -> bool:
        """Whether a request is the one that closed the hand."""
        return (request.skill, request.arguments) == (grip.closing.skill, grip.closing.arguments)

    def _keeps(self, spec: SkillSpec, request: SkillRequest, grip: Grip) -> bool:
        """Whether a request leaves the thing in the hand, or needs it there."""
        if spec.part == self.hand:
            return _keeps_still(spec)
        needed = (Literal.parse(text).ground(request.arguments) for text in spec.preconditions)
        about = any(one.predicate in HOLDS and one.arguments[-1] == grip.thing for one in needed)
        return about or grip.closed

    def _back(self, grip: Grip, request: SkillRequest) -> tuple[SkillRequest, ...]:
        """The steps that put the thing back where it stood, up to the last one that is about it."""
        spec = self.library[self._puts_down]
        values, composite = spec.complete(grip.arguments), spec.composite
        assert composite is not None, "checked where robots are loaded"
        made: list[SkillRequest] = []
        for node in composite.tree().every_skill():
            given = {key: values[v[1:]] if str(v)[:1] == "$" else v for key, v in node.arguments.items()}
            own = self.library[node.skill].complete(given)
            made.append(self._named(SkillRequest("", node.skill, own), request, len(made)))
        last = max(number for number, one in enumerate(made) if one.arguments.get("target") == grip.thing)
        return tuple(made[: last + 1])

    @staticmethod
    def _named(step: SkillRequest, request: SkillRequest, number: int) -> SkillRequest:
        """A step under an id of the request's plan."""
        return SkillRequest(f"{request.id}-before{number}", step.skill, step.arguments)


def _closes(spec: SkillSpec) -> bool:
    """Whether a skill closes the hand on a thing."""
    return spec.guided is not None and spec.guided.guide == CLOSES and spec.guided.settings.get("close", 1.0) > 0.0


def _keeps_still(spec: SkillSpec) -> bool:
    """Whether a skill of the hand leaves every finger where it is."""
    return spec.posture is not None and set(spec.posture.poses) == {HERE}


def _home(thing: SceneObject, scene: SceneGraph) -> dict[str, float | str]:
    """Arguments that say where a thing stands; none where nothing is known to carry it."""
    bottom = thing.position[2] - 0.5 * thing.size[2]
    tops = {
        one.id: one.position[2] + 0.5 * one.size[2]
        for one in scene.objects.values()
        if one.id != thing.id and one.shape != "point" and math.dist(one.position[:2], thing.position[:2]) < one.radius
    }  # fmt: skip
    beneath = min(tops, key=lambda name: abs(tops[name] - bottom), default="")
    if not beneath or abs(tops[beneath] - bottom) > RESTS:
        return {}
    x, y = (a - b for a, b in zip(thing.position[:2], scene.objects[beneath].position[:2]))
    return {"target": thing.id, "place": beneath, "x": x, "y": y, "heading": thing.yaw}
