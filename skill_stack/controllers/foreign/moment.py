"""Moment: everything that a foreign policy may see in one run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from skill_stack.controllers.reading import Reading

Array = np.ndarray


@dataclass(slots=True)
class Moment:
    """Written by the runner before every run, read by the terms.

    Attributes:
        reading: Estimate of the robot.
        command: Goal values ordered by the manifest's commands.
        moving: Whether the command asks for motion.
        last_action: What the policy answered last, as it is to see it, shape (driven joints,).
        target: Targets of the run before, rad, by joint of the policy, shape (joints,).
        phases: Phase of every foot, 0 to 1.
        silent: Whether the clock is to show zeros.
        seconds: Time since the policy was switched on, s.
        frame: Number of the frame of the motion that is tracked.
        reference: Outputs of the network for that frame, by name.
    """

    reading: Reading
    command: Array
    last_action: Array
    target: Array
    moving: bool = False
    phases: Array = field(default_factory=lambda: np.zeros(0))
    silent: bool = False
    seconds: float = 0.0
    frame: int = 0
    reference: dict[str, Array] = field(default_factory=dict)
