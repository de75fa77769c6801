"""ControlCore: one control tick, from sensor sample to safety-checked command. No clocks, no I/O."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from skill_stack.controllers.consistency.sensor_checks import SensorChecks
from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.fast_estimate import FastEstimate, make_tuple
from skill_stack.controllers.estimation.felt import feeling_of, loads_of
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.providers.selector import ProviderSelector
from skill_stack.controllers.runners.blender import Blender
from skill_stack.controllers.runners.motion_choice import MotionChoice
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.controllers.safety.guard_violation import BY_IMU, GuardViolation, Reaction
from skill_stack.controllers.safety.guards import Guards
from skill_stack.controllers.safety.mode_machine import ModeMachine
from skill_stack.controllers.safety.safety_layer import SafetyLayer
from skill_stack.controllers.safety.setpoint_gate import Confirms, SetpointGate, never_confirmed
from skill_stack.controllers.slow.slow_links import SlowLinks
from skill_stack.controllers.slow.slow_runner import SlowRunner
from skill_stack.controllers.tick import Tick, TickReport
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import NEVER
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode, Shortfall, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import COUNTABLE, Flags
from skill_stack.core.skills.builtin import MotionCommand
from skill_stack.core.skills.skill_library import SkillLibrary

_NO_TIMING = LoopTiming()
_ACTIVE, _DAMPED = ControlMode.ACTIVE, ControlMode.DAMPED  # an enumeration's member costs a call each time
CAUGHT_UP = 0.1
"""Longest time that skills catch up after missed deadlines, s; the rest is skipped."""
UP = 0.8
"""Progress from which an entry skill leaves the robot on its feet."""
_NO_GOALS: Mapping[str, float] = {}
_NEARER = Shortfall()


@dataclass(frozen=True, slots=True)
class ControlOptions:
    """Initial conditions of a control core.

    Attributes:
        part: Actuated part that it drives.
        flags: Stops and resets that were dealt with before.
        latched: Whether an emergency stop is still to be reset.
        selector: Chooses where networks are evaluated; None stays on the CPU.
        links: Connects to the processes of slow networks; None evaluates them here, and delays their answers by the
            declared time.
        is_confirmed: Whether a person confirmed the request of a setpoint; without it, nothing hazardous runs.
    """

    part: str = "body"
    flags: Flags = field(default_factory=Flags)
    latched: bool = False
    selector: ProviderSelector | None = None
    links: SlowLinks | None = None
    is_confirmed: Confirms = never_confirmed


class ControlCore:
    """Estimates, runs the active skills and applies limits; the same code in the control process, in tests and in one
    process.

    Attributes:
        bank: The skills that can run, and why others cannot.
        safety: The safety layer, with its counts of what it limited.
        error: Traceback of the last error inside a tick, empty when there was none.
        restarts: How often the device began anew, which shows in task time that goes backwards.
        at_fault: Whether it is damped for a reason that still holds.
        motion: What the robot's own controller shall do instead of the command, where that one moves the joints;
            None where the stack does.
        trouble: Why it does not follow its command, as the driver reports; empty when it does.
    """

    def __init__(self, robot: RobotSpec, library: SkillLibrary, options: ControlOptions | None = None) -> None:
        """Loads and warms up every skill that can run.

        Args:
            robot: The robot.
            library: Its skills; those that cannot be loaded are named in ``bank.problems``.
            options: How to begin.
        """
        options = options or ControlOptions()
        self.bank = SkillBank(robot, library, options.part, options.selector, options.links)
        self.safety = SafetyLayer(robot, 1.0 / robot.control_rate)
        self.error = ""
        self.restarts = 0
        self.at_fault = False
        self.motion: MotionCommand | None = None
        self.trouble = ""
        self._motions = MotionChoice() if self.bank.vendor else None
        self._finding: GuardViolation | None = None
        self._looks_back = self.bank.recent.needed
        self._part = options.part
        self._period = 1.0 / robot.control_rate
        self._estimator = Estimator(robot)
        self._guards = Guards(_checkable(robot, self.bank), self._period)
        self._resets = options.flags.reset
        self._blind_stance = robot.safety.stance_without_imu
        self._ways_in = {runner.spec.enter_through for runner in self.bank.runners.values()}
        self._gate = SetpointGate(self.bank, options.part, robot.safety, options.is_confirmed)
        self._felt = feeling_of(robot)
        self._blender = Blender(robot)
        self._machine = ModeMachine(options.flags, options.latched, robot.safety.resume_within)
        self._stances = {name: (SkillWeight(name),) for name in self.bank.runners}
        self._finish = self._complete
        self._last: Targets | None = None
        self._heard: tuple[SensorSample | None, float, float] | None = None
        self._sequence = self._stops = 0
        self._task_time = -math.inf
        self._passed, self._misses = self._period, 0
        self._request = ""

    @property
    def mode(self) -> ControlMode:
        """Mode of the controller."""
        return self._machine.mode

    @property
    def finding(self) -> GuardViolation | None:
        """What the guards found in the last tick."""
        return self._finding

    @property
    def asked(self) -> tuple[SkillWeight, ...]:
        """Active skills with their weights."""
        return self._blender.asked or ()

    @property
    def main(self) -> Runner | None:
        """The runner with the largest weight, or None when nothing runs."""
        return self._blender.main

    @property
    def checks(self) -> SensorChecks:
        """The sensor checks, for measuring their margin to an alarm."""
        return self._guards.checks

    def tick(
        self,
        sample: SensorSample | None,
        setpoint: SkillSetpoint | None,
        flags: Flags,
        now: float,
        mono: float,
        timing: LoopTiming = _NO_TIMING,
    ) -> Tick:
        """One control tick.

        Args:
            sample: The newest measurement, or None when there is none or it could not be read.
            setpoint: The newest setpoint, or None.
            flags: How often stop, emergency stop and reset were requested.
            now: Task time, s.
            mono: Monotonic time, s.
            timing: How the loop keeps its deadlines.

        Returns:
            Command, status and state; an error inside gives a damping command and a latched stop.
        """
        self._sequence += 1
        number = sample.sequence if sample is not None else 0
        try:
            reading = self._decide(sample, setpoint, flags, now, mono, timing)
            command = self._command(reading, setpoint, number)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the robot must end up damped
            self._fail(error)
            reading = self._estimator.last
            command = self._damp(reading, number)
        self._guards.sent(command)
        main, machine = self._blender.main, self._machine
        mode = machine.mode
        if self._motions is not None:
            self.motion = self._motions.choose(mode, main, reading, self._finding)
        spec, progress = (main.spec, main.progress) if main is not None else (None, 0.0)
        obeyed = setpoint if mode is _ACTIVE else None
        rest = self._felt.phase, self._felt.load, main.lacks if isinstance(main, SlowRunner) else _NEARER
        report = (now, self._part, spec, progress, mode, machine.reason, obeyed, number, timing, self._stops, *rest)
        return Tick(command, reading, self._finish, make_tuple(TickReport, report))

    def _complete(self, reading: FastEstimate) -> RobotState:
        """The whole estimate; then the guards on the robot's condition run, after the command was sent."""
        state = self._estimator.complete(reading)
        main = self._blender.main
        self._guards.rising = main is not None and main.spec.name in self._ways_in and main.progress >= UP
        self._guards.gets_up = main is not None and _gets_up(main)
        self._guards.review(reading)
        self._feel(reading)
        self._blender.prepare()
        return state

    def _feel(self, reading: FastEstimate) -> None:
        """Takes what feet carry or fingers press, for the gate and for the next status."""
        main = self._blender.main
        if reading.sample is None or not reading.valid:
            return
        stands = main is not None and main.spec.phase_at(main.progress).kind == "free"
        loads = loads_of(self._felt, reading.sample, self._estimator)
        self._felt.update(reading.task_time, loads, reading.position, reading.velocity, stands)
        self._gate.felt = self._felt.phase

    def resume(self, before: RobotState | None) -> None:
        """Continues from the state of an earlier control process; see :meth:`Estimator.resume`."""
        self._estimator.resume(before)

    def restate(self, position: float, heading: float) -> None:
        """Applies a stated pose of the robot; see :meth:`Estimator.restate`."""
        self._estimator.restate(position, heading)

    def rehearse(self) -> None:
        """Repeats the last tick without any effect, to warm the caches.

        After a period of sleep the caches are cold, and a tick takes several times as long. A rehearsal shortly before
        the sample is read warms them, so that the time from sample to command is short.
        """
        main, last = self._blender.main, self._last
        if main is None or last is None or self._heard is None:
            return
        sample, now, mono = self._heard
        try:
            reading = self._estimator.read(sample, now, mono)
            main.rehearse(reading)
            self.safety.rehearse(last, reading)
        except Exception as error:  # noqa: BLE001 - as in a tick: the robot must end up damped
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Latches, and stores the traceback for the log."""
        self.error = traceback.format_exc()
        self._machine.latch(f"error in the control loop: {type(error).__name__}: {error}")

    def _decide(
        self,
        sample: SensorSample | None,
        setpoint: SkillSetpoint | None,
        flags: Flags,
        now: float,
        mono: float,
        timing: LoopTiming,
    ) -> FastEstimate:
        """Reads the sample and updates the mode."""
        if now < self._task_time - self._period and self._began_anew(sample):
            self._machine.disarm("the device began anew; waits for a setpoint")
            self._gate.void(setpoint)
            self.restarts += 1
            self._estimator.forget()
            self._guards.forget()
            self._felt.forget()
            self.bank.recent.forget()
        if flags.reset != self._resets:
            self._resets = flags.reset
            self._guards.checks.forget()  # a person has looked at the robot; what is still wrong shows again
        self._task_time = now
        missed, self._misses = timing.misses - self._misses, timing.misses
        self._passed = self._period + min(missed * self._period, CAUGHT_UP)
        self._heard = (sample, now, mono)
        reading = self._estimator.read(sample, now, mono)
        if self._looks_back:
            self.bank.recent.add(reading, self._last)
        machine = self._machine
        self._stops = stops = (flags.stop + flags.estop) & COUNTABLE  # as flags.stop_count, without the call
        refusal = self._gate.problem(setpoint, now, stops, self._blender.main) or self.trouble
        finding = self._look(reading, refusal, timing) if reading.valid and sample is not None else None
        self._finding = finding
        if flags.peer and machine.mode is not _DAMPED:  # or two parts would keep one another damped
            refusal = flags.peer
        entry = "" if refusal or machine.drives else self._gate.entry_problem(machine.fallen)
        machine.update(flags, reading.reason, finding, refusal, entry, mono)
        self.at_fault = machine.mode is _DAMPED and not (reading.valid and finding is None and not machine.fallen)
        return reading

    def _look(self, reading: FastEstimate, refusal: str, timing: LoopTiming) -> GuardViolation | None:
        """Findings of the guards on a valid reading; ``refusal`` is why the setpoint is not obeyed.

        What counts is what may run now: a skill for the fallen robot can begin, and none outlives its envelope.
        """
        running = self._blender.envelope
        finding = self._guards.look(reading, running if refusal else self._gate.envelope, timing)
        if finding is not None and finding.reaction < Reaction.DAMP:  # then what was asked for does not run
            finding = self._guards.look(reading, running, timing)
        return finding

    def _began_anew(self, sample: SensorSample | None) -> bool:
        """Whether the device's own time went back, not only an extrapolation of it on a busy machine."""
        before = self._estimator.last.sample
        return sample is None or before is None or sample.task_time < before.task_time

    def _command(self, reading: FastEstimate, setpoint: SkillSetpoint | None, number: int) -> JointCommand:
        """Runs the skills of the mode, and limits their output."""
        if not self._machine.drives:
            return self._damp(reading, number)
        goals, in_force = _NO_GOALS, 0
        if self._machine.mode is _ACTIVE and setpoint is not None:
            if setpoint.skills is not self._blender.asked:
                again = setpoint.request_id != self._request
                self._blender.choose(setpoint.skills, self._gate.runners, reading, self._last, True, again)
                self._request = setpoint.request_id
            goals, in_force = setpoint.goals, setpoint.sequence
        else:
            self._choose_stance(reading)
        last = self._last
        targets = self._blender.run(reading, goals, self._passed)
        limited = self.safety.limit(targets, reading, last)
        if isinstance(limited, GuardViolation):
            self._machine.damp(limited.reason)
            self.at_fault = True
            return self._damp(reading, number)
        # What the skill asked for is not what the drive got; fading and slew go on from what it got.
        self._last = make_tuple(Targets, (limited, targets.kp, targets.kd))
        return self.safety.command(limited, self._sequence, number, in_force)

    def _choose_stance(self, reading: FastEstimate) -> None:
        """The stance of the main skill's present phase; a stance has its own stance in turn."""
        main = self._blender.main
        assert main is not None, "a stance always follows a skill"
        stance = main.spec.phase_at(main.progress).stance
        if self._finding is not None and self._finding.guard in BY_IMU:
            stance = self._blind_stance  # most stances balance by what is not to be believed
        self._blender.choose(self._stances[stance], (self.bank[stance],), reading, self._last)

    def _damp(self, reading: FastEstimate, number: int) -> JointCommand:
        self._last = None
        self._blender.clear()
        return self.safety.damping(reading, self._sequence, number)


def _gets_up(main: Runner) -> bool:
    """Whether a skill brings up a robot that has fallen, and has not done so yet."""
    return main.spec.envelope.for_fallen and main.spec.phase_at(main.progress).kind == "contact"


def _checkable(robot: RobotSpec, bank: SkillBank) -> RobotSpec:
    """The robot with those sensor checks that its skills allow."""
    changes: dict[str, object] = {}
    if robot.safety.stance_without_imu not in bank.runners:
        changes["stance_without_imu"] = ""
    if bank.vendor:  # nobody here knows what the drives are told
        changes["drive_error"] = NEVER
    return robot.model_copy(update={"safety": robot.safety.model_copy(update=changes)})
