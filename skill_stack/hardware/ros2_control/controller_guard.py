"""ControllerGuard: activates the required controller before the robot is driven, monitors it, and restores what ran."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.hardware.ros2_control.controller_manager import (
    ControllerManager,
    ControllerSwitch,
    order_of,
    plan_switch,
)
from skill_stack.hardware.ros2_control.settings import Ros2ControlSettings

ANSWER = 1.0
"""Time beyond the manager's own timeout after which a switch counts as unanswered, s."""
STEP = 0.05
"""Longest wait at a time for the last answer, s."""


class ControllerGuard:
    """One attempt to take a robot; after a loss or a refusal, a person's reset leads to a new guard.

    Attributes:
        lost: Why the robot is released: a switch was refused, or the controllers changed while it was driven. Empty
            before. Then the guard never switches back, because another program switched them.
    """

    def __init__(self, joints: Sequence[str], settings: Ros2ControlSettings, manager: ControllerManager) -> None:
        """Sends no request yet.

        Args:
            joints: Joints of the robot, by the names that ROS has for them.
            settings: The deployment's settings, ``kind`` known.
            manager: The controller manager.
        """
        self._joints, self._settings, self._manager = tuple(joints), settings, manager
        self.lost = ""
        self._asked = self._began = float("-inf")
        self._switching: ControllerSwitch | None = None
        self._done: ControllerSwitch | None = None  # what was changed, and is to be put back
        self._changed_at: float | None = None  # lists from before it, or from before this guard, are not of now
        self._drives = False

    def step(self, now: float) -> str:
        """Takes the next step; what prevents driving the robot, empty when nothing does.

        Args:
            now: Monotonic time, s.
        """
        if not self.lost:
            reason = self._step(now)
            if not reason or not self._drives or self._quiet(now):
                return reason
            self.lost = reason
        return f"{self.lost}; it is left alone until a reset"

    @property
    def order(self) -> tuple[str, ...]:
        """Joints of the controller in the order in which it claims them; empty before an answer."""
        heard = self._manager.controllers()
        return () if heard is None else order_of(heard.controllers, self._settings.controller_name)

    def release(self, now: float) -> str:
        """Switches back to what was active before, and waits for it; what went wrong, else empty.

        Args:
            now: Monotonic time, s.
        """
        done = self._done or self._switching
        if self.lost or done is None:
            return ""
        self._done = self._switching = None
        self._drives = False
        self._manager.switch(done.deactivate, done.activate, True, self._settings.switch_timeout)
        for _ in range(int((self._settings.switch_timeout + ANSWER) / STEP)):
            answer = self._manager.answer()
            if answer is not None:
                return "" if answer.ok else f"{self._named} did not switch back: {answer.message or 'no reason given'}"
            self._manager.wait(STEP)
        return f"{self._named} did not say whether it switched back"

    @property
    def _named(self) -> str:
        return f"controller manager '{self._settings.manager}'"

    def _quiet(self, now: float) -> bool:
        """Whether the manager does not answer: meanwhile the robot is not driven, and nothing is decided."""
        heard = self._manager.controllers()
        return heard is None or now - heard.stamp > self._settings.manager_silence

    def _step(self, now: float) -> str:
        if self._changed_at is None:
            self._changed_at = now
        if now - self._asked >= self._settings.watch:
            self._asked = now
            self._manager.ask()
        if self._switching is not None:
            return self._await(self._switching, now)
        heard = self._manager.controllers()
        if heard is None or heard.stamp <= self._changed_at:
            return f"{self._named} has not listed its controllers; is it there?"
        if now - heard.stamp > self._settings.manager_silence:
            return f"{self._named} is silent"
        settings = self._settings
        switch = plan_switch(heard.controllers, settings.controller_name, settings.driven_kind, self._joints)
        if switch.refusal:
            return switch.refusal
        if not switch.activate and not switch.deactivate:
            self._drives = True
            return ""
        if self._drives:
            return f"controller '{settings.controller_name}' is no longer the only active one of its joints"
        if self._done is not None:
            self.lost = f"{self._named} switched, but not to what was asked for"
            return self.lost
        self._switching, self._began = switch, now
        strict = settings.strictness == "strict"
        self._manager.switch(switch.activate, switch.deactivate, strict, settings.switch_timeout)
        return f"{self._named} is switching to '{settings.controller_name}'"

    def _await(self, switch: ControllerSwitch, now: float) -> str:
        answer = self._manager.answer()
        if answer is None:
            if now - self._began <= self._settings.switch_timeout + ANSWER:
                return f"{self._named} is switching to '{self._settings.controller_name}'"
            self.lost = f"{self._named} did not answer a switch to '{self._settings.controller_name}'"
        elif not answer.ok:
            what = f"start {', '.join(switch.activate) or 'none'}, stop {', '.join(switch.deactivate) or 'none'}"
            self.lost = f"{self._named} refused to {what}: {answer.message or 'it gives no reason'}"
        else:
            self._done, self._switching, self._changed_at, self._asked = switch, None, now, float("-inf")
            return f"{self._named} has switched; its controllers are looked at once more"
        self._switching = None
        return self.lost
