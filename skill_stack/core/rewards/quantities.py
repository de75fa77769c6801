"""Quantities of a motion by the name of their reward term, each of shape (..., time)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np

from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion, ObjectMotion
from skill_stack.core.rewards.reward_set import RewardTerm
from skill_stack.core.rotation import headings_of, tilt_of

Array = np.ndarray
GRAVITY = 9.81
LIFTED = 0.02
"""Height above which a foot that is to be lifted does not belong to those that carry the robot, m."""
LEVEL = 0.3
"""Cosine of the pitch below which the roll fades: upright on two legs there is none."""
UNDER_DISTANCE = 1e-9


class MotionView:
    """A motion as its robot's terms see it; everything is worked out when it is first needed.

    Attributes:
        motion: The motion.
        layout: The robot.
        lifted: Numbers of the feet that are not to stand, which balance leaves out.
    """

    def __init__(self, motion: BodyMotion, layout: BodyLayout, lifted: tuple[int, ...] = ()) -> None:
        """Takes what the terms look at."""
        self.motion, self.layout, self.lifted = motion, layout, lifted

    @cached_property
    def axes(self) -> tuple[Array, Array, Array]:
        """Axes of the base in the frame of the beginning: forward, left and up, shape (..., time, 3) each."""
        return _axes(self.motion.orientation)

    @cached_property
    def trunk(self) -> tuple[Array, Array, Array]:
        """Axes of the trunk that arms hang on, as :attr:`axes`."""
        return _axes(_there(self.motion.trunk, "a trunk"))

    def hand_offset(self, of: tuple[str, ...]) -> Array:
        """Where a hand is against the base, in the frame of the heading, m, shape (..., time, 3)."""
        return self._turned(self.hand(of) - self.motion.place)

    def hand(self, of: tuple[str, ...]) -> Array:
        """Place of a hand at the end of an arm, m, shape (..., time, 3)."""
        return _there(self.motion.hands, "arms")[..., self.layout.hands.index(of[0]), :]

    @property
    def mass_offset(self) -> Array:
        """How far the middle of mass of the robot is moved by trunk and arms, in the frame of the heading, m,
        shape (..., time, 2).
        """
        place = self._turned(_there(self.motion.mass, "arms") - self.motion.place)[..., :2]
        return self.layout.mass_share * (place - self.layout.mass_rest)

    @cached_property
    def heading(self) -> Array:
        """Heading, rad, shape (..., time)."""
        forward = self.axes[0]
        return np.arctan2(forward[..., 1], forward[..., 0])

    @cached_property
    def moving(self) -> Array:
        """Velocity of the base in the frame of its heading, m/s, shape (..., time, 3)."""
        return self._turned(self._out(self.motion.linear))

    def _out(self, vector: Array) -> Array:
        """A vector of the base's frame in the frame of the beginning."""
        forward, left, up = self.axes
        return vector[..., :1] * forward + vector[..., 1:2] * left + vector[..., 2:] * up

    @cached_property
    def spin(self) -> Array:
        """Turning speed about the vertical, rad/s."""
        return self._out(self.motion.angular)[..., 2]

    def _turned(self, vector: Array) -> Array:
        """A vector in the frame of the heading; shape (..., time, 3)."""
        cos, sin = np.cos(self.heading), np.sin(self.heading)
        x, y = vector[..., 0], vector[..., 1]
        return np.stack([cos * x + sin * y, cos * y - sin * x, vector[..., 2]], -1)

    def foot_offset(self, number: int) -> Array:
        """Where a foot is against its stance, in the frame of the heading, m, shape (..., time, 3)."""
        return self._turned(self.motion.feet[..., number, :] - self.motion.place) - self.layout.stance[number]

    @property
    def thing(self) -> ObjectMotion:
        """The object of a hand.

        Raises:
            ValueError: There is none; :meth:`RewardSet.problem` says so before.
        """
        if self.motion.thing is None:
            raise ValueError("a term is of an object, and there is none")
        return self.motion.thing

    @cached_property
    def thing_turn(self) -> Array:
        """Rotation of the object since the beginning, w-x-y-z, shape (..., time, 4)."""
        a, b = self.thing.orientation, self.thing.start_orientation * np.array((1.0, -1.0, -1.0, -1.0))
        aw, ax, ay, az = np.moveaxis(a, -1, 0)
        bw, bx, by, bz = b
        return np.stack(
            [
                aw * bw - ax * bx - ay * by - az * bz,
                aw * bx + ax * bw + ay * bz - az * by,
                aw * by - ax * bz + ay * bw + az * bx,
                aw * bz + ax * by - ay * bx + az * bw,
            ],
            -1,
        )

    def point(self, name: str) -> Array:
        """A fingertip, the palm or the object, m, shape (..., time, 3)."""
        if name == "object":
            return self.thing.place
        if name == "palm":
            return self.motion.place
        return self.motion.tips[..., list(self.layout.fingers).index(name), :]


def _axes(orientation: Array) -> tuple[Array, Array, Array]:
    """Axes forward, left and up of orientations w-x-y-z, shape (..., 3) each."""
    w, x, y, z = np.moveaxis(orientation, -1, 0)
    forward = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)], -1)
    left = np.stack([2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)], -1)
    up = np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], -1)
    return forward, left, up


def _there(values: Array | None, what: str) -> Array:
    """Values that a term needs.

    Raises:
        ValueError: There are none; :meth:`RewardSet.problem` says so before.
    """
    if values is None:
        raise ValueError(f"a term is of {what}, and there is none")
    return values


Quantity = Callable[[MotionView, tuple[str, ...]], Array]


def pitch_of(axes: tuple[Array, Array, Array]) -> Array:
    """Pitch of axes forward, left and up, rad, positive lowers what is ahead, shape (...)."""
    return -np.arcsin(np.clip(axes[0][..., 2], -1.0, 1.0))


def roll_of(axes: tuple[Array, Array, Array]) -> Array:
    """Roll of axes forward, left and up, rad, positive lowers the right side, shape (...)."""
    return np.arctan2(axes[1][..., 2], axes[2][..., 2])


def _trunk_turn(view: MotionView, _: tuple[str, ...]) -> Array:
    forward = view.trunk[0]
    turned = np.arctan2(forward[..., 1], forward[..., 0]) - view.heading
    return np.asarray((turned + math.pi) % (2 * math.pi) - math.pi)


def _hand_outward(view: MotionView, of: tuple[str, ...]) -> Array:
    return view.layout.sides[view.layout.hands.index(of[0])] * view.hand_offset(of)[..., 1]


def _hand_distance(view: MotionView, _: tuple[str, ...]) -> Array:
    hands = _there(view.motion.hands, "arms")
    return _length(hands[..., 0, :] - hands[..., 1, :])


def _apex(view: MotionView, _: tuple[str, ...]) -> Array:
    return view.motion.place[..., 2] + np.square(np.maximum(view.moving[..., 2], 0.0)) / (2 * GRAVITY)


def _foot(view: MotionView, of: tuple[str, ...]) -> int:
    return view.layout.feet.index(of[0])


def _foot_lift(view: MotionView, of: tuple[str, ...]) -> Array:
    number = _foot(view, of)
    return view.motion.feet[..., number, 2] - view.layout.foot_radius[number]


def _foot_inward(view: MotionView, of: tuple[str, ...]) -> Array:
    number = _foot(view, of)
    return -math.copysign(1.0, view.layout.stance[number, 1]) * view.foot_offset(number)[..., 1]


def _balance(view: MotionView, _: tuple[str, ...]) -> Array:
    motion = view.motion
    standing = [number for number in range(len(view.layout.feet)) if number not in view.lifted]
    if not standing:
        return np.zeros(motion.shape)
    ahead = np.sqrt(np.clip(motion.place[..., 2:], 0.05, None) / GRAVITY) * view._out(motion.linear)[..., :2]
    middle = motion.feet[..., standing, :2].mean(axis=-2)
    return _length(motion.place[..., :2] + ahead - middle)


def _length(vector: Array) -> Array:
    return np.sqrt(np.einsum("...i,...i->...", vector, vector) + UNDER_DISTANCE)


def _object_yaw(view: MotionView, _: tuple[str, ...]) -> Array:
    return headings_of(view.thing_turn)


def _object_tilt(view: MotionView, _: tuple[str, ...]) -> Array:
    return tilt_of(view.thing_turn)


def _object_moved(axis: int) -> Quantity:
    return lambda view, _: view.thing.place[..., axis] - view.thing.start_place[axis]


def _curl(view: MotionView, of: tuple[str, ...]) -> Array:
    finger = view.layout.fingers[of[0]]
    bent = view.motion.position[..., finger.bending] - finger.straight
    way = finger.fist - finger.straight
    return np.asarray(bent @ way) / (way @ way)


def _spread(view: MotionView, of: tuple[str, ...]) -> Array:
    finger = view.layout.fingers[of[0]]
    if finger.spreading is None:
        return np.zeros(view.motion.shape)
    return finger.left * (view.motion.position[..., finger.spreading] - view.layout.default[finger.spreading])


def _effort(view: MotionView, _: tuple[str, ...]) -> Array:
    return _rms(view.motion.torque / view.layout.effort)


def _rms(values: Array) -> Array:
    return np.sqrt(np.einsum("...i,...i->...", values, values) / values.shape[-1] + UNDER_DISTANCE)


QUANTITIES: dict[str, Quantity] = {
    "base_height": lambda view, _: view.motion.place[..., 2],
    "base_pitch": lambda view, _: pitch_of(view.axes),
    "base_roll": lambda view, _: roll_of(view.axes),
    "heading": lambda view, _: view.heading,
    "turn_rate": lambda view, _: view.spin,
    "velocity_x": lambda view, _: view.moving[..., 0],
    "velocity_y": lambda view, _: view.moving[..., 1],
    "place_x": lambda view, _: view.motion.place[..., 0],
    "place_y": lambda view, _: view.motion.place[..., 1],
    "apex_height": _apex,
    "foot_lift": _foot_lift,
    "foot_forward": lambda view, of: view.foot_offset(_foot(view, of))[..., 0],
    "foot_inward": _foot_inward,
    "joint_position": lambda view, of: view.motion.position[..., view.layout.joints.index(of[0])],
    "balance": _balance,
    "object_yaw": _object_yaw,
    "object_turn_rate": lambda view, _: view.thing.angular[..., 2],
    "object_tilt": _object_tilt,
    "object_forward": _object_moved(0),
    "object_left": _object_moved(1),
    "object_height": _object_moved(2),
    "finger_curl": _curl,
    "finger_spread": _spread,
    "fingertip_height": lambda view, of: view.point(of[0])[..., 2] - view.motion.place[..., 2],
    "distance": lambda view, of: _length(view.point(of[0]) - view.point(of[1])),
    "hand_height": lambda view, of: view.hand(of)[..., 2],
    "hand_forward": lambda view, of: view.hand_offset(of)[..., 0],
    "hand_outward": _hand_outward,
    "hand_distance": _hand_distance,
    "trunk_pitch": lambda view, _: pitch_of(view.trunk),
    "trunk_roll": lambda view, _: roll_of(view.trunk),
    "trunk_turn": _trunk_turn,
    "mass_shift": lambda view, _: _length(view.mass_offset),
    "posture": lambda view, _: _rms(view.motion.position - view.layout.default),
    "effort": _effort,
    "smoothness": lambda view, _: _rms(view.motion.velocity),
}
"""What each aim and each penalty of ``terms.yaml`` measures."""


def quantity(term: RewardTerm, view: MotionView) -> Array:
    """What a term measures of a motion, in its unit, shape (..., time)."""
    return QUANTITIES[term.term](view, term.of)


def error(term: RewardTerm, view: MotionView, measured: Array | None = None) -> Array:
    """Signed distance of a motion from a term's target, in its unit, shape (..., time).

    Angles are taken round the circle: the short way, or, for a target beyond a quarter turn, the way that its sign
    says, so that half a turn to the left does not cost the same as half a turn to the right.

    Args:
        term: The term.
        view: The motion.
        measured: Its quantity where it was averaged or worked out before.
    """
    target = term.kind.target(view.layout.stand_height) if term.target is None else term.target
    off = target - (quantity(term, view) if measured is None else measured)
    if not term.kind.angle:
        return off
    if abs(target) <= math.pi / 2:
        off = (off + math.pi) % (2 * math.pi) - math.pi
    else:
        sign = math.copysign(1.0, target)
        off = sign * ((sign * off + math.pi / 2) % (2 * math.pi) - math.pi / 2)
    if term.term == "base_roll":
        flat = np.hypot(view.axes[1][..., 2], view.axes[2][..., 2])
        off = off * np.minimum(flat / LEVEL, 1.0)
    return off


def view_of(rewards_terms: tuple[RewardTerm, ...], motion: BodyMotion, layout: BodyLayout) -> MotionView:
    """A motion as a set sees it: feet that it lifts carry nothing."""
    lifted = {
        layout.feet.index(one.of[0])
        for one in rewards_terms
        if one.term == "foot_lift" and one.weight > 0.0 and (one.target is None or one.target > LIFTED)
    }
    return MotionView(motion, layout, tuple(sorted(lifted)))
