"""PartSpec: one actuated part of a robot, with its own control process."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Rate
from skill_stack.core.shared_memory.block_words import MOST_PARTS

Vector = tuple[float, float, float]


class Mount(DataModel):
    """Where the base link of one robot is mounted on another.

    Attributes:
        link: Link of the main part's robot.
        xyz: Position in that link's frame, m.
        rpy: Roll, pitch and yaw in that link's frame, rad, as in a URDF.
    """

    link: str
    xyz: Vector = (0.0, 0.0, 0.0)
    rpy: Vector = (0.0, 0.0, 0.0)


class PartSpec(DataModel):
    """One actuated part. A plain list of joint names equals ``{joints: [...]}``.

    Attributes:
        joints: Its joints, by the names that the whole robot uses.
        robot: Robot that this part is, where a robot is put together of several; else empty.
        mount: Where that robot sits; every part but the first needs it.
        rate: Rate of its control loop, Hz; None takes the robot's.
        driver: Its driver where it is not simulated; None takes the deployment's.
        poses: Poses of this part alone, rad, by joint name.
    """

    joints: tuple[str, ...] = ()
    robot: str = ""
    mount: Mount | None = None
    rate: Rate | None = None
    driver: str | None = None
    poses: dict[str, dict[str, float]] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return {"joints": data} if isinstance(data, list | tuple) else data


def check_parts(parts: dict[str, PartSpec], joints: tuple[str, ...]) -> str:
    """What is wrong with the parts of a robot, or an empty string: every joint must belong to exactly one part.

    Args:
        parts: Parts by name.
        joints: All joints of the robot.
    """
    if not 1 <= len(parts) <= MOST_PARTS:
        return f"parts: a robot has 1 to {MOST_PARTS} of them, not {len(parts)}"
    owner: dict[str, str] = {}
    for name, part in parts.items():
        unknown = sorted(set(part.joints) - set(joints))
        if unknown:
            return f"parts.{name}: unknown joints {unknown}, missing joints []"
        for joint in part.joints:
            if joint in owner:
                return f"parts: joint '{joint}' belongs to '{owner[joint]}' and to '{name}'; it can belong to one alone"
            owner[joint] = name
    left = [joint for joint in joints if joint not in owner]
    return f"parts: nobody drives {', '.join(left)}" if left else ""
