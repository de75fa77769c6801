"""The built-in controller: what the robot does by itself, and how it is asked for it.

It answers ``motion_switcher`` and ``sport``. Postures are straight lines in joint space; walking borrows this project's
own policy, since what counts here is who drives the motors, not how well. While it is selected it writes the motors
itself, and low-level commands fight with it, as on the robot.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from unitree.body import Body

if TYPE_CHECKING:
    from unitree.walker import Walker

Array = np.ndarray

OK, NOT_IMPLEMENTED, BAD_PARAMETER, NOT_READY = 0, 3203, 3204, 4202
KP, KD, DAMPING = 60.0, 3.0, 3.0
POSTURE_TIME = 1.5  # s
NEAR = 0.2  # rad from the end of a posture up to which it counts as taken
MOVE_LASTS = 1.0  # s after which a movement that is not renewed ends
ANTICS = {
    **{1016: "hello", 1017: "stretch", 1020: "content", 1022: "dance1"},
    **{1023: "dance2", 1029: "scrape", 1036: "heart"},
}
ANTIC_TIME, ANTIC_SIZE, ANTIC_RATE = 3.0, 0.15, 6.0  # s, rad, rad/s
# Humanoid: numbers of its state machine.
FSM_ZERO_TORQUE, FSM_DAMP, FSM_SQUAT, FSM_SIT, FSM_STAND, FSM_WALK = 0, 1, 2, 3, 4, 500

Answer = tuple[int, str]


@dataclass(slots=True)
class Motion:
    """A motion in progress: from one posture to another.

    Attributes:
        name: What it is.
        begin: Time at which it began, s.
        start: Joints by motor at its begin, rad.
        goal: Joints by motor at its end, rad.
        antic: Whether it ends with a wriggle around its goal.
        then_limp: Whether motors damp once the goal is reached.
    """

    name: str
    begin: float
    start: Array
    goal: Array
    antic: bool = False
    then_limp: bool = False


class Firmware:
    """The built-in controller.

    Attributes:
        selected: Name of the motion service that runs, empty when none does.
        doing: What it does, for reports.
    """

    def __init__(self, body: Body, walker: Walker | None, selected: str) -> None:
        """Begins lying and damped.

        Args:
            body: The body that it drives.
            walker: Its way of walking, or None where it has none.
            selected: Service that runs at the start; empty for none.
        """
        self._body, self._walker = body, walker
        self._places = np.array([body.device.model.joint(name).qposadr[0] for name in body.robot.joint_names])
        self.selected = selected
        self.doing = "damp"
        self._motion: Motion | None = None
        self._balances = False  # the walker has the motors: it walks, or stands after walking
        self._velocity = (0.0, 0.0, 0.0)
        self._move_until = 0.0
        self._fsm = FSM_DAMP
        self._sport: dict[int, Callable[[dict[str, Any]], Answer]] = {
            1001: lambda _: self._damp(),
            1002: lambda _: self._stand(),
            1003: lambda _: self._stop(),
            1004: lambda _: self._stand(),
            1005: lambda _: self._posture("lie", "lie"),
            1006: lambda _: self._stand(),
            1008: self._move,
            1009: lambda _: self._posture("sit", "sit"),
            1010: lambda _: self._stand(),
            **{number: self._antic(name) for number, name in ANTICS.items()},
        }
        if body.robot.name == "g1":
            self._sport = {
                7001: lambda _: (OK, json.dumps({"data": self._fsm})),
                7002: lambda _: (OK, json.dumps({"data": 0})),
                7101: self._set_fsm,
                7105: self._set_velocity,
            }

    def motion_switcher(self, api: int, parameter: str) -> Answer:
        """Answers a request to ``motion_switcher``: a code and text."""
        if api == 1001:
            return OK, json.dumps({"form": "0", "name": self.selected})
        if api == 1002:
            name = _dictionary(parameter).get("name")
            if not isinstance(name, str) or not name:
                return BAD_PARAMETER, ""
            self._select(name)
            return OK, ""
        if api == 1003:
            self._select("")
            return OK, ""
        return NOT_IMPLEMENTED, ""

    def sport(self, api: int, parameter: str) -> Answer:
        """Answers a request to ``sport``: a code and text."""
        if api not in self._sport:
            return NOT_IMPLEMENTED, ""
        if not self.selected:
            return NOT_READY, ""
        try:
            return self._sport[api](_dictionary(parameter))
        except (KeyError, TypeError, ValueError):
            return BAD_PARAMETER, ""

    def _select(self, name: str) -> None:
        """Another service, or none: either way the motors damp until somebody drives them."""
        self.selected = name
        self._damp()
        self.drive()

    def _damp(self) -> Answer:
        self.doing, self._motion, self._balances, self._fsm = "damp", None, False, FSM_DAMP
        return OK, ""

    def _positions(self) -> Array:
        return self._body.by_motor(self._body.device.data.qpos[self._places])

    def _posture(self, name: str, pose: str, antic: bool = False) -> Answer:
        if pose not in self._body.robot.poses:
            return NOT_IMPLEMENTED, ""
        goal = self._body.by_motor(self._body.robot.pose(pose))
        self._motion = Motion(name, self._body.time, self._positions(), goal, antic, name == "lie")
        self.doing, self._balances = name, False
        return OK, ""

    def _stand(self) -> Answer:
        """Who walks comes to a stand on its own legs: to hold a posture in the middle of a stride throws it over."""
        if self._balances:
            return self._stop()
        return (OK, "") if self.doing == "stand" and self._rises() else self._posture("stand", "default")

    def _antic(self, name: str) -> Callable[[dict[str, Any]], Answer]:
        return lambda _: self._posture(name, "default", antic=True)

    def _stop(self) -> Answer:
        if self.doing == "move":
            self.doing, self._velocity = "stand", (0.0, 0.0, 0.0)
        return OK, ""

    def _move(self, parameters: dict[str, Any]) -> Answer:
        return self._go((parameters["x"], parameters["y"], parameters["z"]), MOVE_LASTS)

    def _set_velocity(self, parameters: dict[str, Any]) -> Answer:
        x, y, z = parameters["velocity"]
        return self._go((x, y, z), float(parameters.get("duration", MOVE_LASTS)))

    def _go(self, velocity: tuple[float, float, float], seconds: float) -> Answer:
        if self._walker is None:
            return NOT_IMPLEMENTED, ""
        if self.doing in ("damp", "lie", "sit") or self._rises():
            return NOT_READY, ""
        self._velocity = (float(velocity[0]), float(velocity[1]), float(velocity[2]))
        if not np.isfinite(self._velocity).all():
            return BAD_PARAMETER, ""
        self._move_until = self._body.time + seconds
        self.doing, self._balances = "move", True
        return OK, ""

    def _set_fsm(self, parameters: dict[str, Any]) -> Answer:
        number = int(parameters["data"])
        if number in (FSM_ZERO_TORQUE, FSM_DAMP):
            self._damp()
        elif number in (FSM_STAND, FSM_WALK):
            self._stand()
        else:
            return NOT_IMPLEMENTED, ""
        self._fsm = number
        return OK, ""

    def drive(self) -> None:
        """Writes the motors; to be called at 50 Hz while a service is selected, and once when none is any more."""
        rows = np.zeros((5, len(self._body.names)))
        rows[4] = DAMPING
        if self._balances and self._walker is not None:
            if self._body.time > self._move_until:
                self._stop()
            self._body.obey(self._walker.rows(self._body, self._velocity))
            return
        if self._motion is not None and not self._motion_ended(self._motion):
            rows[0], rows[3], rows[4] = self._target(self._motion), KP, KD
        self._body.obey(rows)

    def _rises(self) -> bool:
        """Whether a posture is still on its way."""
        if self._motion is None or self._balances or self._body.time > self._motion.begin + POSTURE_TIME:
            return False
        return bool(np.abs(self._motion.goal - self._positions()).max() > NEAR)

    def _motion_ended(self, motion: Motion) -> bool:
        return motion.then_limp and self._body.time > motion.begin + POSTURE_TIME

    def _target(self, motion: Motion) -> Array:
        passed = self._body.time - motion.begin
        share = min(passed / POSTURE_TIME, 1.0)
        target = motion.start + share * (motion.goal - motion.start)
        if motion.antic and POSTURE_TIME < passed:
            if passed > POSTURE_TIME + ANTIC_TIME:
                self._posture("stand", "default")
            target = target + ANTIC_SIZE * np.sin(ANTIC_RATE * (passed - POSTURE_TIME))
        return target


def _dictionary(parameter: str) -> dict[str, Any]:
    found = json.loads(parameter or "{}")
    if not isinstance(found, dict):
        raise ValueError("not a dictionary")
    return found
