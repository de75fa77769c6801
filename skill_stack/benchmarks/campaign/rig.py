"""FaultRig: a real control station on shared memory, a simulated robot and a small connector, in one process."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from pathlib import Path

from skill_stack.benchmarks.campaign.faulty_runner import FaultyRunner
from skill_stack.benchmarks.campaign.world import CampaignWorld
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.errors import StaleData
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import SkillSetpoint, SkillStatus, SkillWeight
from skill_stack.core.shared_memory.channels import RobotChannels, channel_layout
from skill_stack.core.shared_memory.shared_block import PAGE
from skill_stack.core.world.scene_file import set_up
from skill_stack.hardware.command_inlet import CommandInlet, longest_silence
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.shared_memory_driver import SharedMemoryDriver

BOOT = 1000.0
"""Monotonic time at which simulated time starts, s, so that the two clocks differ."""
LIFE = 0.5
"""Validity of the small connector's setpoints, s, as of the real one."""
ASK_EVERY = 0.05
"""Time between two setpoints, s, as of the real connector."""


class FaultRig:
    """One robot in one seeded world. Every attribute up to ``unwatched`` may be changed by a fault.

    Attributes:
        alters: Change what the device measured on its way into shared memory, one after the other. One may give None,
            and then the device is silent.
        mends: Change the setpoint on its way.
        torn: Records that are spoilt right after they were written, by name.
        spoilers: What happens to the shared memory between the writes of others and the turn of the station.
        silent: Whether the connector has stopped sending.
        skill: Skill that the connector requests.
        goals: Its goal values.
        knows_of_stops: Number of stops that it counts; None means all of them.
        time_shift: Added to the device's task time, s.
        mono_shift: Added to the monotonic time of the control process, s.
        overdue: Control periods that the control process misses completely.
        unwatched: Age of the supervisor's last heartbeat, s.
        misses_in_row: Deadlines missed in a row so far.
        mono: Monotonic time of the present period, s.
        core: The controller.
        station: The control station.
        device: The robot.
        channels: The shared memory.
        sample: The sample that the station read at its last turn.
        heard: The newest sample that it could read.
    """

    def __init__(self, world: CampaignWorld, seed: int, folder: Path) -> None:
        """Builds a world of its own; the robot lies on the ground.

        Args:
            world: Robot, skills and scene.
            seed: Varies the world.
            folder: Where the shared block is made.
        """
        self.world, self.robot = world, world.robot
        self.device = MujocoDevice(world.robot, set_up(world.scene, seed))
        self.channels = RobotChannels.open(folder / f"block-{seed}", world.robot)
        self.alters: list[Callable[[SensorSample], SensorSample | None]] = []
        self.mends: list[Callable[[SkillSetpoint], SkillSetpoint]] = []
        self.torn: set[str] = set()
        self.spoilers: list[Callable[[], None]] = []
        self.silent, self.skill, self.goals = False, "", dict[str, float]()
        self.knows_of_stops: int | None = None
        self.time_shift = self.mono_shift = 0.0
        self.overdue = self.misses_in_row = 0
        self.unwatched = 0.0
        self.sample: SensorSample | None = None
        self.heard: SensorSample | None = None
        self._status: SkillStatus | None = None
        self._command: JointCommand | None = None
        self._period = 1.0 / world.robot.control_rate
        self._now = self._asked = 0.0
        self._setpoints = self._misses = self._known = 0
        self.mono = BOOT
        self._inlet = CommandInlet(self.channels, self.robot, longest_silence(self.robot))
        self.begin()

    def begin(self) -> None:
        """Starts a control station as the control process does, with the shared memory of its predecessor."""
        words = self.channels.words
        flags = words.flags()
        latched = bool(words.get("control.latched")) or flags.estop != words.get("control.estops_seen")
        self.core = ControlCore(self.robot, self.world.library, ControlOptions(flags=flags, latched=latched))
        runners = self.core.bank.runners
        self.faulty = {name: FaultyRunner(runner) for name, runner in runners.items()}
        runners.update(self.faulty)
        self.opener = functools.partial(
            SharedMemoryDriver, self.robot, self.channels, clock=lambda: self.mono
        )
        self.station = ControlStation(self.core, self.channels, self.opener, "person", ProcessLog("c", io.StringIO()))

    def close(self) -> None:
        """Unmaps and removes the shared block."""
        self.channels.close()
        self.channels.block.path.unlink(missing_ok=True)

    @property
    def status(self) -> SkillStatus:
        """Last status of the controller."""
        assert self._status is not None
        return self._status

    @property
    def command(self) -> JointCommand:
        """Last command."""
        assert self._command is not None
        return self._command

    def step(self) -> bool:
        """One control period; returns whether the control station turned in it."""
        mono = self.mono = BOOT + self.device.time
        self._measure(mono)
        self._connect()
        self._spoil()
        turned = self.overdue == 0
        if turned:
            self._turn(mono + self.mono_shift)
            self._status = self.channels.read_status()
            self._take_command()
            self.misses_in_row = 0
            self._spoil()
        else:
            self.overdue -= 1
            self.misses_in_row += 1
            self._misses += 1
        order = self._inlet.take(mono)
        if order is not None:
            (self.device.force_rows if order.at_once else self.device.receive_rows)(order.rows, order.stamp)
        self.device.advance(self.device.substeps)
        return turned

    def _take_command(self) -> None:
        try:
            self._command = self.channels.read_command()
        except StaleData:  # spoilt, and the station has lost the lease: nobody wrote a new one
            pass

    def _spoil(self) -> None:
        for spoil in self.spoilers:
            spoil()

    def _measure(self, mono: float) -> None:
        measured = self.device.measure(mono)
        self.channels.write_measurement(measured._replace(task_time=measured.task_time + self.time_shift))
        if self.alters:
            told = self.channels.read_sample()
            for alter in self.alters:
                told = told and alter(told)
            if told is not None:
                self.channels.write_sample(told)
        self._tear("sample")

    def _connect(self) -> None:
        """The connector: requests a skill at its rate; it takes time and stops from the last status.

        Like the real one it ends its request after a stop; with an older stop count it continues.
        """
        try:
            status = self.channels.read_status()
        except StaleData:
            return
        if status is None or self.silent or not self.skill:
            return
        if self.knows_of_stops is None and status.stop_count > self._known:
            self.skill = ""
            return
        now = status.task_time
        if abs(now - self._asked) < ASK_EVERY - 1e-9:
            return
        self._asked = now
        self._setpoints += 1
        count = self._known if self.knows_of_stops is None else self.knows_of_stops
        setpoint = SkillSetpoint(
            f"trial-{count}/1", self._setpoints, now + LIFE, "body", "plan", (SkillWeight(self.skill),),
            dict(self.goals), count,
        )  # fmt: skip
        for mend in self.mends:
            setpoint = mend(setpoint)
        self.channels.write_setpoint(setpoint)
        self._tear("setpoint")

    def _tear(self, name: str) -> None:
        """Truncates a record like a writer that ends in the middle."""
        if name not in self.torn:
            return
        offset = PAGE
        for form in channel_layout(self.robot).records:
            if form.name == name:
                break
            offset += form.size
        place = offset + form.size // 2
        with self.channels.block.path.open("r+b") as file:
            file.seek(place)
            (byte,) = file.read(1)
            file.seek(place)
            file.write(bytes([byte ^ 0xFF]))

    def _turn(self, mono: float) -> None:
        """One turn, with task time as the loop in real time makes it."""
        sample = self.sample = self.station.read()
        self.heard = sample or self.heard
        if sample is None:
            self._now += self._period
        else:
            self._now = sample.task_time + max(mono - sample.stamp, 0.0)
        timing = LoopTiming(0.0, 0.0, self._misses, self.misses_in_row, self.unwatched)
        self.station.turn(sample, self._now, mono, timing)
