"""HeldForce: the force with which somebody takes what is between both palms, as joints give way to it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from skill_stack.connector.kinematics.chain import Chain
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

TAKING = np.array([0.8, 0.0, 0.6])
"""Direction of the force by which somebody takes a thing: ahead, and its weight."""
SWAY, USUAL = 0.6, 2.0
"""Time constants of a pull, since a body that steps on the spot sways, and of what is felt for longer, s."""
WEIGHED, LEFT = 1.0, 0.4
"""Least weight that is told from none, N, and the share of a weight below which somebody else carries it."""
SQUEEZED = 10.0
"""Least force with which what is between two palms keeps them apart, N: of the 40 N with which they press 37 to 42 were
felt in the simulator, on the way, too, and 2 at most with nothing between them."""


class HeldForce:
    """Force on both palms, by least squares of the torques beyond what the arms weigh themselves.

    Joints are springs about their targets, which stay as they are while something is carried. Somebody may draw at it
    as soon as the robot stands there, before it is held out; so what is felt is compared with what was felt on the way.

    Attributes:
        targets: Last targets of the joints of both arms, rad, by name; empty before anything was held.
        pressing: Whether their last motion presses something between the palms.
        usual: What was felt on the way, N, shape (3,): ahead, to the left and up; None where nothing was.
    """

    def __init__(self, robot: RobotSpec, chains: tuple[Chain, ...], waist: tuple[str, ...]) -> None:
        """Takes the arms.

        Args:
            robot: The robot.
            chains: Both arms.
            waist: Names of the waist's joints.
        """
        self._chains, self._waist = chains, waist
        self._stiff = {joint.name: joint.kp for joint in robot.joints}
        self.forget()

    def forget(self) -> None:
        """Begins without what was felt before."""
        self.targets: dict[str, float] = {}
        self.pressing = False
        self.usual: Array | None = None
        self._now = self._long = np.zeros(3)
        self._last = math.nan

    def carry(self, joints: Mapping[str, float], now: float) -> None:
        """Takes measured positions, rad, by name, at a task time, s, while nobody draws."""
        force, dt = self._force(joints), self._since(now)
        if force is not None:
            self.usual = force if self.usual is None else _followed(self.usual, force, dt, USUAL)
            self._now = self._long = self.usual

    def feel(self, joints: Mapping[str, float], now: float) -> None:
        """Takes positions while somebody may draw; arguments as of :meth:`carry`."""
        force, dt = self._force(joints), self._since(now)
        if force is not None:
            self._now, self._long = _followed(self._now, force, dt, SWAY), _followed(self._long, force, dt, USUAL)

    def taken(self, pull: float) -> bool:
        """Whether somebody draws at it with a force more than was felt on the way, N, or carries its weight."""
        if self.usual is None:
            return False
        drawn, weight = (self._now - self.usual) @ TAKING, -self.usual[2]
        return bool(drawn > pull or (weight > WEIGHED and -self._long[2] < LEFT * weight))

    def weight(self, joints: Mapping[str, float]) -> float | None:
        """What arms at rest carry, N; arguments as of :meth:`carry`, None where positions are unknown."""
        force = self._force(joints)
        return None if force is None else -float(force[2])

    def presses_something(self, joints: Mapping[str, float]) -> bool | None:
        """Whether what palms press is between them; None where they press nothing, or positions are unknown."""
        force = self.squeezed(joints) if self.pressing else None
        return None if force is None else force > SQUEEZED

    def squeezed(self, joints: Mapping[str, float]) -> float | None:
        """Force with which a thing keeps the palms apart, N; arguments and None as of :meth:`weight`."""
        forces = self._forces(joints)
        if forces is None:
            return None
        left, right = (chain.place(joints).position for chain in self._chains)
        across = (left - right) / max(float(np.linalg.norm(left - right)), 1e-6)
        return float((forces[0] - forces[1]) @ across) / 2.0

    def _since(self, now: float) -> float:
        """Time since the last positions, s."""
        dt = 0.0 if math.isnan(self._last) else max(now - self._last, 0.0)
        self._last = now
        return dt

    def _force(self, joints: Mapping[str, float]) -> Array | None:
        """The force, N; that with which palms press against one another is none. None where positions are unknown."""
        forces = self._forces(joints)
        return None if forces is None else np.asarray(forces[0] + forces[1])

    def _forces(self, joints: Mapping[str, float]) -> list[Array] | None:
        """Forces on the left and the right palm, N, shape (3,) each; None where positions are unknown."""
        waist, forces = {name: joints[name] for name in self._waist if name in joints}, []
        for chain in self._chains:
            if not all(name in joints and name in self.targets for name in chain.joints):
                return None
            mine = waist | {name: joints[name] for name in chain.joints}
            weight = chain.weight(mine)
            felt = [weight[name] - self._stiff[name] * (self.targets[name] - joints[name]) for name in chain.joints]
            needed = [list(chain.pressing(mine, axis).values()) for axis in np.eye(3)]
            forces.append(np.asarray(np.linalg.lstsq(np.transpose(needed), felt, rcond=None)[0]))
        return forces


def _followed(before: Array, value: Array, dt: float, constant: float) -> Array:
    """A first-order filter."""
    return np.asarray(before + min(1.0, dt / constant) * (value - before))
