"""Random tables with a box whose lid is to be opened or closed by a hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.world.scene_file import ObjectFile, SceneFile, VariationFile
from skill_stack.evaluation.scenes.grip_cases import MISPLACED
from skill_stack.evaluation.scenes.hinged.door_scenes import DoorScene
from skill_stack.evaluation.scenes.relation_scenes import COLOURS, LATENCY, NOISE, PLACE, STRENGTH, TABLE, TABLE_TOP

LID = "lid"
KINDS = ("shut", "ajar", "half open", "open", "stuck")
"""A lid to be opened that is shut or ajar; one to be closed that is partly or wholly open; a shut one that is stuck."""
LIFTED = {"ajar": (5.0, 25.0), "half open": (20.0, 75.0), "open": (75.0, 95.0)}
"""Ranges of the angle by which a lid is open at first, degrees."""
OPEN, CLOSE = ("open the lid", "lift the lid open"), ("close the lid", "shut the lid")
LONG, WIDE, HIGH = (0.13, 0.17), (0.14, 0.22), (0.18, 0.24)
"""Ranges of the box, m: from its front to the hinge, across, and its height."""
RIM, THICK = 0.04, (0.012, 0.02)
"""How far the lid stands out in front, and its thickness, m."""
MASS = (0.1, 0.25)
"""Range of the mass of a lid, kg."""
STUCK = 20.0
"""Resistance of the hinge of a lid that is stuck, N·m."""


@dataclass(frozen=True, slots=True)
class LidScene(DoorScene):
    """One table and its instruction.

    Attributes:
        told: The map: it errs by where box and lid are, and does not know how far the lid is open or how stiff it is.
    """

    told: SceneFile

    @property
    def leaf(self) -> str:
        """See :class:`DoorScene`."""
        return LID

    @property
    def closes(self) -> bool:
        """See :class:`DoorScene`."""
        return self.words in CLOSE

    @property
    def refused(self) -> str:
        """See :class:`DoorScene`."""
        return "stays shut" if self.kind == "stuck" else ""


def lid_scene(seed: int) -> LidScene:
    """Draws the table of a seed; five seeds in a row have all kinds."""
    rng = np.random.default_rng((seed, 97))
    kind = KINDS[seed % len(KINDS)]
    long, wide, high, thick = (float(rng.uniform(*one)) for one in (LONG, WIDE, HIGH, THICK))
    yaw, colour = float(rng.uniform(-0.8, 0.8)), str(rng.choice(COLOURS))
    x, y = PLACE[0] + float(rng.uniform(-0.08, 0.08)), PLACE[1] + float(rng.uniform(-0.2, 0.2))
    lifted = math.radians(float(rng.uniform(*LIFTED.get(kind, (0.0, 0.0)))))
    table = ObjectFile(id="table", kind="table", size=(*TABLE, TABLE_TOP), position=PLACE, colour="brown")
    box = ObjectFile(
        id="box", kind="box", size=(long, wide, high), position=(x, y, TABLE_TOP + high / 2), yaw=yaw, colour=colour
    )
    lid = ObjectFile(
        id=LID, kind="lid", size=(long + RIM, wide, thick), yaw=yaw, colour=colour, movable=True, lifted=lifted,
        position=(x - RIM / 2 * math.cos(yaw), y - RIM / 2 * math.sin(yaw), TABLE_TOP + high + thick / 2),
        mass=float(rng.uniform(*MASS)), stiff=STUCK if kind == "stuck" else None,
    )  # fmt: skip
    words = CLOSE if kind in ("half open", "open") else OPEN
    file = SceneFile(
        name=f"lid_{seed}", description="A box with a lid on a table.", size=(3.0, 3.0), objects=(table, box, lid),
        variation=VariationFile(noise=NOISE, latency=LATENCY, motor_strength=STRENGTH),
    )  # fmt: skip
    dx, dy = rng.uniform(-MISPLACED, MISPLACED, 2).tolist()
    known = (box, lid.model_copy(update={"lifted": 0.0, "stiff": None}))
    moved = (one.model_copy(update={"position": _shifted(one, dx, dy)}) for one in known)
    told = file.model_copy(update={"objects": (table, *moved)})
    return LidScene(seed, file, words[int(rng.integers(len(words)))], kind, told)


def _shifted(thing: ObjectFile, x: float, y: float) -> tuple[float, ...]:
    """Where a thing is, moved in the plane, m."""
    return (thing.position[0] + x, thing.position[1] + y, *thing.position[2:])
