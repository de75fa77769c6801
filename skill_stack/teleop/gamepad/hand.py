"""GamepadHand: what the hand on a gamepad requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skill_stack.teleop.gamepad.profile import GamepadProfile, Pose, SkillButton, StickRange
from skill_stack.teleop.velocity_ramp import DriveLimits, Velocity, VelocityRamp


@dataclass(frozen=True, slots=True)
class PadState:
    """State of a gamepad, by the names of a profile.

    Attributes:
        sticks: Their positions, -1 to 1, positive to the left and up.
        buttons: Those that are pressed.
    """

    sticks: Mapping[str, float] = field(default_factory=dict)
    buttons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PadRequests:
    """Requests at one moment.

    Attributes:
        velocity: vx, vy, m/s, and wz, rad/s, to publish; None while nobody drives.
        stop: Whether what runs is to end.
        estop: Whether the robot is to be damped.
        reset: Whether the emergency stop is to be cleared.
        skill: A skill to start, or None.
        pose: A skill with goal values to follow, or None.
    """

    velocity: Velocity | None = None
    stop: bool = False
    estop: bool = False
    reset: bool = False
    skill: tuple[str, Mapping[str, Any]] | None = None
    pose: tuple[str, Mapping[str, float]] | None = None


class GamepadHand:
    """Turns states into requests. Buttons count from the first state in which they are seen released."""

    def __init__(self, profile: GamepadProfile, limits: DriveLimits) -> None:
        """Nothing is pressed.

        Args:
            profile: Which control requests what.
            limits: How fast the sticks may drive.
        """
        self._profile = profile
        self._ramp = VelocityRamp(limits)
        self._before: frozenset[str] = frozenset(profile.buttons)
        self._armed: frozenset[str] = frozenset()
        self._moving = False

    @property
    def active(self) -> bool:
        """Whether the hand drives or poses the robot, or it still slows down."""
        profile = self._profile
        holds = {one.hold for one in profile.poses} | ({profile.drive.hold} if profile.drive else set())
        return self._moving or bool(holds & self._before & self._armed)

    def lose(self) -> bool:
        """Releases everything, as the gamepad has gone.

        Returns:
            Whether it was driving or posing the robot, which has to be stopped.
        """
        active = self.active
        self._ramp.halt()
        self._before, self._armed, self._moving = frozenset(self._profile.buttons), frozenset(), False
        return active

    def take(self, state: PadState, now: float) -> PadRequests:
        """The requests of a state; to be called regularly, also when nothing changes.

        Args:
            state: The state.
            now: Time, s.
        """
        profile = self._profile
        self._armed |= frozenset(profile.buttons) - state.buttons  # what was held when it was plugged in means nothing
        held = state.buttons & self._armed
        new = held - self._before
        self._before = state.buttons

        def chord(names: tuple[str, ...]) -> bool:
            return held.issuperset(names) and bool(new & set(names))

        estop, reset = chord(profile.estop), chord(profile.reset)
        stop = chord(profile.stop) and not reset
        if stop or estop:
            self._ramp.halt()
        skill = next((one for one in profile.skills if one.hold in held and one.press in new), None)
        pose = next((one for one in profile.poses if one.hold in held), None)
        return PadRequests(
            self._velocity(state, held, now), stop, estop, reset, _started(skill), self._posed(pose, state)
        )

    def _velocity(self, state: PadState, held: frozenset[str], now: float) -> Velocity | None:
        """The ramped velocity while somebody drives, a last zero, or None."""
        drive = self._profile.drive
        if drive is None:
            return None
        driving = drive.hold in held
        x, y, w = (self._stick(state, name) if driving else 0.0 for name in (drive.forward, drive.left, drive.turn))
        velocity = self._ramp.velocity((x, y, w), now)
        moving = any(velocity) or any((x, y, w))
        said = velocity if moving or self._moving else None
        self._moving = moving
        return said

    def _stick(self, state: PadState, name: str) -> float:
        """A stick without its dead zone, from where it rises from 0."""
        value = min(1.0, max(-1.0, state.sticks.get(name, 0.0)))
        beyond = max(0.0, abs(value) - self._profile.dead_zone) / (1.0 - self._profile.dead_zone)
        return beyond if value > 0 else -beyond

    def _posed(self, pose: Pose | None, state: PadState) -> tuple[str, Mapping[str, float]] | None:
        if pose is None:
            return None
        return pose.skill, {key: _within(one, self._stick(state, one.stick)) for key, one in pose.goal.items()}


def _started(one: SkillButton | None) -> tuple[str, Mapping[str, Any]] | None:
    return None if one is None else (one.skill, one.arguments)


def _within(one: StickRange, value: float) -> float:
    """The goal value of a stick's position."""
    return value * one.high if value > 0 else -value * one.low + 0.0
