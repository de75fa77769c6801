"""Guides ``palm_vantage`` and ``palm_approach``: walk to where both palms reach a thing or a place, or to somebody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from skill_stack.connector.guides.approach import ApproachGuide
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.kinematics.reach_map import BEST
from skill_stack.connector.palms.arms import PalmArms, PalmPair, arms_that_hold
from skill_stack.connector.palms.motions import INSIDE, width_of
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.connector.reaching.vantage import (
    CENTRED,
    TURNED,
    Vantage,
    VantageGuide,
    free_of_things,
)
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject

AHEAD = (0.3, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36)
"""Distances ahead of the pelvis at which things are taken and put, m."""
RETREATS = (0.12, 0.06)
"""How far the pelvis goes back until palms are there, m: by 6 cm in a halt, and by 6 cm at most as legs make up for a
waist that leans; the latter is risked where there is no free place otherwise."""
WIDEST = 0.36
"""Largest width between both palms, m."""
ROOM = -0.015
"""Free space that is left before the stated outline, m: arms are short, and toes end 4 cm behind it."""
ROUND = 12
"""Headings from which something round is come to."""
ASIDE = 0.15
"""Distance between spots along the edge of a place, m."""
FREE = 0.1
"""Free space around a thing that is put down, m."""
BOTH = "both"


class PalmApproachGuide(ApproachGuide):
    """As the guide ``approach``, for what is held between both palms.

    Who steps on the spot does not feel a pull at what it then holds out. What the arms feel on the way is what they
    felt before somebody draws.
    """

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        super().change(context)
        assert context.robot is not None, "a step knows its robot"
        self._held = arms_that_hold(context.robot).held

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._held.carry(view.joints, view.now)
        return super().step(view)


class PalmVantageGuide(VantageGuide):
    """As the guide ``vantage``, for both hands.

    It goes to before one of a thing's faces, where inverse kinematics of both arms has most room, and turns before it
    comes near, as its arms reach ahead. With the argument ``thing``, which is held, it goes to where that can be put
    onto ``target``.
    """

    RUN_UP, SQUARE = 0.5, 0.5

    def candidates(self, view: GuideView, thing: SceneObject) -> Iterable[Vantage]:
        """See :class:`skill_stack.connector.reaching.vantage.VantageGuide`."""
        assert self._context.robot is not None, "a step knows its robot"
        self._arms = PalmArms(self._context.robot)
        held = str(self._context.arguments.get("thing", ""))
        if held:
            return self._free(view, self._to_put(view, view.scene[held], thing))
        free: list[Vantage] = []
        for retreat in RETREATS:
            free = free or self._free(view, self._to_take(view, thing, retreat))
        return free

    def _free(self, view: GuideView, found: Iterable[tuple[float, Vantage]]) -> list[Vantage]:
        """Those that stand free, the least cost first."""
        return free_of_things(self._context, view, list(found), self._context.footprint.front + ROOM, self.RUN_UP)

    def _to_take(self, view: GuideView, thing: SceneObject, retreat: float) -> Iterator[tuple[float, Vantage]]:
        """Base poses before every face of a thing from which palms still reach it when the pelvis goes back, m.

        Raises:
            GuideFailure: It is too wide, or at a height that both hands do not reach.
        """
        fits = False
        for heading in _headings(thing):
            width, _, yaw = width_of(thing, heading)
            if width > WIDEST:
                continue
            for ahead in AHEAD:
                room = self._room(ahead + retreat, thing.position[2], width)
                fits = fits or room > 0.0
                if room > 0.0:
                    x, y = thing.position[0] - ahead * math.cos(yaw), thing.position[1] - ahead * math.sin(yaw)
                    yield _cost(view.pose, Pose2(x, y, yaw), room), Vantage(Pose2(x, y, yaw), BOTH, round(room * 20))
        if not fits and retreat == RETREATS[-1]:
            why = f"'{thing.id}' is too wide, too high or too low to be taken between both hands"
            raise GuideFailure("the place is within reach", why)

    def _to_put(self, view: GuideView, held: SceneObject, place: SceneObject) -> Iterator[tuple[float, Vantage]]:
        """Base poses before the edges of a place, from which the thing in the hands comes onto it."""
        assert self._context.robot is not None, "a step knows its robot"
        width, depth = arms_that_hold(self._context.robot).across(width_of(held, view.pose.yaw)[:2])
        top = place.position[2] + place.size[2] / 2 + held.size[2] / 2
        stand = self._context.footprint.front + ROOM + 0.01
        ahead = stand + INSIDE + depth / 2
        room = self._room(ahead, top, width)
        if room <= 0.0:
            raise GuideFailure("the place is within reach", f"both hands do not reach onto '{place.id}'")
        for heading in _headings(place):
            across, along, yaw = width_of(place, heading)
            least = max(0.0, (across - width) / 2 - INSIDE)
            for step in np.arange(-round(least / ASIDE), round(least / ASIDE) + 1):
                aside = float(np.clip(step * ASIDE, -least, least))
                c, s = math.cos(yaw), math.sin(yaw)
                back = along / 2 + stand
                base = Pose2(place.position[0] - back * c - aside * s, place.position[1] - back * s + aside * c, yaw)
                spot = (base.x + ahead * c, base.y + ahead * s)
                if not _occupied(view, held, place, spot, max(width, depth)):
                    yield _cost(view.pose, base, room), Vantage(base, BOTH, round(room * 20))

    def _room(self, ahead: float, height: float, width: float) -> float:
        """Room of the arms with a thing of a width before the pelvis, as a share of the range of the nearest joint."""
        middle = np.array([ahead, 0.0, height - self._context.numbers["height"]])
        found = self._arms.goals(PalmPair(middle, np.eye(3), width / 2))
        return self._arms.room(found) if found is not None else 0.0


def _headings(thing: SceneObject) -> list[float]:
    """Headings across the faces of a thing, rad."""
    count = 4 if thing.shape == "box" else ROUND
    return [wrap_angle(thing.yaw + 2 * math.pi * number / count) for number in range(count)]


def _cost(here: Pose2, there: Pose2, room: float) -> float:
    """Effort to get there, m, less with more room for the arms."""
    way = here.distance_to(there.x, there.y) + TURNED * abs(wrap_angle(there.yaw - here.yaw))
    return way - CENTRED * BEST * room


def _occupied(view: GuideView, held: SceneObject, place: SceneObject, spot: tuple[float, float], size: float) -> bool:
    """Whether something stands on a place where a thing is to be put."""
    top = place.position[2] + place.size[2] / 2
    return any(
        outline_distance(other, *spot) < size / 2 + FREE
        for other in view.scene.objects.values()
        if other.id not in (held.id, place.id) and other.shape != "point" and other.position[2] > top
    )
