"""Taker: a simulated person who takes what is held out, by a hand that draws at it like a spring."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import SceneSetup

Array = np.ndarray
ARM = 1.0
"""How far from the outline of the person a thing is taken at most, m."""
CALM, HIGH, STEADY = 3.0, 0.7, 0.06
"""Time for which it must have been held out, s, its least height then, m, and how far it may move meanwhile, m."""
STIFF, DAMP, STRONG = 250.0, 12.0, 25.0
"""Spring of the hand, N/m and N·s/m, and its greatest force besides the weight, N."""
FIRM = 0.1
"""Time in which the grip ends a turn of the thing, s."""
DRAWN, PACE, HOMEWARD = 0.15, 0.15, 0.3
"""How far the hand draws, m, how fast, and how fast it brings home what follows, m/s."""
TAKES = 0.3
"""Time in which it takes the whole weight, s."""
FOLLOWS, FREE = 0.03, 0.3
"""Distance between hand and thing, m, and time for which it is kept where nobody else holds the thing, s."""
CLEAR = 0.05
"""Free space that the hand leaves between the person's outline and the thing, m."""
HAD = 0.1
"""Free space between person and thing up to which the person has it, m."""


class Taker:
    """Draws at a thing that is held out; once that follows freely, brings it to the person.

    The person sees how the thing is held, and feels whether it follows; of the robot's state it knows nothing.
    """

    def __init__(self, data: mujoco.MjData, thing: SceneObject, person: SceneObject) -> None:
        """Waits for a thing.

        Args:
            data: The simulated world.
            thing: What is taken; its body has its name.
            person: Who takes it.
        """
        self._data, model = data, data.model
        self._dt = float(model.opt.timestep)
        self._body = int(model.body(thing.id).id)
        self._velocity = int(model.body_dofadr[self._body])
        self._thing, self._person = thing, person
        self._mass, self._inertia = float(model.body_mass[self._body]), float(model.body_inertia[self._body].mean())
        self._calm = self._since = self._free = 0.0
        self._held = np.full(3, np.inf)
        self._hand: Array | None = None
        self._way = 0.0

    def step(self) -> None:
        """Sets the force on the thing for the coming physics step."""
        place = self._data.xpos[self._body]
        if self._hand is None:
            self._wait(place)
            return
        self._since += self._dt
        off = self._hand - place
        if self._free < FREE:
            follows = self._way >= DRAWN and float(np.linalg.norm(off)) < FOLLOWS
            self._free = self._free + self._dt if follows else 0.0
        self._move(place)
        velocity = self._data.qvel[self._velocity : self._velocity + 6]
        pull = STIFF * off - DAMP * velocity[:3]
        pull *= min(1.0, STRONG / max(float(np.linalg.norm(pull)), 1e-9))
        turn = self._data.xmat[self._body].reshape(3, 3) @ velocity[3:]
        applied = self._data.xfrc_applied[self._body]
        applied[:3] = pull + (0.0, 0.0, self._mass * 9.81 * min(1.0, self._since / TAKES))
        applied[3:] = -self._inertia / FIRM * turn

    def _wait(self, place: Array) -> None:
        """Watches whether the thing is held out, and lays the hand on it where it is."""
        if float(np.linalg.norm(place - self._held)) > STEADY:
            self._held, self._calm = place.copy(), 0.0
        near = math.dist(place[:2], self._person.position[:2]) - self._person.radius < ARM
        self._calm = self._calm + self._dt if near and place[2] > HIGH else 0.0
        if self._calm >= CALM:
            self._hand = place.copy()

    def _move(self, place: Array) -> None:
        """Moves the hand: it draws a little, and to the person what is let go of."""
        assert self._hand is not None
        way = np.array(self._person.position[:2]) - place[:2]
        left = float(np.linalg.norm(way)) - self._person.radius - self._thing.radius - CLEAR
        far, pace = (left, HOMEWARD) if self._free >= FREE else (DRAWN - self._way, PACE)
        step = min(max(far, 0.0), pace * self._dt)
        self._hand[:2] += way / max(float(np.linalg.norm(way)), 1e-6) * step
        self._way += step


def takers(data: mujoco.MjData, setup: SceneSetup) -> list[Taker]:
    """Persons of a scene who take things.

    Args:
        data: The simulated world.
        setup: Its scene.
    """
    things = {thing.id: thing for thing in setup.objects}
    return [Taker(data, things[thing], things[person]) for thing, person in setup.takers.items()]


def taken(thing: SceneObject, person: SceneObject) -> bool:
    """Whether a person has a thing that is truly there: off the ground and close by; for judging.

    Args:
        thing: The thing where it is.
        person: The person.
    """
    apart = math.dist(thing.position[:2], person.position[:2]) - person.radius - thing.radius
    return apart < HAD and thing.position[2] > HIGH / 2
