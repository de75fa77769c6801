"""TeacherTask: the geometry and the numbers of a teacher that walks by rules, in a training task."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel


class LegGeometry(DataModel):
    """The legs of a biped.

    Attributes:
        link: Length of thigh and of shank, m.
        hip: Height of the hip's axis above the base's origin less that of the sole below the ankle, m: base height less
            the length of the leg.
        half_width: Distance of each ankle from the middle, m.
        roll_arm: How much further down than the ankle, seen from the hip's roll axis, a foot is, m.
    """

    link: float
    hip: float
    half_width: float
    roll_arm: float


class TeacherGains(DataModel):
    """The numbers of the rules; the search of ``teacher_search`` finds them.

    Attributes:
        place_x: Way that a foot lands further ahead per velocity too much, s.
        place_y: The same to the side, s.
        ahead: How far ahead of the hip feet land, m.
        apart: How much further out than the hip feet land, m.
        side: Sideways displacement of a foothold per commanded velocity, s.
        stride: Ratio of the stride length to the one that the velocity needs.
        lift: Height that a foot is lifted by, m.
        rise: How much longer the standing leg is, m: it gives under the load.
        hip_tilt: Angle of the standing hip per forward tilt, rad.
        hip_rate: The same per pitch rate, s.
        level: How much swinging legs make up for the tilt of the trunk.
        ankle_tilt: Angle of the standing ankle per forward tilt, rad.
        ankle_rate: The same per pitch rate, s.
        ankle_speed: The same per velocity too much, rad·s/m.
        roll_tilt: Roll of the standing hip per tilt to the side, rad.
        roll_rate: The same per roll rate, s.
        sole_tilt: Roll of the standing ankle per tilt to the side, rad.
        sole_rate: The same per roll rate, s.
        sole_speed: The same per velocity too much, rad·s/m.
        bear: Roll of the standing hip against the weight, rad.
        sway: Roll of the standing hip that shifts the weight there and back, rad.
        ankle: Angle that is added to standing ankles, rad.
        toes: Angle that is added to swinging ankles, rad.
        hips: Angle that is added to hips, rad.
    """

    place_x: float = 0.12
    place_y: float = 0.2
    ahead: float = 0.0
    apart: float = 0.0
    side: float = 0.1
    stride: float = 1.0
    lift: float = 0.07
    rise: float = 0.0
    hip_tilt: float = 0.5
    hip_rate: float = 0.06
    level: float = 1.0
    ankle_tilt: float = 1.6
    ankle_rate: float = 0.2
    ankle_speed: float = 0.4
    roll_tilt: float = 0.4
    roll_rate: float = 0.0
    sole_tilt: float = -1.4
    sole_rate: float = 0.12
    sole_speed: float = -0.1
    bear: float = 0.12
    sway: float = 0.03
    ankle: float = 0.15
    toes: float = 0.0
    hips: float = 0.0


GAINS = tuple(TeacherGains.model_fields)


class TeacherTask(DataModel):
    """A teacher in a training task.

    Attributes:
        legs: The geometry.
        gains: The numbers of its rules.
    """

    legs: LegGeometry
    gains: TeacherGains = TeacherGains()
