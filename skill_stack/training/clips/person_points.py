"""The joints of a person that robots follow, out of motions whose joints have any of the usual names."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.mirroring.person_features import PARTS, SIDES
from skill_stack.training.clips.human_motion import HumanMotion

Array = np.ndarray

NAMES = {
    "hip": ("{side}_hip", "{Side}UpLeg", "{Side}Hip", "{s}Thigh"),
    "knee": ("{side}_knee", "{Side}Leg", "{Side}Knee", "{s}Shin"),
    "ankle": ("{side}_ankle", "{Side}Foot", "{Side}Ankle", "{s}Foot"),
    "shoulder": ("{side}_shoulder", "{Side}Arm", "{Side}Shoulder", "{s}UpperArm"),
    "hand": ("{side}_hand", "{Side}Hand", "{Side}Wrist"),
}
"""Names in the files of this stack, LAFAN1, CMU, Mixamo and others."""


def person_points(motion: HumanMotion) -> Array:
    """Where the joints are, m, shape (frames, points, 3), in the order of the features' points.

    Raises:
        UnknownName: The person lacks one.
    """
    tracks = [
        motion.track_of(*(name.format(side=side, Side=side.capitalize(), s=side[0]) for name in NAMES[part]))
        for part in PARTS
        for side in SIDES
    ]
    return np.stack(tracks, axis=1)
