"""SportLink: network connections of one process to a robot driven by its built-in controller."""

from __future__ import annotations

from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import rotate_inverse, yaw_of
from skill_stack.core.sensor_sample import Odometry
from skill_stack.core.skills.builtin import BuiltInSpec
from skill_stack.hardware.unitree import topics
from skill_stack.hardware.unitree.battery import Battery
from skill_stack.hardware.unitree.controller_release import SERVICE
from skill_stack.hardware.unitree.family import FAMILIES
from skill_stack.hardware.unitree.link import Inlet, ObjectInlet, PackedInlet, can_pack
from skill_stack.hardware.unitree.messages.layout import MessageLayout
from skill_stack.hardware.unitree.messages.messages_go import SportModeState
from skill_stack.hardware.unitree.network import join
from skill_stack.hardware.unitree.settings import UnitreeRobot
from skill_stack.hardware.unitree.sport.rpc import ServiceClient
from skill_stack.hardware.unitree.sport.sport_settings import SportSettings

Array = np.ndarray


class OdometryInlet:
    """The built-in controller's own estimate, as an odometry sensor; for the Go2.

    Its position is in a world whose heading is that of the IMU; its velocity is in that world too, as the vendor's
    simulator publishes it.
    """

    def __init__(self, inlet: Inlet) -> None:
        """Takes the topic's inlet."""
        layout = MessageLayout(SportModeState)
        self._inlet, self._size = inlet, layout.size
        fields = [layout.wire(name) for name in ("position", "velocity", "imu_state.quaternion", "yaw_speed")]
        self._numbers = np.concatenate(fields) // 4

    def take(self) -> Odometry | None:
        """The newest unread report, or None; an invalid one is dropped."""
        raw = self._inlet.take()
        if raw is None or len(raw) != self._size:
            return None
        numbers = np.frombuffer(raw, dtype="<f4").take(self._numbers).astype(float)
        position, velocity, orientation, yaw_rate = numbers[:3], numbers[3:6], numbers[6:10], float(numbers[10])
        norm = float(np.linalg.norm(orientation))
        if not np.isfinite(numbers).all() or not 0.9 < norm < 1.1:
            return None
        orientation = orientation / norm
        return Odometry(position, yaw_of(orientation), rotate_inverse(orientation, velocity), yaw_rate)


class SportLink:
    """States of the robot, and the services of its built-in controller; commands nothing by itself.

    Attributes:
        inlet: States of the robot.
        odometry: The built-in controller's estimate, or None where it publishes none.
        switcher: The service that switches built-in controllers.
        sport: The built-in controller's own service.
    """

    def __init__(self, data: UnitreeRobot, settings: SportSettings, builtin: BuiltInSpec) -> None:
        """Joins the network.

        Args:
            data: The robot as its firmware sees it.
            settings: Where it is.
            builtin: Its built-in controller.

        Raises:
            DataError: The network cannot be joined, or ``cyclonedds`` cannot unpack.
        """
        if settings.packed and not can_pack():
            raise DataError("this version of cyclonedds gives no packed messages; say packed: false, which is slower")
        participant = join(settings)
        make: Any = PackedInlet if settings.packed else ObjectInlet
        self.inlet: Inlet = make(participant, topics.LOW_STATE, FAMILIES[data.messages].state)
        self.odometry: OdometryInlet | None = None
        if data.messages == "go":
            self.odometry = OdometryInlet(make(participant, topics.SPORT_STATE, SportModeState))
        self.switcher = ServiceClient(participant, SERVICE)
        self.sport = ServiceClient(participant, builtin.service)
        self._battery = Battery(data, lambda message: make(participant, topics.BATTERY_STATE, message))

    def battery(self) -> float:
        """Last reported state of charge, 0 to 1; 1 before the first report."""
        return self._battery.charge()
