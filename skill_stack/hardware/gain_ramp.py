"""GainRamp: position gains that grow from zero when damping ends, so that a joint does not jump to its target."""

from __future__ import annotations

from skill_stack.core.joint_command import CommandMode


class GainRamp:
    """Share of the position gains that is in force."""

    def __init__(self, duration: float) -> None:
        """Takes the time over which the gains grow, s; 0 for at once."""
        self._duration = duration
        self._since: float | None = None

    def reset(self) -> None:
        """Lets the gains grow from zero again with the next active command."""
        self._since = None

    def share(self, mode: CommandMode, now: float) -> float:
        """Factor on the position gains of a command, 0 to 1.

        Args:
            mode: What the command is for; whatever is not active ends the growth.
            now: Monotonic time, s.
        """
        if mode is not CommandMode.ACTIVE:
            self._since = None
            return 1.0
        self._since = now if self._since is None else self._since
        elapsed = now - self._since
        return elapsed / self._duration if elapsed < self._duration else 1.0
