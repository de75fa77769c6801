"""Gripper: two parallel jaws as data (``urdf/<robot>/gripper.yaml``)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model

Length = Annotated[float, Field(gt=0)]
FILE = "gripper.yaml"


class Gripper(DataModel):
    """Dimensions of a gripper, for the search for grasps.

    The tool's frame lies in the middle between the jaws, where they press: z along the approach, y along the closing.
    The defaults are a common one: 80 mm of opening, fingers of 20 mm, a body of 204 x 63 mm (Franka Hand, product
    manual).

    Attributes:
        opening: Largest distance between the jaws, m.
        finger: Extent of one finger along x (breadth), y (thickness) and z (length), m.
        tip: How far the fingers reach beyond the tool's origin, m.
        body: Extent of what carries the fingers along x, y and z, m.
        slack: Distance kept between each open jaw and the thing, m.
        friction: Coefficient of the jaws that is counted on.
        link: Link of the robot that carries it; empty where it belongs to no robot.
        joints: Joints or groups that bring it somewhere.
        xyz: The tool's origin in that link, m.
        rpy: The tool's axes in that link, as in a URDF, rad.
        sources: Where the numbers come from.
    """

    opening: Length = 0.08
    finger: tuple[Length, Length, Length] = (0.02, 0.012, 0.045)
    tip: Length = 0.009
    body: tuple[Length, Length, Length] = (0.063, 0.204, 0.07)
    slack: Length = 0.008
    friction: Length = 0.5
    link: str = ""
    joints: tuple[str, ...] = ()
    xyz: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rpy: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sources: dict[str, str] = {}


def load_gripper(folder: Path) -> Gripper | None:
    """The gripper of a robot, or None where its folder has no such file; raises DataError for an invalid one."""
    path = folder / FILE
    return load_model(Gripper, path) if path.is_file() else None
