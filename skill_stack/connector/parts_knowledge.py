"""PartsKnowledge: what the guides of all parts of one robot know of one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.world.scene import SceneObject

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class HeldThing:
    """What a hand holds.

    Attributes:
        thing: The thing.
        position: Its centre in the hand's frame, m, shape (3,).
        turn: Rotation from its frame to the hand's, shape (3, 3).
        opening: Distance of the fingers since they closed on it, m.
    """

    thing: str
    position: Array
    turn: Array
    opening: float


@dataclass(slots=True)
class PartsKnowledge:
    """What parts share.

    Attributes:
        joints: Measured positions of the joints of every part that says them, by the whole robot's names, rad or m.
        grips: What each hand holds, by side.
        carried: What each part carries, by its name.
    """

    joints: dict[str, float] = field(default_factory=dict)
    grips: dict[str, HeldThing] = field(default_factory=dict)
    carried: dict[str, tuple[SceneObject, ...]] = field(default_factory=dict)

    def hear(self, names: Sequence[str], positions: Array) -> None:
        """Takes the joints of a part; what is said no more is not known.

        Args:
            names: Of its joints.
            positions: Measured, rad or m, shape (joints,), or empty.
        """
        for name in names:
            self.joints.pop(name, None)
        self.joints.update(zip(names, positions.tolist()))
