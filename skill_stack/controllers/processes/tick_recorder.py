"""TickRecorder: writes every tick of control into the black box, with what the network saw and answered."""

from __future__ import annotations

from pathlib import Path

from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.runners.runner import Networked, Runner, inside
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.controllers.tick import Tick
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.shared_memory.black_box import BlackBox, TickDetails


class TickRecorder:
    """Writes ticks; called by the control loop, after the command was sent."""

    def __init__(self, path: Path, robot: RobotSpec, core: ControlCore) -> None:
        """Opens the black box, with room for the largest network.

        Args:
            path: The file of the black box.
            robot: The part that is driven.
            core: Its control core.
        """
        self._core = core
        self._box = BlackBox(path, robot, *_sizes(core.bank))
        self._main: Runner | None = None
        self._network: Networked | None = None
        self._evaluations = 0

    def note_network(self) -> None:
        """Copies inputs and outputs of the network, if it was evaluated; before the next ones are prepared."""
        main = self._core.main
        if main is not self._main:
            self._main = main
            self._network = next((one for one in inside(main) if isinstance(one, Networked)), None)
            self._evaluations = -1
        network = self._network
        if network is not None and network.evaluations != self._evaluations:
            self._evaluations = network.evaluations
            self._box.note_network(network.observed, network.answered)

    def write(self, tick: Tick, status: SkillStatus, sample: SensorSample | None, mono: float) -> None:
        """Writes one tick.

        Args:
            tick: The tick.
            status: What was reported.
            sample: The measurement.
            mono: Monotonic time of the tick, s.
        """
        core = self._core
        found, touched = core.finding, core.safety.touched
        reaction, guard = (int(found.reaction), found.guard.value) if found is not None else (int(touched > 0), "")
        self._box.write(
            tick.command, status, tick.state, touched, mono, TickDetails(sample, reaction, guard, core.asked)
        )


def _sizes(bank: SkillBank) -> tuple[int, int]:
    """Most inputs and most outputs of the networks of a bank."""
    networks = [one for runner in bank.runners.values() for one in inside(runner) if isinstance(one, Networked)]
    observed = max((sum(map(len, one.observed)) for one in networks), default=0)
    return observed, max((len(one.answered) for one in networks), default=0)
