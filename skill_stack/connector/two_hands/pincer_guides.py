"""Guides of two hands of sliding fingers: reach, close, bring, move joints, let go and leave.

Each drives one arm or one hand; where the other hand is and what it holds they know from the joints.
"""

from __future__ import annotations

import math

import numpy as np
import pinocchio

from skill_stack.connector.grasping.lids import GIVES_WAY, LOOKS
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.guides.joints import JointsGuide
from skill_stack.connector.guides.opening import NOT_DONE
from skill_stack.connector.kinematics.chain import LinkPlace
from skill_stack.connector.parts_knowledge import HeldThing
from skill_stack.connector.two_hands.pincer_arm import PincerArm, hand_for, held_place, lying, side_of
from skill_stack.core.errors import DataError
from skill_stack.core.skills.servo_part import BY, EFFORT
from skill_stack.core.world.holding import LOST
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import OPEN_ANGLE

STANDOFF = 0.12
"""Length of the last motion, on which open fingers move around a thing, m."""
OVER = 0.10
"""Height over its place, or over where it stood, at which a thing is carried there, m."""
GROUND = 0.004
"""Height over its place at which a thing is let go, m."""
SLIPPED = 0.006
"""By how much fingers come nearer to one another when what was between them is gone, m."""
LEAST = 0.6
"""Distance of closed fingers below which they hold nothing, as a share of the thing's breadth there."""
PRESSED = 0.001
"""How much nearer than its surface fingers go to a thing before they press, m."""
ROOM = 0.02
"""Way of each finger when it lets go, m."""
LEAN = 0.1
"""How far what both hands carry may lean, rad."""
WIDE, STRIDES = math.radians(80.0), 20
"""How far a lid is opened, rad, and in how many motions."""
MOST = 2.4
"""Torque about its hinge from which on a lid counts as stuck, N·m."""
LEVEL, FELT = "it stays level", "the thing is felt"
"""Names of failures."""


class PincerGuide(JointGuide):
    """Base: feels on every cycle whether hands still hold what they held, and whether that lies level between both."""

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        assert context.robot is not None and context.robot.pincers is not None, "a robot with two hands"
        self.side = side_of(context.robot, context.part)
        self.arms = {side: PincerArm(context.robot, side) for side in context.robot.pincers.hands}
        self.arm = self.arms[self.side]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._feel(view)
        self._weigh(view)
        return super().step(view)

    def _feel(self, view: GuideView) -> None:
        """Raises GuideFailure where a hand has lost what it held."""
        for side, grip in list(view.beside.grips.items()):
            opening = self.arms[side].opening(view.beside.joints)
            if opening is None:
                raise GuideFailure(LOST, f"I do not feel whether my {side} hand still holds '{grip.thing}'")
            if opening < grip.opening - SLIPPED:
                del view.beside.grips[side]
                raise GuideFailure(LOST, f"'{grip.thing}' has slipped out of my {side} hand")

    def _weigh(self, view: GuideView) -> None:
        """Raises GuideFailure where what both hands carry leans: either hand has it at another height."""
        grips = view.beside.grips
        hands = [self.arms[side].place(view.beside.joints) for side in grips]
        if len(grips) < 2 or len({grip.thing for grip in grips.values()}) > 1:
            return
        known = [(hand, held_place(hand, grip)) for hand, grip in zip(hands, grips.values()) if hand is not None]
        if len(known) < len(grips):
            return
        (one, by_one), (other, by_other) = known
        rise = abs(float(by_one.position[2] - by_other.position[2]))
        lean = math.atan2(rise, float(np.linalg.norm(one.position - other.position)))
        if lean > LEAN:
            thing = next(iter(grips.values())).thing
            raise GuideFailure(LEVEL, f"'{thing}' leans by {math.degrees(lean):.0f} degrees between my hands")

    def where(self, view: GuideView, thing: SceneObject) -> LinkPlace:
        """Where a thing is: in the hand that holds it, by its joints, else where it was seen."""
        for side, grip in view.beside.grips.items():
            hand = self.arms[side].place(view.beside.joints)
            if grip.thing == thing.id and hand is not None:
                return held_place(hand, grip)
        return lying(thing)

    def thing(self, view: GuideView, name: str = "target") -> SceneObject:
        """The object that an argument names; raises GuideFailure where the scene has none of that name."""
        told = str(self.context.arguments[name])
        if told not in view.scene.objects:
            raise GuideFailure("target is known", f"'{told}' is not in the scene")
        return view.scene.objects[told]

    def now(self, view: GuideView, joints: dict[str, float] | None = None) -> LinkPlace:
        """Where this hand is, by the joints of this part or by others; raises GuideFailure where none are measured."""
        found = self.arm.place(view.joints if joints is None else joints)
        if found is None:
            raise GuideFailure("joints are known", f"where my {self.side} arm is is not measured")
        return found

    def solved(self, place: LinkPlace, rest: dict[str, float]) -> dict[str, float]:
        """Joint positions for a place of this hand; raises GuideFailure where it is out of reach."""
        try:
            return self.arm.solve(place, rest)
        except DataError as error:
            raise GuideFailure("the place is within reach", f"my {self.side} hand: {error}") from error

    def has(self, view: GuideView) -> bool:
        """Whether this hand holds ``target`` already; raises GuideFailure where it holds another thing."""
        grip, target = view.beside.grips.get(self.side), str(self.context.arguments["target"])
        if grip is not None and grip.thing != target:
            raise GuideFailure("the hand is free", f"my {self.side} hand holds '{grip.thing}'")
        return grip is not None

    def mine(self, view: GuideView) -> HeldThing:
        """What this hand holds of ``target``; raises GuideFailure where it holds nothing or another thing."""
        grip, target = view.beside.grips.get(self.side), str(self.context.arguments["target"])
        if grip is None or grip.thing != target:
            raise GuideFailure(LOST, f"my {self.side} hand does not hold '{target}'")
        return grip


class PincerReachGuide(PincerGuide):
    """Brings open fingers around ``target`` by the grip that ``template`` names: up, over, down, and straight in."""

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        context, thing = self.context, self.thing(view)
        assert context.robot is not None and context.robot.pincers is not None, "a robot with two hands"
        if self.has(view):
            return [{self.arm.spec.lift + BY: 0.0}]
        if context.template not in context.robot.pincers.grips:
            raise GuideFailure("the grip is known", f"there is no grip '{context.template}'")
        wanted = self.arm.taking(self.where(view, thing), thing, context.robot.pincers.grips[context.template])
        assert wanted.turn is not None, "a grip has an orientation"
        last = self.solved(wanted, dict(view.joints))
        first = self.solved(LinkPlace(wanted.position + STANDOFF * wanted.turn[:, 2], wanted.turn), last)
        lift = self.arm.spec.lift
        up = {lift: context.robot.joints[context.robot.joint_names.index(lift)].upper}
        return [up, first | up, first, last]


class PincerLeaveGuide(PincerGuide):
    """Takes open fingers straight back the way on which they come, and up."""

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        here, robot = self.now(view), self.context.robot
        assert here.turn is not None and robot is not None, "a hand has an orientation"
        back = self.solved(LinkPlace(here.position + STANDOFF * here.turn[:, 2], here.turn), dict(view.joints))
        lift = self.arm.spec.lift
        return [back, back | {lift: robot.joints[robot.joint_names.index(lift)].upper}]


class PincerCloseGuide(PincerGuide):
    """Closes the fingers on ``target`` by the setting ``force``, N, and feels by their distance whether it is there."""

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        if self.has(view):
            return [{name + BY: 0.0 for name in self.arm.spec.fingers}]  # whose last targets press
        thing, hand = self.thing(view), self.now(view, view.beside.joints)
        assert hand.turn is not None, "a hand has an orientation"
        turn = self.where(view, thing).turn
        assert turn is not None, "a thing has an orientation"
        nearly = max(0.0, 0.5 * _breadth(thing, hand.turn[:, 1] @ turn) - PRESSED)  # from there on they press
        fingers, force = self.arm.spec.fingers, self.context.numbers["force"]
        return [dict.fromkeys(fingers, nearly) | {name + EFFORT: -force for name in fingers}]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`PincerGuide`; at the end notes what is held and how."""
        step = super().step(view)
        if step.signals["unfinished"] <= 0.0 and self.side not in view.beside.grips:
            self._note(view)
        return step

    def _note(self, view: GuideView) -> None:
        """Notes what is between the fingers; raises GuideFailure where that is nothing."""
        thing, hand = self.thing(view), self.now(view, view.beside.joints)
        opening = self.arm.opening(view.joints)
        assert hand.turn is not None and opening is not None, "both are measured where the fingers are closed"
        place = self.where(view, thing)
        assert place.turn is not None, "a thing has an orientation"
        turn = hand.turn.T @ place.turn
        if opening < LEAST * _breadth(thing, turn[1]):
            raise GuideFailure(FELT, f"I feel nothing of '{thing.id}' between the fingers of my {self.side} hand")
        position = hand.turn.T @ (place.position - hand.position)
        position[1] = self.arm.middle(view.joints)
        view.beside.grips[self.side] = HeldThing(thing.id, position, turn, opening)


class PincerOpenGuide(PincerGuide):
    """Opens the fingers just far enough to let go of what is between them.

    With the setting ``handed`` it does so only while the other hand feels ``target`` too.
    """

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        target = self.mine(view).thing
        if self.context.numbers.get("handed") and [one.thing for one in view.beside.grips.values()].count(target) < 2:
            raise GuideFailure(FELT, f"my other hand does not hold '{target}' yet")
        del view.beside.grips[self.side]
        return [{name: view.joints[name] + ROOM for name in self.arm.spec.fingers}]


class PincerBringGuide(PincerGuide):
    """Brings ``target``, which this hand holds, up, over and down to ``place``, as it lies in the hand.

    Without a place it comes to where the settings ``x``, ``y`` and ``z`` say, m, with the heading ``heading``, rad. Two
    hands that hold it do the same at the same time, since its way is the same for both.
    """

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        grip = self.mine(view)
        here = held_place(self.now(view), grip)
        goal = self._goal(view, here)
        assert here.turn is not None and goal.turn is not None, "a thing has an orientation"
        high = max(float(here.position[2]), float(goal.position[2]) + OVER)
        way = [
            LinkPlace(np.array([*here.position[:2], high]), here.turn),
            LinkPlace(np.array([*goal.position[:2], high]), goal.turn),
            goal,
        ]
        made: list[dict[str, float]] = []
        for place in way:
            made.append(self.solved(hand_for(place, grip), made[-1] if made else dict(view.joints)))
        return made

    def _goal(self, view: GuideView, here: LinkPlace) -> LinkPlace:
        """Where the thing is brought."""
        numbers = self.context.numbers
        if "place" not in self.context.arguments:
            turn = pinocchio.rpy.rpyToMatrix(0.0, 0.0, numbers["heading"])
            return LinkPlace(np.array([numbers["x"], numbers["y"], numbers["z"]]), _nearer(turn, here))
        place, thing = self.thing(view, "place"), self.thing(view)
        top = place.position[2] + (place.size[2] / 2 if place.shape != "point" else 0.0)
        return LinkPlace(np.array([*place.position[:2], top + thing.size[2] / 2 + GROUND]), here.turn)


class PincerLidGuide(PincerGuide):
    """Swings ``target``, a lid that this hand holds by its rim, open about its hinge, as long as it feels it follow.

    At the end it waits for a look at the lid; where nobody looks, what was felt has to do.
    """

    DWELL = 0.15
    _loaded: np.ndarray | None = None
    _ended: float | None = None

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`; the first one is to stay."""
        grip, lid, made = self.mine(view), self.thing(view), list[dict[str, float]]()
        shut = held_place(self.now(view), grip)
        for angle in np.linspace(0.0, WIDE, STRIDES + 1).tolist():
            place = hand_for(_swung(shut, lid, angle), grip)
            made.append(self.solved(place, made[-1] if made else dict(view.joints)))
        return made

    def ready(self, view: GuideView, there: float) -> bool:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`; raises GuideFailure for a stuck lid."""
        if not super().ready(view, there):
            return False
        if self._stage == 0:
            self._loaded = self.torques(view)
        torque = self.work(view, self._loaded) / (WIDE / STRIDES)
        if torque > MOST:
            raise GuideFailure(GIVES_WAY, f"'{self.mine(view).thing}' stays shut although I lift")
        return True

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`PincerGuide`; raises GuideFailure where a look shows that the lid is not open."""
        step, lid = super().step(view), self.thing(view)
        if step.remaining > 0.0:
            return step
        self._ended = view.now if self._ended is None else self._ended
        seen = lid.last_seen > self._ended
        if not seen and view.now - self._ended < LOOKS:
            return GuideStep(step.goals, {"unfinished": 1.0}, 1.0)
        if seen and lid.opened < OPEN_ANGLE:
            raise GuideFailure(NOT_DONE, f"'{lid.id}' is open by {math.degrees(lid.opened):.0f} degrees afterwards")
        return step


class PincerJointsGuide(PincerGuide, JointsGuide):
    """As the guide ``joints``, while hands are felt: for what one or both of them hold."""

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        self.mine(view)
        return JointsGuide.motions(self, view)


def _swung(shut: LinkPlace, lid: SceneObject, angle: float) -> LinkPlace:
    """Where a lid is that is open by an angle, rad, about the lower edge at the end of its own x axis."""
    assert shut.turn is not None, "a thing has an orientation"
    turn = shut.turn @ pinocchio.rpy.rpyToMatrix(0.0, angle, 0.0)
    hinge = np.array([0.5 * lid.size[0], 0.0, -0.5 * lid.size[2]])
    return LinkPlace(shut.position + shut.turn @ hinge - turn @ hinge, turn)


def _breadth(thing: SceneObject, across: np.ndarray) -> float:
    """Extent of a thing along a direction in its own frame, m; of a round one across its axis."""
    if thing.shape != "box":
        return thing.size[0]
    return float(np.abs(across) @ np.array(thing.size))


def _nearer(turn: np.ndarray, here: LinkPlace) -> np.ndarray:
    """A heading or the opposite one, whichever is less of a turn."""
    assert here.turn is not None, "a thing has an orientation"
    return turn if float(turn[:, 0] @ here.turn[:, 0]) >= 0.0 else turn @ np.diag([-1.0, -1.0, 1.0])
