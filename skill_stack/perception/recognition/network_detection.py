"""NetworkDetection: the networks of a deployment, and their additions to the geometric results.

Detectors find and name, a segmenter outlines, scorers compare words with segments, and heat maps point out places on a
surface seen from above. Geometry continues when any of them fails.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.deployment import NetworkConfig
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.perception.networks.found import Detector, Found, Scorer, Segmenter
from skill_stack.perception.networks.heat_map import HeatMap
from skill_stack.perception.recognition.appearance import Embedding, NetworkEmbedding
from skill_stack.perception.recognition.label_fusion import name_things
from skill_stack.perception.recognition.place_lookup import POINTED, point_out
from skill_stack.perception.recognition.word_scoring import LIKELY, score_things
from skill_stack.perception.scene.look_observer import Observation

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkDetection:
    """Runs networks on every look; call it with a look and its geometric results.

    Attributes:
        detectors: Detectors, each with what it is to look for.
        segmenter: Outlines what detectors give as boxes, or None.
        scorers: Networks that compare words with pictures, each with its words and its threshold.
        maps: Networks that give heat maps, likewise.
        embedding: Describes how single things look, or None.
    """

    detectors: tuple[tuple[Detector, Words], ...] = ()
    segmenter: Segmenter | None = None
    scorers: tuple[tuple[Scorer, Words, float], ...] = ()
    maps: tuple[tuple[HeatMap, Words, float], ...] = ()
    embedding: Embedding | None = None

    def __call__(self, frame: CameraFrame, observation: Observation) -> Observation:
        """The look with their names; raises SkillStackError when a network does not run."""
        found = [one for detector, words in self.detectors for one in detector.find(frame.colour, words)]
        if self.segmenter is not None:
            found = [_outlined(one, self.segmenter, frame) for one in found]
        observation = name_things(observation, found, frame.colour.shape[1])
        for scorer, words, sure in self.scorers:
            observation = score_things(observation, frame.colour, scorer, words, sure)
        for heat, words, sure in self.maps:
            observation = point_out(observation, heat, words, sure)
        return observation


def _outlined(one: Found, segmenter: Segmenter, frame: CameraFrame) -> Found:
    """Detections with their pixels, from a segmenter where the detector gives none."""
    return one if one.mask is not None else replace(one, mask=segmenter.outline(frame.colour, one.box))


def detectors(text: str) -> NetworkDetection | None:
    """The networks of a node.

    Args:
        text: JSON list of :class:`skill_stack.core.robots.deployment.NetworkConfig`; empty for none.

    Raises:
        DataError: A setting or a file is wrong.
        ResourceNotFound: A file is missing.
    """
    if not text:
        return None
    return _opened([parse_model(NetworkConfig, one, "perception.networks") for one in json.loads(text)])


def _opened(configs: Sequence[NetworkConfig]) -> NetworkDetection:
    """Every file wrapped in the interface of its form."""
    from skill_stack.perception.networks import opening
    from skill_stack.perception.networks.form import form_of
    from skill_stack.perception.networks.network import VisionNetwork
    from skill_stack.perception.networks.text_scoring import TextScoring

    all_of = NetworkDetection()
    for one in configs:
        path = Path(one.file)
        if one.encoder:
            hashes = (one.encoder_sha256, one.sha256)
            if all_of.segmenter is not None:
                raise DataError(f"{path}: there is a segmenter already; one outlines what all detectors find")
            all_of = replace(all_of, segmenter=opening.open_segmenter(Path(one.encoder), path, hashes))
            continue
        network = VisionNetwork(path, one.sha256)
        form = form_of(network)
        if form in ("sam_encoder", "sam_decoder"):
            raise DataError(f"{path}: is half of a segmenter: 'file' is its decoder, 'encoder' the other file")
        if form == "clip":
            _need(one, form)
            all_of = replace(all_of, scorers=(*all_of.scorers, (TextScoring(network), one.words, one.sure or LIKELY)))
        elif form == "heat_map":
            _need(one, form)
            all_of = replace(all_of, maps=(*all_of.maps, (HeatMap(network), one.words, one.sure or POINTED)))
        elif form == "embedding":
            all_of = replace(all_of, embedding=NetworkEmbedding(network))
        else:
            finder = opening.detector_of(network, form, one.names, one.sure)
            all_of = replace(all_of, detectors=(*all_of.detectors, (finder, one.words)))
    if all_of.segmenter is not None and not all_of.detectors:
        raise DataError("a segmenter outlines what detectors find, and there is no detector in perception.networks")
    return all_of


def _need(config: NetworkConfig, form: str) -> None:
    if not config.words:
        raise DataError(f"{config.file}: is of the form '{form}', which needs 'words', e.g. words: [red mug, stapler]")
