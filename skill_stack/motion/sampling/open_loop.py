"""Joint targets that do what terms say by geometry alone: postures, lifted feet, steps, fingers.

A planner adds its samples to them. Without steps that are laid out beforehand samples do not find a gait.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import mujoco
import numpy as np

from skill_stack.core.rewards.body_motion import BodyLayout
from skill_stack.core.rewards.quantities import LIFTED
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.motion.sampling.arm_reach import ArmReach
from skill_stack.motion.sampling.leg_reach import LegPosture, LegReach
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState

Array = np.ndarray
Targets = dict[tuple[str, tuple[str, ...]], float]
"""Targets by term and what it is of."""
SLOW, SLOW_FINGERS = 0.2, 0.15
"""Times in which a posture comes nearer to what is asked for by a factor of e, s: of bodies and of fingers."""
LEANING = 0.5
"""Largest roll and pitch that legs make by geometry alone, rad."""
LOWEST, HIGHEST = 0.35, 1.2
"""Heights that legs make by geometry alone, as shares of the stand height."""
STEPS_FROM, TURNS_FROM = 0.03, 0.05
"""Speeds, m/s and rad/s, from which a body has to step."""


@dataclass(frozen=True, slots=True)
class Gait:
    """Steps that repeat.

    Attributes:
        frequency: Steps of each foot in a second, Hz.
        height: Lift at mid-swing, m.
        air: Part of a step in the air.
        phase: Of each foot when the clock begins, shape (feet,).
        velocity: Speed ahead and to the left, m/s, and turning speed, rad/s, shape (3,).
    """

    frequency: float
    height: float
    air: float
    phase: Array
    velocity: Array = field(default_factory=lambda: np.zeros(3))

    def offsets(self, time: float, stance: Array) -> Array:
        """Offsets of the feet forward, to the left and upwards, m, shape (feet, 3).

        Args:
            time: Since the clock began, s.
            stance: Places of the feet in the stance, m, shape (feet, 3).
        """
        place = (self.frequency * time + self.phase) % 1.0
        swings = place < self.air
        share = np.where(swings, place / self.air, (place - self.air) / (1.0 - self.air))
        ahead = np.where(swings, -0.5 * np.cos(math.pi * share), 0.5 - share)
        vx, vy, turn = self.velocity
        stride = (1.0 - self.air) / self.frequency
        along = np.stack([vx - turn * stance[:, 1], vy + turn * stance[:, 0]], axis=-1) * stride
        lift = np.where(swings, self.height * np.sin(math.pi * share), 0.0)
        return np.concatenate([ahead[:, None] * along, lift[:, None]], axis=-1)


class OpenLoop:
    """Joint targets by geometry, which go on from one plan to the next."""

    def __init__(self, model: mujoco.MjModel, body: ModelBody) -> None:
        """Begins without a posture.

        Args:
            model: The robot's model.
            body: The robot in it.
        """
        self._body, self._layout = body, body.layout
        self._legs = LegReach(model, body) if body.layout.legged else None
        self._arms = ArmReach(model, body) if body.layout.hands and not body.layout.legged else None
        self.begin()

    def begin(self) -> None:
        """Forgets the posture, and begins from that of the next start."""
        if self._arms is not None:
            self._arms.begin()
        self._posture: LegPosture | None = None
        self._fingers: Array | None = None
        self._at = -math.inf

    def targets(self, rewards: RewardSet, start: StartState, clock: float, step: float, steps: int) -> Array:
        """Joint targets of the next moments, rad, shape (steps, joints), not limited.

        Args:
            rewards: What is asked for.
            start: Where the robot is.
            clock: Time since the set began, s.
            step: Time between two targets, s.
            steps: How many.
        """
        wanted = {
            (one.term, one.of): _target(one.target, one.term, self._layout) for one in rewards.terms if one.weight
        }
        if self._arms is not None:
            return self._arms.targets(wanted, start, step, steps)
        if self._legs is not None:
            out = self._on_legs(self._legs, wanted, start, clock, step, steps)
        else:
            out = self._of_fingers(wanted, start, step, steps)
        for (term, of), target in wanted.items():
            if term == "joint_position":
                number = self._layout.joints.index(of[0])
                share = 1.0 - np.exp(-step * np.arange(1, steps + 1) / SLOW_FINGERS)
                out[:, number] = start.position[number] + share * (target - start.position[number])
        self._at = start.time
        return out

    def _of_fingers(self, wanted: Targets, start: StartState, step: float, steps: int) -> Array:
        aim = self._layout.default.copy()
        for (term, of), target in wanted.items():
            if term not in ("finger_curl", "finger_spread"):
                continue
            finger = self._layout.fingers[of[0]]
            if term == "finger_curl":
                aim[finger.bending] = finger.straight + target * (finger.fist - finger.straight)
            elif finger.spreading is not None:
                aim[finger.spreading] = self._layout.default[finger.spreading] + finger.left * target
        passed = start.time - self._at
        now = start.position.copy() if self._fingers is None else _nearer(self._fingers, aim, passed)
        self._fingers = now
        return np.stack([_nearer(now, aim, step * (number + 1)) for number in range(steps)])

    def _on_legs(
        self, legs: LegReach, wanted: Targets, start: StartState, clock: float, step: float, steps: int
    ) -> Array:
        aim, gait = posture_of(wanted, self._layout), gait_of(wanted, self._layout)
        now = self._posture
        if now is None:
            now = legs.posture_of(start, self._layout)
        else:
            for _ in range(min(round((start.time - self._at) / step), 100)):
                now = now.nearer(aim, step / SLOW)
        self._posture = now
        out, position = np.zeros((steps, len(self._layout.joints))), start.position
        for number in range(steps):
            now = now.nearer(aim, step / SLOW)
            feet = now.feet.copy()
            if gait is not None:
                stepping = aim.feet[:, 2:] <= LIFTED
                feet += np.where(stepping, gait.offsets(clock + step * number, self._layout.stance), 0.0)
            position = legs.reach(position, now.body, feet, 4 if number == 0 else 2)
            out[number] = position + legs.carrying(now.body, feet[:, 2])
        return out


def _nearer(now: Array, aim: Array, passed: float) -> Array:
    return aim + (now - aim) * math.exp(-passed / SLOW_FINGERS)


def _target(target: float | None, term: str, layout: BodyLayout) -> float:
    return reward_terms()[term].target(layout.stand_height) if target is None else target


def posture_of(wanted: Targets, layout: BodyLayout) -> LegPosture:
    """The posture that terms ask for.

    Args:
        wanted: Targets by term and what it is of.
        layout: The robot.
    """
    feet = np.zeros((len(layout.feet), 3))
    sides = np.sign(layout.stance[:, 1])
    for number, foot in enumerate(layout.feet):
        feet[number, 0] = wanted.get(("foot_forward", (foot,)), 0.0)
        feet[number, 1] = -sides[number] * wanted.get(("foot_inward", (foot,)), 0.0)
        feet[number, 2] = wanted.get(("foot_lift", (foot,)), 0.0)
    standing = feet[:, 2] <= LIFTED
    shift = np.zeros(2)
    if standing.any() and not standing.all():
        shift = (layout.stance + feet)[standing, :2].mean(axis=0)
    height = wanted.get(("base_height", ()), layout.stand_height)
    height = min(max(height, LOWEST * layout.stand_height), HIGHEST * layout.stand_height)
    angles = [min(max(wanted.get((term, ()), 0.0), -LEANING), LEANING) for term in ("base_pitch", "base_roll")]
    return LegPosture(np.array([*shift, height, *angles]), feet)


def gait_of(wanted: Targets, layout: BodyLayout) -> Gait | None:
    """The steps that terms ask for; None where the feet stay where they are.

    Args:
        wanted: Targets by term and what it is of.
        layout: The robot.
    """
    speeds = np.array([wanted.get((term, ()), 0.0) for term in ("velocity_x", "velocity_y", "turn_rate")])
    moves = np.hypot(*speeds[:2]) > STEPS_FROM or abs(speeds[2]) > TURNS_FROM
    if not moves and ("step_frequency", ()) not in wanted and ("step_height", ()) not in wanted:
        return None
    terms = reward_terms()
    frequency, height, air = (
        wanted.get((term, ()), float(terms[term].default))
        for term in ("step_frequency", "step_height", "step_air_share")
    )
    if frequency <= 0.0:
        return None
    # Feet across from one another step together unless told otherwise.
    across = np.where(layout.stance[:, 0] * layout.stance[:, 1] > 0.0, 0.0, 0.5)
    phase = np.array([wanted.get(("step_phase", (foot,)), across[number]) for number, foot in enumerate(layout.feet)])
    return Gait(frequency, height, air, phase, speeds)
