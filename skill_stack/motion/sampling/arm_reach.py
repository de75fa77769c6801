"""ArmReach: joint positions of arms and trunk in which hands and trunk are where terms ask for, and the way there."""

from __future__ import annotations

import math
from collections.abc import Mapping

import mujoco
import numpy as np

from skill_stack.core.rewards.quantities import pitch_of, roll_of
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.rotation import multiply, yaw_of
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState

Array = np.ndarray
Targets = Mapping[tuple[str, tuple[str, ...]], float]
SLOW = 0.25
"""Time in which a posture comes nearer to what is asked for by a factor of e where the pace allows it, s."""
FIRST, AGAIN = 60, 3
"""Iterations from the posture before: where the terms are new, and where they are as before."""
DAMPING = 1e-4
"""Added to the squares of the Jacobian, m²/rad²."""
FARTHEST = 0.15
"""Largest change of a joint in one iteration, rad."""
TURN = 0.5
"""Weight of an angle of the trunk, m/rad: what a hand at the end of an arm moves by it."""
ASIDE, BESIDE = 0.02, 0.15
"""Weights of what no term asks for: arms near the stance, and the trunk upright, m/rad."""
MARGIN = 0.03
"""Distance that joints keep from their limits, rad."""
TRUNK = {"trunk_roll": 0, "trunk_pitch": 1, "trunk_turn": 2}
"""Axis about which the trunk turns, in the frame of the heading."""
PLACES = {"hand_forward": 0, "hand_outward": 1, "hand_height": 2}
"""Axis along which a hand moves, in the frame of the heading."""


class ArmReach:
    """Inverse kinematics of arms and trunk by damped least squares, and the way from one posture to the next."""

    def __init__(self, model: mujoco.MjModel, body: ModelBody) -> None:
        """Finds hands and trunk.

        Args:
            model: The robot's model, in which its base is carried.
            body: The robot in it.
        """
        self._model, self._body, self._data = model, body, mujoco.MjData(model)
        robot = body.robot
        self._lower, self._upper = robot.column("lower") + MARGIN, robot.column("upper") - MARGIN
        self._kp = robot.column("kp")
        self._sites = [model.site(f"{name}_hand").id for name in body.layout.hands]
        self._trunk = model.body(robot.source.trunk_link or robot.source.base_link).id
        chain, at = set(), self._trunk
        while at:
            chain |= {int(one) for one in range(model.body_jntadr[at], model.body_jntadr[at] + model.body_jntnum[at])}
            at = int(model.body_parentid[at])
        own = [model.joint(name).id for name in robot.joint_names]
        self._rest = np.where([one in chain for one in own], BESIDE, ASIDE)
        self._jacobian = np.zeros((2, 3, model.nv))
        self.begin()

    def begin(self) -> None:
        """Forgets the posture, and begins from that of the next start."""
        self._now: Array | None = None
        self._aim: Array | None = None
        self._wanted: Targets = {}
        self._at = -math.inf

    def targets(self, wanted: Targets, start: StartState, step: float, steps: int) -> Array:
        """Joint targets of the next moments, rad, shape (steps, joints), with the torque that carries the arms.

        Args:
            wanted: Targets by term and what it is of.
            start: Where the robot is.
            step: Time between two targets, s.
            steps: How many.
        """
        pace = wanted.get(("pace", ()), float(reward_terms()["pace"].default))
        passed, new = start.time - self._at, dict(wanted) != self._wanted
        if self._now is None or self._aim is None:
            self._now, self._aim, passed = start.position.copy(), start.position.copy(), math.inf
        self._place(start)
        self._now = self._nearer(self._now, pace, passed if math.isfinite(passed) else 0.0)
        self._aim = self._reach(self._aim, wanted, FIRST if new else AGAIN)
        self._wanted, self._at = dict(wanted), start.time
        way, now = np.zeros((steps, self._body.robot.size)), self._now
        for number in range(steps):
            now = way[number] = self._nearer(now, pace, step)
        ends = np.stack([self._carrying(way[0]), self._carrying(way[-1])])
        share = np.linspace(0.0, 1.0, steps)[:, None]
        return way + (1.0 - share) * ends[0] + share * ends[1]

    def _nearer(self, now: Array, pace: float, passed: float) -> Array:
        """The posture some time later: no joint is faster than the pace, and all of them arrive together."""
        assert self._aim is not None
        way = (self._aim - now) * (1.0 - math.exp(-passed / SLOW))
        fastest = float(np.abs(way).max(initial=0.0))
        return np.asarray(now + way * min(1.0, pace * passed / max(fastest, 1e-9)))

    def _place(self, start: StartState) -> None:
        """The base in the model, over the origin and without its heading."""
        yaw, root = yaw_of(start.orientation), self._model.jnt_qposadr[0]
        back = (math.cos(yaw / 2), 0.0, 0.0, -math.sin(yaw / 2))
        self._data.qpos[root : root + 3] = (0.0, 0.0, start.place[2])
        self._data.qpos[root + 3 : root + 7] = multiply(back, tuple(start.orientation))

    def _reach(self, position: Array, wanted: Targets, iterations: int) -> Array:
        """Joint positions nearer to what is asked for, rad, shape (joints,).

        Args:
            position: Joint positions to begin from, rad.
            wanted: Targets by term and what it is of.
            iterations: How often to come nearer.
        """
        for _ in range(iterations):
            rows, off = self._asked(position, wanted)
            square = rows.T @ rows + np.diag(self._rest**2 + DAMPING)
            pull = rows.T @ off + self._rest**2 * (self._body.layout.default - position)
            change = np.linalg.solve(square, pull)
            change *= min(1.0, FARTHEST / max(float(np.abs(change).max()), 1e-9))
            position = np.clip(position + change, self._lower, self._upper)
        return position

    def _asked(self, position: Array, wanted: Targets) -> tuple[Array, Array]:
        """Jacobian rows, m/rad, and distances, m, of every term, at joint positions."""
        layout, model, data = self._body.layout, self._model, self._data
        data.qpos[self._body.joints] = position
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        dofs, linear, angular = self._body.speeds, self._jacobian[0], self._jacobian[1]
        hands, places = [], data.site_xpos[self._sites]
        for site in self._sites:
            mujoco.mj_jacSite(model, data, linear, None, site)
            hands.append(linear[:, dofs].copy())
        mujoco.mj_jacBody(model, data, None, angular, self._trunk)
        rows, off = [np.zeros(layout.default.size)], [0.0]
        for (term, of), target in wanted.items():
            if term in PLACES:
                number, axis = layout.hands.index(of[0]), PLACES[term]
                sign = layout.sides[number] if term == "hand_outward" else 1.0
                rows.append(hands[number][axis])
                off.append(sign * target - places[number][axis])
            elif term == "hand_distance":
                apart = places[0] - places[1]
                length = max(float(np.linalg.norm(apart)), 1e-6)
                rows.append(apart / length @ (hands[0] - hands[1]))
                off.append(target - length)
            elif term in TRUNK:
                rows.append(TURN * angular[TRUNK[term], dofs])
                off.append(TURN * (target - self._turned(term)))
            elif term == "joint_position":
                number = layout.joints.index(of[0])
                rows.append(np.eye(layout.default.size)[number])
                off.append(target - position[number])
        return np.array(rows), np.array(off)

    def _turned(self, term: str) -> float:
        """An angle of the trunk, rad."""
        axes = self._data.xmat[self._trunk].reshape(3, 3).T
        if term == "trunk_turn":
            return math.atan2(axes[0][1], axes[0][0])
        return float(pitch_of(tuple(axes)) if term == "trunk_pitch" else roll_of(tuple(axes)))

    def _carrying(self, position: Array) -> Array:
        """Offsets of joint targets whose torque carries the arms, rad, shape (joints,)."""
        data = self._data
        data.qpos[self._body.joints] = position
        data.qvel[:] = 0.0
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_comPos(self._model, data)
        mujoco.mj_crb(self._model, data)
        mujoco.mj_comVel(self._model, data)
        mujoco.mj_rne(self._model, data, 0, data.qfrc_bias)
        torque = np.clip(data.qfrc_bias[self._body.speeds], -self._body.layout.effort, self._body.layout.effort)
        return np.asarray(torque / self._kp)
