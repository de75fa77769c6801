"""BodyMotion: what bodies did over time, as reward terms look at it; the same for plans, training and measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot import Body

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class FingerLayout:
    """What the terms need to know of one finger.

    Attributes:
        bending: Numbers of the joints that a fist bends, shape (n,).
        straight: Their positions in the straight finger, rad, shape (n,).
        fist: Their positions in a fist, rad, shape (n,).
        spreading: Number of the joint that moves it sideways; None where it has none.
        left: Direction of that joint that moves the finger to the left: 1 or -1.
    """

    bending: Array
    straight: Array
    fist: Array
    spreading: int | None = None
    left: float = 1.0


@dataclass(frozen=True, slots=True)
class BodyLayout:
    """What the terms need to know of a robot.

    Attributes:
        joints: Names, in the order of every array.
        default: Joint positions of the stance, rad, shape (joints,).
        effort: Largest torques, N·m, shape (joints,).
        stand_height: Height of the base when it stands, m.
        feet: Names.
        stance: Places of the feet in the stance, in the frame of the base, m, shape (feet, 3).
        foot_radius: Heights of the feet's middles when they stand, m, shape (feet,).
        fingers: By name; empty without a hand.
        bodies: What it is, see :attr:`RobotSpec.bodies`.
        hands: Names of the hands at the ends of arms.
        sides: Of each such hand 1 for the left and -1 for the right side, shape (hands,).
        mass_rest: Middle of mass of trunk and arms in the stance, ahead of and to the left of the base, m, shape (2,).
        mass_share: Their share of the robot's mass.
    """

    joints: tuple[str, ...]
    default: Array
    effort: Array
    stand_height: float
    feet: tuple[str, ...] = ()
    stance: Array = field(default_factory=lambda: np.zeros((0, 3)))
    foot_radius: Array = field(default_factory=lambda: np.zeros(0))
    fingers: Mapping[str, FingerLayout] = field(default_factory=dict)
    bodies: frozenset[Body] = frozenset()
    hands: tuple[str, ...] = ()
    sides: Array = field(default_factory=lambda: np.zeros(0))
    mass_rest: Array = field(default_factory=lambda: np.zeros(2))
    mass_share: float = 0.0

    @property
    def legged(self) -> bool:
        """Whether it stands on feet."""
        return bool(self.feet)

    def problem(self, rewards: RewardSet, has_object: bool) -> str:
        """Why this robot cannot be asked for it, or an empty string."""
        return rewards.problem(self.bodies, self.feet, self.joints, self.fingers, has_object, self.hands)


@dataclass(frozen=True, slots=True)
class ObjectMotion:
    """What the object of a hand did.

    Attributes:
        place: Its middle, m, shape (..., time, 3).
        orientation: w-x-y-z, shape (..., time, 4).
        angular: Angular velocity, rad/s, shape (..., time, 3).
        start_place: Its middle where the set began, m, shape (3,).
        start_orientation: Its orientation there, w-x-y-z, shape (4,).
    """

    place: Array
    orientation: Array
    angular: Array
    start_place: Array
    start_orientation: Array


@dataclass(frozen=True, slots=True)
class BodyMotion:
    """Motions of one kind of robot; leading dimensions are samples, or robots, or none.

    Places and orientations are in the frame of where the set began: x forward (for a hand towards its fingertips),
    y left, z up; for a legged robot its origin is on the ground under the base, for a hand it is the palm's base.

    Attributes:
        dt: Time between two moments, s.
        place: Place of the base, m, shape (..., time, 3).
        orientation: Of the base, w-x-y-z, shape (..., time, 4).
        linear: Velocity of the base in its own frame, m/s, shape (..., time, 3).
        angular: Angular velocity of the base in its own frame, rad/s, shape (..., time, 3).
        position: Joint positions, rad, shape (..., time, joints).
        velocity: Joint velocities, rad/s, same shape.
        torque: Joint torques, N·m, same shape.
        feet: Places of the feet's middles, m, shape (..., time, feet, 3).
        contact: Whether each foot carries load, bool, shape (..., time, feet).
        tips: Places of the fingertips, m, shape (..., time, fingers, 3), in the order of the layout.
        thing: The object of a hand; None without one.
        hands: Places of the hands at the ends of arms, m, shape (..., time, hands, 3), in the order of the layout.
        trunk: Orientation of the trunk that the arms hang on, w-x-y-z, shape (..., time, 4); None without arms.
        mass: Middle of mass of trunk and arms, m, shape (..., time, 3); None without arms.
    """

    dt: float
    place: Array
    orientation: Array
    linear: Array
    angular: Array
    position: Array
    velocity: Array
    torque: Array
    feet: Array
    contact: Array
    tips: Array
    thing: ObjectMotion | None = None
    hands: Array | None = None
    trunk: Array | None = None
    mass: Array | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Leading dimensions and time."""
        return self.position.shape[:-1]
