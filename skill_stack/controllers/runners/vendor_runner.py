"""VendorRunner: runs the stages of a skill on the robot's own controller, and watches the progress."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.builtin import MotionCommand
from skill_stack.core.skills.condition import ConditionWatch
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.vendor_part import AWAY_FROM


class VendorRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`.

    Joint targets are where the joints are, without any gain: the stack moves none of them. What is measured alone
    decides when a stage is over, never the controller's word. Progress is the share of stages that are over; it is 1
    when the last one is.

    Attributes:
        command: What the built-in controller shall do now.
    """

    def __init__(self, spec: SkillSpec, robot: RobotSpec) -> None:
        """Reads the poses that the stages name.

        Raises:
            DataError: The skill is not a vendor skill.
            UnknownName: The robot lacks a pose.
        """
        if spec.vendor is None:
            raise DataError(f"skill '{spec.name}' is of kind {spec.kind}, not vendor")
        self.spec = spec
        self.network = ""
        self.drives: tuple[bool, ...] | None = None
        self.progress = 0.0
        self.command = MotionCommand()
        self._stages = spec.vendor.stages
        self._none = (0.0,) * robot.size
        texts = [text for stage in self._stages for text in stage.until]
        wanted = {condition.signal for condition in ConditionWatch.from_texts(texts).conditions}
        poses = [name.removeprefix(AWAY_FROM) for name in wanted if name.startswith(AWAY_FROM)]
        self._poses: dict[str, list[float]] = {AWAY_FROM + pose: robot.pose(pose).tolist() for pose in poses}
        self._speed = "speed" in wanted
        self._stage = 0
        self._elapsed = self._total = 0.0
        self._watch = ConditionWatch(())

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Begins with the first stage."""
        self.progress, self._total = 0.0, 0.0
        self._enter(0)

    def rehearse(self, reading: FastEstimate) -> None:
        """Nothing here is worth a rehearsal."""

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick: the present stage, with the newest goals."""
        self._elapsed += dt
        self._total += dt
        if self.progress < 1.0:
            held = self._watch.update(self._signals(reading), self._total)
            if len(held) == len(self._watch.conditions):
                self._advance()
        self.command = MotionCommand(self._stages[self._stage].motion, goals)
        return Targets(reading.position, self._none, self._none)

    def _advance(self) -> None:
        if self._stage + 1 < len(self._stages):
            self._enter(self._stage + 1)
            self.progress = self._stage / len(self._stages)
        else:
            self.progress = 1.0

    def _enter(self, stage: int) -> None:
        self._stage, self._elapsed = stage, 0.0
        self._watch = ConditionWatch.from_texts(self._stages[stage].until)

    def _signals(self, reading: FastEstimate) -> dict[str, float]:
        signals = {
            "elapsed": self._elapsed,
            "tilt": math.acos(max(-1.0, min(1.0, -reading.gravity[2]))),
            "joint_speed": max(map(abs, reading.velocity)),
        }
        if self._speed:
            signals["speed"] = math.hypot(*reading.base_velocity()[:2])
        for name, pose in self._poses.items():
            signals[name] = max(abs(a - b) for a, b in zip(reading.position, pose, strict=True))
        return signals
