"""HardwareRealism: effects of real motors and buses on commands and measurements, for simulated robots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel

Share = Annotated[float, Field(ge=0, le=1)]
Low = Annotated[float, Field(ge=0)]


class HardwareRealism(DataModel):
    """The defaults change nothing. Friction, strength, payload, latency and noise are varied by the scene's seed.

    Attributes:
        full_torque_until: Share of a joint's largest speed up to which its motor has its whole torque, which then falls
            to zero at that speed; None: whole at every speed.
        battery_sag: Share of the voltage, and so of the speed, that is lost while all motors give their whole torque.
        friction: Coulomb friction that every joint has besides, as a share of its effort.
        backlash: Play between motor and joint, rad; the encoder sits at the motor.
        position_step: Smallest step of a measured position, rad; 0 for none.
        velocity_step: Smallest step of a measured velocity, rad/s; 0 for none.
        torque_step: Smallest step of a measured torque, N·m; 0 for none.
        measurement_delay: Age of a measurement when it arrives, s.
        lost_measurements: Share of measurements that never arrive.
        late_measurements: Share of measurements that arrive later than they should.
        late_by: By how much those are late, s.
        lost_commands: Share of commands that never arrive.
    """

    full_torque_until: Annotated[float, Field(ge=0, lt=1)] | None = None
    battery_sag: Annotated[float, Field(ge=0, lt=1)] = 0.0
    friction: Share = 0.0
    backlash: Low = 0.0
    position_step: Low = 0.0
    velocity_step: Low = 0.0
    torque_step: Low = 0.0
    measurement_delay: Low = 0.0
    lost_measurements: Annotated[float, Field(ge=0, lt=1)] = 0.0
    late_measurements: Share = 0.0
    late_by: Low = 0.0
    lost_commands: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @property
    def any(self) -> bool:
        """Whether any effect is on."""
        return self != HardwareRealism()

    @property
    def of_drives(self) -> bool:
        """Whether any effect between command and joint is on."""
        return self.full_torque_until is not None or bool(self.battery_sag or self.backlash)

    @property
    def of_link(self) -> bool:
        """Whether any effect between sensor and reader is on."""
        steps = self.position_step or self.velocity_step or self.torque_step
        return bool(steps or self.measurement_delay or self.lost_measurements or self.late_measurements)
