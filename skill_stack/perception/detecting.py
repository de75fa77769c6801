"""Detecting: the detectors of a deployment, and the names that they give to what geometry found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from skill_stack.core.camera_frame import CameraFrame
from skill_stack.core.data_file import parse_model
from skill_stack.core.deployment import NetworkConfig
from skill_stack.perception.naming import name_things
from skill_stack.perception.networks.found import Detector
from skill_stack.perception.observer import Observation


class Detecting:
    """Shows every look to some detectors."""

    def __init__(self, detectors: Sequence[tuple[Detector, Sequence[str]]]) -> None:
        """Takes detectors, each with what it is to look for."""
        self._detectors = tuple(detectors)

    def __call__(self, frame: CameraFrame, observation: Observation) -> Observation:
        """The look with their names; raises SkillStackError when a network does not run."""
        found = [one for detector, words in self._detectors for one in detector.find(frame.colour, words)]
        return name_things(observation, found, frame.colour.shape[1])


def detectors(text: str) -> Detecting | None:
    """The detectors that a node was given.

    Args:
        text: JSON list of :class:`skill_stack.core.deployment.NetworkConfig`; empty for none.

    Raises:
        DataError: A setting or a file is wrong.
        ResourceNotFound: A file is missing.
    """
    if not text:
        return None
    from skill_stack.perception.networks.opening import open_detector

    listed = [parse_model(NetworkConfig, one, "perception.networks") for one in json.loads(text)]
    return Detecting([(open_detector(Path(c.file), c.sha256, c.names, c.sure), c.words) for c in listed])
