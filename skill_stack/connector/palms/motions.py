"""Guides ``take``, ``put`` and ``offer``: a humanoid holds a thing between its palms, puts it down or hands it over."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np

from skill_stack.connector.guides.guide import (
    GuideContext,
    GuidedBody,
    GuideFailure,
    GuideStep,
    GuideView,
    TargetMemory,
)
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.palms.arms import PalmAim, PalmPair, arms_that_hold
from skill_stack.connector.palms.feeling import WEIGHED
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.connector.reaching.hands import SWAYS, BodyAverage, braced, into_pelvis
from skill_stack.connector.reaching.planted import LEGS, Stillness
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray

BESIDE = 0.045
"""Free space between palm and thing before it is pressed, m."""
RISE = 0.1
"""How far a thing is lifted before it is drawn to the chest, m."""
CARRIED = (0.32, 0.0, 0.9)
"""Where the middle of a carried thing is: ahead and to the left of the pelvis and above the ground, m."""
OFFERED = (0.38, 0.0, 0.9)
"""The same where it is held out."""
ABOVE, LOWERED = 0.06, -0.01
"""Heights over its place from which a thing is lowered, and to which, m."""
INSIDE, ASIDE = 0.03, 0.15
"""How far from the edge of its place a thing is put, and at most to a side of straight ahead, m."""
AWAY = 0.07
"""Free space between palm and thing after it was let go of, m."""
LOOKS = 1.5
"""Time for which a camera has to say the same of a thing, s."""
UNSEEN = 6.0
"""Time after which a thing that should be held and is not seen counts as not there, s."""
RISEN, MANY = 0.03, 10
"""Least height that a thing was seen to rise when it was lifted, m, and of how many looks before that is told."""
MOST = 0.1
"""Farthest that a held thing can be from the middle of the palms, m."""
CALM = 0.8
"""Time for which arms have to hold a thing out until it counts what is felt, s."""
SURE = 0.4
"""Time for which somebody has to draw at it, s: a step of the legs is over by then."""
FOLLOWED = 0.15
"""How far ahead a robot on planted feet steps only when it is drawn, m."""
SHORTER, SHORTEST = 0.02, 0.061
"""By which steps palms stay behind the place that they do not reach, and how far at most, m."""
FORWARD = 0.0
"""How far ahead of its middle a thing is taken, m: the body sways back while arms go forward."""


def width_of(thing: SceneObject, yaw: float) -> tuple[float, float, float]:
    """How a thing lies between two palms: its width and depth, m, and the heading of the pair, rad.

    Args:
        thing: A box, or something round.
        yaw: Heading of the robot, rad.
    """
    if thing.shape != "box":
        return thing.size[0], thing.size[0], yaw
    turns = round(wrap_angle(yaw - thing.yaw) / (math.pi / 2))
    across, along = (thing.size[1], thing.size[0]) if turns % 2 == 0 else (thing.size[0], thing.size[1])
    return across, along, wrap_angle(thing.yaw + turns * math.pi / 2)


class PalmsGuide(JointGuide):
    """Base of guides that move both palms, motion after motion, each aimed when it begins. Signal: ``unfinished``.

    Settings: ``height`` of the pelvis where it is unknown, m, ``stiffness`` of the servo, a factor on the robot's
    gains, and ``force``, with which either palm presses, N.

    Attributes:
        PATIENT: For how long it waits until the robot stands still, s: arms and waist that set out while it steps throw
            it. It comes to a halt within 2 s.
    """

    DWELL = 0.3
    PATIENT = 5.0

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        assert context.robot is not None, "a step knows its robot"
        self._arms = arms_that_hold(context.robot)
        self._target = TargetMemory(str(context.arguments["target"]), math.inf)
        self._body = BodyAverage(SWAYS)
        self._ended = math.inf
        assert context.robot is not None
        self._stillness = Stillness(context.robot.members([LEGS]), self.PATIENT)
        self._aims: list[PalmAim] = []

    def aims(self, view: GuideView) -> list[PalmAim]:
        """Every motion, as of now; called again before each one."""
        raise NotImplementedError

    def motions(self, view: GuideView) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`."""
        return [self._solved(one) for one in self.aims(view)]

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._body.take(view)
        if not self._stillness.reached(view):
            return GuideStep({}, {}, math.inf)
        step = super().step(view)
        self._arms.held.targets = step.goals
        self._ended = min(self._ended, view.now) if step.remaining <= 0.0 else math.inf
        return GuideStep(step.goals, {**step.signals, **self.seen(view)}, step.remaining)

    def renewed(self, view: GuideView, motions: list[dict[str, float]]) -> list[dict[str, float]]:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`; the next motion is aimed as it begins."""
        aim = self.aims(view)[self._stage]
        self._arms.held.pressing = aim.force > 0.0
        motions[self._stage] = self._solved(aim)
        return motions

    def seen(self, view: GuideView) -> dict[str, float]:
        """Signals of what a camera tells after the last motion; raises GuideFailure where that is wrong."""
        return {}

    def _solved(self, aim: PalmAim) -> dict[str, float]:
        """Goal values for one motion at the body's attitude.

        Raises:
            GuideFailure: It is out of reach.
        """
        goals = None
        self._arms.pressing = aim if aim.force else self._arms.pressing
        for short in np.arange(0.0, SHORTEST, SHORTER).tolist():
            x, y, z = aim.middle
            hold = self._hold(replace(aim, middle=(x - short, y, z)))
            goals = self._arms.goals(hold)
            if goals is not None:
                break
        if goals is None:
            why = f"both hands do not reach {aim.middle[0]:.2f} m ahead and {aim.middle[2]:.2f} m high"
            raise GuideFailure("the place is within reach", why)
        stiffness = self.context.numbers.get("stiffness", 1.0)
        leans = {name: goals[name] for name in self._arms.waist}
        out = braced(self._arms.trunk, leans, self._arms.robot, stiffness, None, goals)
        for chain, inwards in zip(self._arms.chains, (-1.0, 1.0), strict=True):
            mine = {name: goals[name] for name in chain.joints}
            force = inwards * aim.force * hold.turn[:, 1]
            out |= braced(chain, mine, self._arms.robot, stiffness, force, leans)
        return out

    def _hold(self, aim: PalmAim) -> PalmPair:
        """A motion's end in the frame of the pelvis as it leans now."""
        body = self._body.value or GuidedBody(0.0, 0.0, self.context.numbers["height"])
        x, y, z = aim.middle
        c, s = math.cos(aim.yaw), math.sin(aim.yaw)
        turn = into_pelvis(np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]), body)
        return PalmPair(into_pelvis(np.array([x, y, z - body.height]), body), turn, aim.half)

    def _seen_at(self, view: GuideView, thing: SceneObject) -> tuple[float, float, float]:
        """Where a thing is, ahead and to the left of the robot and above the ground, m."""
        return (*view.pose.local(*thing.position[:2]), thing.position[2])

    def _beside(self, view: GuideView, thing: SceneObject) -> tuple[tuple[float, float, float], float, float, float]:
        """Where a thing is relative to the robot, and its width, depth, and heading relative to it."""
        width, depth, yaw = width_of(thing, view.pose.yaw)
        return self._seen_at(view, thing), width, depth, wrap_angle(yaw - view.pose.yaw)

    @property
    def _force(self) -> float:
        return self.context.numbers["force"]


LOOKED, RECENT, DOUBTFUL = 0.5, 0.7, 1.5
"""Time after the lift has begun from which on a look tells whether it rises, for which it does, and for which more
looks are waited for after the lift where they do not say so, s: places of things are averaged over half a second."""
LIGHT = 14.0
"""Weight from which on a thing counts as too heavy, N, also where looks see an edge of it rise: boxes of 0.35 and
0.65 kg were felt as 5 and 8 N in the simulator, of 4 to 15 kg, which stay, as 16 to 26 N."""
HIGHER = 0.15
"""How far above its middle palms come beside a thing first, m. They are brought to each place twice: the body leans as
arms go forward."""
PRESSED = LIFTED = 5
"""Motion of taking from which on the thing is between the palms, and which lifts it."""
CLOSES, STEPS = (1, 3), 2.0
"""Motions of taking after which palms come down or close, and for how long they wait at most for legs that step, s: a
step moves the base by 5 cm, and a palm that comes along pushes the thing ahead or off its stand. So palms do not wait
nearer to it either."""


class TakeGuide(PalmsGuide):
    """Presses ``target`` between both palms, lifts it and draws it to the chest.

    Signals: ``unfinished`` and ``lifted``, m, how far a camera saw it rise, or the least that counts where it is so
    near that only the arms tell that it is there; without a camera that looks there is no such signal.
    """

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        self._arms.forget()
        self._lay: tuple[tuple[float, float, float], float, float, float] | None = None
        self._lifts_since, self._stays = math.inf, False
        self._before, self._after = deque[float](maxlen=MANY), list[tuple[float, float]]()  # s, heights seen, m
        self._looked = 0.0

    def aims(self, view: GuideView) -> list[PalmAim]:
        """See :class:`PalmsGuide`; once pressed, it is where it lay before, then where it is seen."""
        thing = self._target.find(view)
        if self._lay is None or self._stage < PRESSED:
            self._lay = self._beside(view, thing)
        self._judge_rise(view)
        (x, y, z), width, _, yaw = self._lay
        x += FORWARD
        half, force, up = width / 2, self._force, z + RISE
        along = self._seen_at(view, thing)[0] - x if self._stage > PRESSED else -FORWARD
        cx, cy, cz = CARRIED
        drawn = (cx - min(max(along, -MOST), MOST), cy, max(cz, up))
        return [
            *[PalmAim((x, y, z + HIGHER), yaw, half + 2 * BESIDE)] * 2,
            *[PalmAim((x, y, z), yaw, half + 2 * BESIDE)] * 2,
            PalmAim((x, y, z), yaw, half, force), PalmAim((x, y, up), yaw, half, force),
            PalmAim((x, y, z), yaw, half + AWAY) if self._stays else PalmAim(drawn, yaw, half, force),
        ]  # fmt: skip

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`PalmsGuide`; every look is noted."""
        thing = self._target.find(view)
        if thing.last_seen > self._looked:
            self._looked = thing.last_seen
            if self._stage < PRESSED:
                self._before.append(thing.position[2])
            else:
                self._after.append((self._looked, thing.position[2]))
        return super().step(view)

    def ready(self, view: GuideView, there: float) -> bool:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`: a thing has to be seen to rise."""
        doubts = self._stage == LIFTED and there < DOUBTFUL and not self._rises(view)
        steps = self._stage in CLOSES and there < STEPS and self._stillness.moves
        return super().ready(view, there) and not doubts and not steps

    def _rises(self, view: GuideView) -> bool:
        """Whether late looks, without them its weight or all looks, say that it rises; not what is too heavy."""
        begun = self._lifts_since + LOOKED
        late = self._risen(max(begun, view.now - RECENT))
        weight = self._arms.held.weight(view.joints) if view.now > begun else None
        if weight is not None and (late is None or weight >= LIGHT):
            return WEIGHED < weight < LIGHT  # who leans over what it lifts has it too near before its eyes
        risen = self._risen(begun) if late is None else late
        return risen is None or risen >= RISEN

    def _judge_rise(self, view: GuideView) -> None:
        """Looks whether it rises before it is drawn to the chest: what stays is let go of, or it is pulled off."""
        if self._stage == LIFTED:
            self._lifts_since = min(self._lifts_since, view.now)
        self._stays = self._stays or (self._stage > LIFTED and not self._rises(view))

    def _risen(self, since: float) -> float | None:
        """How far it was seen to rise by looks since a time, s, m; None without a look.

        It is the median of looks, since one errs by as much as the thing has to rise.
        """
        after = [height for time, height in self._after if time > since]
        return float(np.median(after) - np.median(self._before)) if after and self._before else None

    def seen(self, view: GuideView) -> dict[str, float]:
        """How far it was seen to rise, once there were looks for long enough."""
        name = self._target.name
        if self._ended == math.inf:
            return {}
        if self._stays:
            raise GuideFailure("object can be lifted", f"'{name}' stays where it is although I lift")
        if self._looked <= self._ended:
            unseen = view.now - self._ended if self._looked > 0.0 else 0.0
            if unseen > LOOKS and self._arms.held.presses_something(view.joints):
                return {"lifted": RISEN}  # it was judged as it was lifted, and is there
            if unseen > UNSEEN:
                raise GuideFailure("object is seen", f"I do not see '{name}' between my hands")
            return {}
        risen = self._risen(self._ended)
        if risen is None or self._looked - self._ended < LOOKS:
            return {}
        if risen < RISEN:
            raise GuideFailure("object can be lifted", f"'{name}' stays where it is although I lift")
        return {"lifted": risen}


class PutGuide(PalmsGuide):
    """Lowers ``target`` onto ``place`` and lets go of it. Signals: ``unfinished``, ``beside``, m.

    ``beside`` is how far from where it was to be put a camera sees it.
    """

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        self._place = TargetMemory(str(context.arguments["place"]), math.inf)
        self._spot: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None

    def aims(self, view: GuideView) -> list[PalmAim]:
        """See :class:`PalmsGuide`."""
        thing, place = self._target.find(view), self._place.find(view)
        width, depth = self._arms.across(width_of(thing, view.pose.yaw)[:2])
        top = place.position[2] + place.size[2] / 2 + thing.size[2] / 2
        if self._spot is None:
            ahead, aside = put_at(view.pose, place, width, depth)
            below = view.pose.compose(Pose2(ahead, aside, 0.0))
            self._spot = ((ahead, aside, top), (below.x, below.y, top))
        elif self._stage == 1:  # what a camera sees over the place counts
            (x, y, z), there = self._spot
            off = np.subtract((*view.pose.local(*there[:2]), there[2] + ABOVE), self._seen_at(view, thing))
            off = np.clip(off, -MOST, MOST) * (thing.last_seen > view.now - LOOKS)
            self._spot = ((float(x + off[0]), float(y + off[1]), float(z + off[2])), there)
        (x, y, z), _ = self._spot
        half, free, force = width / 2, width / 2 + AWAY, self._force
        return [
            PalmAim((x, y, z + ABOVE), 0.0, half, force), PalmAim((x, y, z + LOWERED), 0.0, half, force),
            PalmAim((x, y, z), 0.0, free), PalmAim((x, y, z + ABOVE), 0.0, free),
        ]  # fmt: skip

    def seen(self, view: GuideView) -> dict[str, float]:
        """How far from its spot it is seen; raises GuideFailure where it stays elsewhere, or out of sight."""
        thing = self._target.find(view)
        if self._spot is None or self._ended == math.inf:
            return {}
        late = view.now - self._ended > UNSEEN
        if thing.last_seen <= self._ended:
            if late and thing.last_seen > 0.0:
                raise GuideFailure("object is seen", f"I do not see '{thing.id}' where I put it")
            return {}
        off = math.dist(thing.position, self._spot[1])
        if off > self.context.numbers["astray"] and late:
            raise GuideFailure("object stays where it was put", f"'{thing.id}' is {off:.2f} m from where I put it")
        return {"beside": off}


class OfferGuide(PalmsGuide):
    """Holds ``target`` out and lets go of it when its weight or a pull is felt to change. Signal: ``unfinished``.

    Who is drawn at steps after the pull, so that arms feel less of it: that it was made to step ahead counts, too.

    It holds it where it was carried: arms that move feel more of that than of a pull. Setting besides: ``pull``, the
    force that counts as taking, N.
    """

    PATIENT = 1.0  # its arms stay where they are, and somebody draws at what it holds out

    def _begin(self, context: GuideContext) -> None:
        super()._begin(context)
        self._out: PalmAim | None = None
        self._drawn: float | None = None
        self._stood: Pose2 | None = None
        self._weighed = self._arms.held.usual is not None  # else it has to begin with what it feels now

    def aims(self, view: GuideView) -> list[PalmAim]:
        """See :class:`PalmsGuide`."""
        if self._out is None:
            width, _, _ = width_of(self._target.find(view), view.pose.yaw)
            self._out = self._arms.pressing or PalmAim(OFFERED, 0.0, width / 2, self._force)
        return [self._out, replace(self._out, half=self._out.half + AWAY, force=0.0)]

    def ready(self, view: GuideView, there: float) -> bool:
        """See :class:`skill_stack.connector.guides.joint_guide.JointGuide`: somebody has to draw at it."""
        held = self._arms.held
        if there < CALM and not self._weighed:
            held.carry(view.joints, view.now)
        held.feel(view.joints, view.now)
        self._stood = self._stood or view.pose
        followed = self._stood.local(view.pose.x, view.pose.y)[0] > FOLLOWED
        drawn = there >= CALM and (followed or held.taken(self.context.numbers["pull"]))
        self._drawn = (view.now if self._drawn is None else self._drawn) if drawn else None
        return self._drawn is not None and view.now - self._drawn >= SURE


def put_at(pose: Pose2, place: SceneObject, width: float, depth: float) -> tuple[float, float]:
    """How far ahead and to the left of a robot a thing of a width and a depth is put on a place that it stands before.

    It is put straight ahead, or as little to a side as has the place under its whole width; both in m.

    Raises:
        GuideFailure: The place is not in front of it, or too far away.
    """
    for aside in sorted(np.arange(-ASIDE, ASIDE + 1e-6, INSIDE).tolist(), key=abs):
        for ahead in np.arange(0.1, 0.6, 0.01).tolist():
            if all(_over(pose, place, ahead, aside + side * width / 2) for side in (-1.0, 1.0)):
                return float(max(ahead + INSIDE + depth / 2, 0.3)), aside
    raise GuideFailure("the place is within reach", f"'{place.id}' is not within reach of both hands")


def _over(pose: Pose2, place: SceneObject, ahead: float, aside: float) -> bool:
    """Whether a point ahead and to the left of a pose, m, is over a place."""
    point = pose.compose(Pose2(ahead, aside, 0.0))
    return outline_distance(place, point.x, point.y) <= 0.0
