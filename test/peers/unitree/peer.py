"""A robot on the vendor's network that is not one: own physics, real time-outs, and faults on demand.

Example: ``python test/peers/unitree/peer.py --robot go2 --domain 67 --control /tmp/peer.sock``
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `unitree` is this folder, wherever it is run from

from unitree.bites import Bites
from unitree.body import DAMPING, STEP, Body
from unitree.bus import Bus, news
from unitree.control import ControlSocket, Message
from unitree.family import FAMILIES, rows_of
from unitree.firmware import Firmware
from unitree.reckoning import Reckoning
from unitree.services import Service
from unitree.watch import Watch

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.sample_format import SampleFormat
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up

PRIORITY = 40  # under SCHED_FIFO, as the simulator's: a real robot never stalls
GIVE_UP_BEHIND = 0.1  # s behind the clock at which lost time is given up instead of made good in a burst
ASIDE_EVERY = 5  # steps between two looks at what is not motors: services, tests
FIRMWARE_EVERY = 10  # steps: 50 Hz
SECOND_WRITER_EVERY = 10  # steps
BATTERY_EVERY = 25  # steps: 20 Hz




def _rest_of_motors(state: Any) -> None:
    for motor in state.motor_state:
        motor.mode = motor.temperature = 0
        motor.q_raw = motor.dq_raw = 0.0


LEFT_OUT: dict[str, Callable[[Any], object]] = {
    "battery": lambda state: setattr(state.bms_state, "soc", 0),
    "foot_force": lambda state: setattr(state, "foot_force", [0] * 4),
    "motors": _rest_of_motors,
    "angles": lambda state: setattr(state.imu_state, "rpy", [0.0] * 3),
    "tick": lambda state: setattr(state, "tick", 0),
    "checksum": lambda state: setattr(state, "crc", 0),
}
"""What a simulator leaves at zero, in the order in which it must be taken out."""
SIMULATORS = {"unitree_mujoco": ("battery", "foot_force", "motors"), "unitree_mujoco_python": tuple(LEFT_OUT)}
"""What the vendor's simulators leave out of the quadruped's state; neither answers services."""


class Peer:
    """The robot: one turn is 2 ms of physics."""

    def __init__(self, robot: RobotSpec, setup: SceneSetup, bus: Bus, rival: Bus, options: argparse.Namespace) -> None:
        """Lays the robot down and joins the network.

        Args:
            robot: The robot.
            setup: The world with its seed applied.
            bus: Its network.
            rival: The same network, for the second writer.
            options: The command line.
        """
        self._family = FAMILIES[robot.name]
        messages = self._family.messages
        self.body = Body(robot, setup, options.silence, options.patience)
        self.bites, self.watch = Bites(), Watch(self.body)
        self.firmware = Firmware(self.body, _walker(robot) if options.walks else None, options.service)
        self._places = SampleFormat(robot)
        self._state, self._tick = messages.blank_state(), 0
        self._writer = bus.writer("rt/lowstate", messages.LowState)
        self._reader = bus.reader("rt/lowcmd", messages.LowCmd)
        self._rival_bus, self._rival = rival, None
        self._battery = None  # where the state does not carry the charge, the battery says it by itself
        if hasattr(messages, "BmsState") and not hasattr(self._state, "bms_state"):
            self._battery = bus.writer("rt/lf/bmsstate", messages.BmsState)
        self._leaves_out = SIMULATORS[options.like] if options.like else ()
        self._services = [] if options.like else [
            Service(bus, "motion_switcher", self.firmware.motion_switcher),
            Service(bus, "sport", self.firmware.sport),
        ]  # fmt: skip
        self._reckoning = self._sport_state = None  # only the quadruped's controller tells where it thinks it is
        if robot.name == "go2":
            self._reckoning = Reckoning(self.body, np.random.default_rng([setup.seed, 11]))
            self._sport_state = bus.writer("rt/sportmodestate", messages.SportModeState)
        self._every = max(round(1.0 / (STEP * options.rate)), 1)
        self._steps = self.lost_steps = 0
        self._fill(0.0)

    @property
    def _deaf(self) -> bool:
        time = self.body.time
        return self.bites.now("link", time) or self.bites.now("deaf", time)

    def _fill(self, stamp: float) -> None:
        time, body = self.body.time, self.body
        if not self.bites.now("tick_stuck", time):
            self._tick += round(1e3 * STEP) * self._every
        self._state.tick = self._tick
        extras = self.bites.extras(time)
        self._family.fill(self._state, body, self._places, body.measure(stamp), extras)
        self.bites.spoil(self._state, time)
        self._family.seal(self._state)
        for name in self._leaves_out:
            LEFT_OUT[name](self._state)
        if self._leaves_out and "checksum" not in self._leaves_out:
            self._family.seal(self._state)
        self.bites.spoil_sealed(self._state, time)

    def turn(self, stamp: float) -> None:
        """Takes commands, lets 2 ms pass, and says what it measures.

        Args:
            stamp: Monotonic time, s.
        """
        self._take_commands()
        if self._steps % FIRMWARE_EVERY == 0 and self.firmware.selected:
            self.firmware.drive()
            self._tell_where()
        self.body.step()
        self._steps += 1
        time = self.body.time
        if self._steps % self._every == 0:
            self._publish(stamp, time)
        if self._steps % ASIDE_EVERY == 0:
            for service in self._services:
                service.serve(not self.bites.now("link", time))
            self.watch.silence(not self._deaf and not self.firmware.selected)
        if self._steps % SECOND_WRITER_EVERY == 0:
            self._be_second_writer()
        if self._battery is not None and self._steps % BATTERY_EVERY == 0 and not self.bites.now("link", time):
            charge = self.bites.extras(time).charge
            charge = self.body.measure(stamp).battery if charge is None else charge
            self._battery.write(self._family.messages.battery_state(charge))

    def _publish(self, stamp: float, time: float) -> None:
        if not self.bites.now("frozen", time):
            self._fill(stamp)
        if not (self.bites.now("link", time) or self.bites.now("mute", time)):
            self._writer.write(self._state)

    def _tell_where(self) -> None:
        """The built-in controller's estimate; it is silent while another drives the motors."""
        if self._reckoning is None or self._sport_state is None:
            return
        state = self._reckoning.report(self._state.imu_state)
        if not self.bites.now("link", self.body.time):
            self._sport_state.write(state)

    def _take_commands(self) -> None:
        commands = news(self._reader)
        if self._deaf:
            return
        for command in commands:
            self.watch.writers.add(command.sample_info.publication_handle)
            if not self._family.command_is_whole(command):
                self.watch.bad_frame(command)
                continue
            if self._family.messages.__name__.endswith("hg") and command.mode_machine != self._state.mode_machine:
                self.watch.note("mode_machine", f"{command.mode_machine} for {self._state.mode_machine}")
                continue
            vector = self.body.device.measure(self.body.time).vector
            motors = (self.body.by_motor(vector[place]) for place in (self._places.position, self._places.velocity))
            rows = rows_of(command, len(self.body.names))
            if self.watch.command(rows, *motors):
                if self.firmware.selected:
                    self.watch.note("fights", f"a low-level command while '{self.firmware.selected}' runs")
                self.body.obey(rows)

    def _be_second_writer(self) -> None:
        """Commands damping beside whoever else commands, from a participant of its own."""
        if not self.bites.now("second_writer", self.body.time):
            self._rival = None
            return
        messages = self._family.messages
        if self._rival is None:
            self._rival = self._rival_bus.writer("rt/lowcmd", messages.LowCmd)
        command = messages.blank_command()
        for motor in command.motor_cmd:
            motor.mode, motor.kd = 1, DAMPING
        if hasattr(command, "mode_machine"):
            command.mode_machine = self._state.mode_machine
        self._family.seal_command(command)
        self._rival.write(command)

    def obey(self, message: Message) -> Message:
        """Does what a test asks for.

        Raises:
            SkillStackError: It asks for something that there is not.
        """
        values = dict(message)
        do = values.pop("do", "")
        if do == "bite":
            name, seconds = values.pop("name"), values.pop("seconds", math.inf)
            self.bites.start(name, self.body.time + seconds, values)
        elif do == "heal":
            self.bites.heal()
        elif do == "push":
            self.body.device.push(values["forward"], values["left"])
        elif do == "upright":
            self.body.upright()
        elif do != "report":
            raise SkillStackError(f"'{do}' is none of bite, heal, push, report, upright")
        return self.report()

    def report(self) -> Message:
        """What is really so, and what was seen."""
        truth, watch = self.body.truth(), self.watch
        return {
            "time": self.body.time,
            "position": truth.position.tolist(),
            "orientation": truth.orientation.tolist(),
            "linear": truth.linear.tolist(),
            "fallen": truth.fallen,
            "path": self.body.path,
            "motors": self.body.state,
            "silent": min(self.body.silent_for, 1e9),
            "commands": watch.commands,
            "writers": len(watch.writers),
            "violations": dict(watch.counts),
            "first": watch.first,
            "service": self.firmware.selected,
            "doing": self.firmware.doing,
            "tick": self._tick,
            "lost": self.lost_steps * STEP,
        }


def _walker(robot: RobotSpec) -> Any:
    """A way of walking; only then is the controller loaded that it borrows."""
    from unitree.walker import Walker

    return Walker(robot)


def run(peer: Peer, control: ControlSocket | None, stop: StopSignal) -> None:
    """Turns by the monotonic clock until asked to stop."""
    clock = time.monotonic
    begin, done = clock(), 0
    while not stop.asked:
        time.sleep(max(begin + done * STEP - clock(), 0.0))
        peer.turn(clock())
        done += 1
        if control is not None and done % ASIDE_EVERY == 0:
            _answer(peer, control)
        behind = clock() - (begin + done * STEP)
        if behind > GIVE_UP_BEHIND:
            peer.lost_steps += round(behind / STEP)
            begin, done = clock(), 0


def _answer(peer: Peer, control: ControlSocket) -> None:
    for message, sender in control.requests():
        try:
            reply = peer.obey(message)
        except (SkillStackError, KeyError, TypeError) as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        control.answer(reply, sender)


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="peer", description=__doc__)
    parser.add_argument("--robot", choices=sorted(FAMILIES), default="go2")
    parser.add_argument("--scene", default="playground", help="scene name, or a path")
    parser.add_argument("--seed", type=int, default=0, help="0 keeps the scene as its file says")
    parser.add_argument("--domain", type=int, default=int(os.environ.get("ROS_DOMAIN_ID", "0")), help="DDS domain")
    parser.add_argument("--interface", default="lo", help="network interface")
    parser.add_argument("--rate", type=float, default=500.0, help="rate of states, Hz; physics keep theirs")
    parser.add_argument("--control", type=Path, help="path of a Unix socket on which tests ask")
    parser.add_argument("--service", default="", help="motion service that runs at the start, for example 'normal'")
    parser.add_argument("--walks", action="store_true", help="the built-in controller can walk (loads a policy)")
    parser.add_argument("--like", choices=sorted(SIMULATORS), default="", help="leave out what this simulator does")
    parser.add_argument("--silence", choices=("hold", "damp", "limp"), default="hold", help="motors without commands")
    parser.add_argument("--patience", type=float, default=0.5, help="s without commands until they do that")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Is a robot until SIGTERM or SIGINT."""
    options, stop = parse(argv), StopSignal()
    resources = Resources.from_environment(os.environ)
    robot: Any = load_robot(resources.robot(options.robot))
    setup = set_up(load_scene(resources.scene(options.scene)), options.seed)
    bus = Bus(options.domain, options.interface, vendors=bool(options.like))
    rival = Bus(options.domain, begin=False)
    peer = Peer(robot, setup, bus, rival, options)
    control = ControlSocket(options.control) if options.control else None
    enter_real_time(PRIORITY)
    print("ready", flush=True)
    try:
        run(peer, control, stop)
    finally:
        if control is not None:
            control.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
