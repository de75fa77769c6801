"""PalmArms: both arms of a humanoid, as they bring its palms to two sides of a thing."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.connector.kinematics.reach_map import least_room
from skill_stack.connector.palms.feeling import HeldForce
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
WAIST = "waist"
PITCHES = (0.35, 0.0, 0.6)
"""How far fingers point down, rad; the first with room in every joint is taken."""
ROOM = 0.1
"""Room to the nearest limit that is enough, as a share of a joint's range."""
LEANS = (0.0, 0.2, 0.45)
"""How far the waist leans forward, rad; the first with room in every joint is taken."""
TRIES = 2


@dataclass(frozen=True, slots=True)
class PalmPair:
    """Where both palms are.

    Attributes:
        middle: Between them, in the pelvis' frame, m, shape (3,).
        turn: Rotation of the pair from the pelvis' frame, shape (3, 3): x ahead, y to the left palm.
        half: From the middle to either, m.
    """

    middle: Array
    turn: Array
    half: float


@dataclass(frozen=True, slots=True)
class PalmAim:
    """One motion of both palms.

    Attributes:
        middle: Between the palms: ahead and to the left of the pelvis, and above the ground, m.
        yaw: About the vertical, rad.
        half: From the middle to either palm, m.
        force: With which either palm presses, N.
    """

    middle: tuple[float, float, float]
    yaw: float
    half: float
    force: float = 0.0


class PalmArms:
    """Inverse kinematics of both arms; the waist leans forward where they are too short.

    Attributes:
        robot: The robot.
        chains: Left and right arm.
        waist: Names of the waist's joints, which both arms share.
        trunk: The waist alone.
        held: What the arms feel of what is between the palms.
        pressing: The last motion that pressed something between the palms.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Builds the chains.

        Raises:
            DataError: The robot has no pair of palms.
        """
        palms = {palm.name: palm for palm in robot.palms}
        if set(palms) != {"left", "right"}:
            raise DataError(f"'{robot.name}' has no two palms between which it could take something")
        self.robot = robot
        self.waist = robot.members([WAIST])
        self.chains = tuple(
            Chain(robot, palms[side].link, [f"{side}_arm"], palms[side].face) for side in ("left", "right")
        )
        self.trunk = Chain(robot, palms["left"].link, [WAIST])
        self.held = HeldForce(robot, self.chains, self.waist)
        self.pressing: PalmAim | None = None
        self._last: dict[str, float] = {}
        self._way = (LEANS[0], PITCHES[0])

    def forget(self) -> None:
        """Begins from the default pose again."""
        self._last, self._way, self.pressing = {}, (LEANS[0], PITCHES[0]), None
        self.held.forget()

    def across(self, sides: tuple[float, float]) -> tuple[float, float]:
        """Width and depth between the palms of what they hold, by how wide they hold it, m.

        No camera tells how far it has turned since: the heading that it had on the map, and those by quarters look
        alike.

        Args:
            sides: Its width and depth by its heading, m.
        """
        wide = 2 * self.pressing.half if self.pressing is not None else sides[0]
        first, second = sorted(sides, key=lambda side: abs(side - wide))
        return first, second

    def goals(self, hold: PalmPair) -> dict[str, float] | None:
        """Joint positions for a hold, rad, by name, near to those before; None where it is out of reach."""
        best: dict[str, float] | None = None
        most = -math.inf
        way = self._way
        ways = itertools.product(LEANS, PITCHES)
        for lean, pitch in sorted(ways, key=lambda one: one != way) if self._last else ways:
            found = self._at(hold, pitch, lean)
            if found is None:
                continue
            room = self.room(found)
            if room > most:
                best, most, self._way = found, room, (lean, pitch)
            if room >= ROOM:
                break
        if best is not None:
            self._last = best
        return best

    def room(self, goals: dict[str, float]) -> float:
        """How far the joint of either arm that is nearest to its limit is from it, as a share of its range."""
        return least_room(self.robot, {name: value for name, value in goals.items() if name not in self.waist})

    def _at(self, hold: PalmPair, pitch: float, lean: float) -> dict[str, float] | None:
        """Positions of all joints with fingers that point down and a waist that leans, rad."""
        c, s = math.cos(pitch), math.sin(pitch)
        turn = hold.turn @ np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
        waist = {name: lean if "pitch" in name else 0.0 for name in self.waist}
        out = dict(waist)
        for chain, sign in zip(self.chains, (1.0, -1.0), strict=True):
            try:
                place = LinkPlace(hold.middle + sign * hold.half * hold.turn[:, 1], turn)
                out |= chain.solve(place, self._last or None, TRIES, waist)
            except DataError:
                return None
        return out


_ARMS: dict[str, PalmArms] = {}


def arms_that_hold(robot: RobotSpec) -> PalmArms:
    """The arms of a robot as one step after another uses them: each begins where the one before has left them."""
    if robot.name not in _ARMS:
        _ARMS[robot.name] = PalmArms(robot)
    return _ARMS[robot.name]
