"""ModeMachine: mode of the controller, and its reason."""

from __future__ import annotations

from skill_stack.controllers.safety.guard_violation import Guard, GuardViolation, Reaction
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.block_words import Flags

# A member of an enumeration costs a call in Python each time that it is named.
_STARTING, _DISARMED, _ACTIVE = ControlMode.STARTING, ControlMode.DISARMED, ControlMode.ACTIVE
_STANCE, _DAMPED, _ESTOP = ControlMode.STANCE, ControlMode.DAMPED, ControlMode.ESTOP
STAYS_DOWN = "stays damped until a person resets, or a skill is asked for that may run on a robot on its side"
"""Reason for staying damped after too large a tilt."""
MOST_AT_ONCE = 1000
"""Largest plausible number of stops or resets within one tick."""


class ModeMachine:
    """Modes and their changes; see :class:`skill_stack.core.setpoint.ControlMode`.

    Attributes:
        mode: The mode.
        reason: Why the controller does not follow the setpoint; empty when it does.
        drives: Whether a skill or a stance drives the joints.
        fallen: Whether it is damped because the robot tilted too far. Then a request does not continue when the tilt
            becomes smaller; otherwise the robot would rise and fall repeatedly.
    """

    def __init__(self, flags: Flags, latched: bool, resume_within: float = 0.25) -> None:
        """Begins damped.

        Args:
            flags: Requests that were dealt with before.
            latched: Whether an emergency stop is still to be reset.
            resume_within: Longest time damped for missing measurements after which a skill may continue, s of monotonic
                time.
        """
        self._flags = flags
        self._resume_within = resume_within
        self.mode = _ESTOP if latched else _STARTING
        self.reason = "emergency stop before the start" if latched else "no sample yet"
        self.drives = False
        self.fallen = False
        self._fall = ""
        self._blind_since: float | None = None

    def latch(self, reason: str) -> None:
        """Damps until a person resets."""
        self._enter(_ESTOP, reason)

    def disarm(self, reason: str) -> None:
        """Damps until the next setpoint, unless it is latched."""
        if self.mode is not _ESTOP:
            self._enter(_DISARMED, reason)

    def damp(self, reason: str) -> None:
        """Damps because of a guard's finding."""
        self._enter(_DAMPED, reason)

    def update(
        self, flags: Flags, blind: str, finding: GuardViolation | None, refusal: str, entry: str, mono: float
    ) -> None:
        """One tick; an emergency stop has precedence over a reset at the same time.

        Args:
            flags: How often stop, emergency stop and reset were requested.
            blind: Why the state is not valid, or an empty string.
            finding: The strongest finding of the guards, or None.
            refusal: Why the setpoint must not be obeyed, or an empty string.
            entry: Why the request must not begin while the robot is damped or disarmed, or an empty string.
            mono: Monotonic time, s.
        """
        if flags is not self._flags:
            if flags != self._flags:
                self._heed(flags)
            self._flags = flags
        if self.mode is _ESTOP:
            return
        if blind:
            self._be_blind(blind, mono)
        elif self.drives:
            if finding is not None or refusal or self.mode is not _ACTIVE:
                self._drive(finding, refusal)
        elif self.mode is _DAMPED:
            self._leave_damping(finding, refusal, entry, mono)
        else:
            self._be_disarmed(finding, refusal, entry)

    def _heed(self, flags: Flags) -> None:
        if not _plausible(self._flags, flags):
            self.latch(f"shared memory is spoilt: from {self._flags} to {flags} within a tick")
        elif flags.estop != self._flags.estop:
            self.latch(flags.cause or "emergency stop")
        elif flags.reset != self._flags.reset and self.mode in (_ESTOP, _DAMPED):
            self._enter(_DISARMED, "reset by a person; waits for a setpoint")

    def _be_blind(self, blind: str, mono: float) -> None:
        if self.drives:
            self._enter(_DAMPED, blind)
            self._blind_since = mono
        elif self.mode is not _DAMPED:
            self.reason = blind

    def _drive(self, finding: GuardViolation | None, refusal: str) -> None:
        if finding is not None:
            mode = _DAMPED if finding.reaction >= Reaction.DAMP else _STANCE
            self._enter(mode, finding.reason)
            if mode is _DAMPED:
                self._look_for_fall(finding)
        elif refusal:
            self._enter(_STANCE, refusal)
        elif self.mode is not _ACTIVE:
            self._enter(_ACTIVE, "")

    def _leave_damping(self, finding: GuardViolation | None, refusal: str, entry: str, mono: float) -> None:
        if finding is not None:
            self.reason = finding.reason
            self._blind_since = None
            self._look_for_fall(finding)
        elif self._blind_since is not None and mono - self._blind_since <= self._resume_within and not refusal:
            self._enter(_ACTIVE, "")
        elif not refusal and entry:
            self.reason = self._fall if self.fallen else f"damped; {entry}"
        elif not refusal:
            self._enter(_ACTIVE, "")

    def _look_for_fall(self, finding: GuardViolation) -> None:
        """Records that the robot is or was damped and tilts too far."""
        if finding.guard is Guard.TILT:
            self.fallen = True
            self.reason = self._fall = f"{finding.reason}; {STAYS_DOWN}"

    def _be_disarmed(self, finding: GuardViolation | None, refusal: str, entry: str) -> None:
        if finding is not None:
            self._enter(_DISARMED, finding.reason)
        elif refusal:
            kept = self.reason if self.mode is _DISARMED and refusal == "no setpoint" else ""
            self._enter(_DISARMED, kept or refusal)
        elif entry:
            self._enter(_DISARMED, f"disarmed; {entry}")
        else:
            self._enter(_ACTIVE, "")

    def _enter(self, mode: ControlMode, reason: str) -> None:
        self.mode, self.reason = mode, reason
        self.drives = mode in (_ACTIVE, _STANCE)
        self._blind_since = None
        self.fallen = self.fallen and mode is _DAMPED


def _plausible(before: Flags, now: Flags) -> bool:
    """Whether counters can plausibly have grown like that."""
    changes = now.stop - before.stop, now.estop - before.estop, now.reset - before.reset
    return all(0 <= change <= MOST_AT_ONCE for change in changes)
