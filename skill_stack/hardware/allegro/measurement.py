"""FingerFrames: combines the frames of single fingers to measurements of the hand."""

from __future__ import annotations

import math
from collections import Counter

import can
import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.allegro.frames import FINGER_POSE, FINGERS, TEMPERATURE, number_of, positions
from skill_stack.hardware.allegro.settings import AllegroHand, AllegroSettings

Array = np.ndarray
UNKNOWN = 25.0
"""Temperature of a finger before its first report, °C."""


class FingerFrames:
    """Combines four frames to one measurement; the hand numbers neither.

    Attributes:
        position: Joint positions, rad, shape (joints,).
        velocity: Joint velocities from filtered differences, rad/s, shape (joints,); the hand measures none.
        temperature: °C, shape (joints,).
        complete: Measurements so far.
        counts: Frames that were ``missed`` or of the wrong length (``damaged``), by name.
    """

    def __init__(self, robot: RobotSpec, hand: AllegroHand, settings: AllegroSettings) -> None:
        """Starts empty."""
        self._places = [robot.indices(finger) for finger in hand.fingers]
        self._step = 1e-3 * settings.period
        self._share = 1.0 - math.exp(-2 * math.pi * settings.velocity_cutoff * self._step)
        self._before = np.zeros(robot.size)
        self._heard: set[int] = set()
        self._missed = [0] * FINGERS
        self.position, self.velocity = np.zeros(robot.size), np.zeros(robot.size)
        self.temperature = np.full(robot.size, UNKNOWN)
        self.complete = 0
        self.counts: Counter[str] = Counter()

    def lacking(self, after: int) -> list[int]:
        """Fingers, from zero, that have missed that many measurements in a row."""
        return [finger for finger, missed in enumerate(self._missed) if missed >= after]

    def take(self, message: can.Message) -> bool:
        """Takes a frame; whether it completes a measurement."""
        number = number_of(message)
        if FINGER_POSE <= number < FINGER_POSE + FINGERS and not message.is_remote_frame:
            return self._pose(number - FINGER_POSE, bytes(message.data))
        if TEMPERATURE <= number < TEMPERATURE + FINGERS and len(message.data) >= 4:
            self.temperature[self._places[number - TEMPERATURE]] = list(message.data[:4])
        return False

    def _pose(self, finger: int, data: bytes) -> bool:
        if len(data) != 8:
            self.counts["damaged"] += 1
            return False
        over = bool(self._heard) and finger <= max(self._heard)  # fingers speak in turn: the next measurement has begun
        if over:
            self._finish()
        self.position[self._places[finger]] = positions(data)
        self._heard.add(finger)
        if len(self._heard) == FINGERS:
            self._finish()
            return True
        return over

    def _finish(self) -> None:
        for finger in range(FINGERS):
            missed = finger not in self._heard
            self._missed[finger] = self._missed[finger] + 1 if missed else 0
            self.counts["missed"] += missed
        self._heard.clear()
        if self.complete:
            self.velocity += self._share * ((self.position - self._before) / self._step - self.velocity)
        self._before = self.position.copy()
        self.complete += 1
