"""Opens files as networks: each is recognised and wrapped in its interface."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.form import Form, form_of
from skill_stack.perception.networks.found import Detector, Scorer, Segmenter
from skill_stack.perception.networks.heat_map import HeatMap
from skill_stack.perception.networks.network import VisionNetwork
from skill_stack.perception.networks.open_words import GroundingDino, Owl
from skill_stack.perception.networks.segment_anything import SegmentAnything
from skill_stack.perception.networks.text_scoring import TextScoring
from skill_stack.perception.networks.yolo import SURE, Yolo


def open_detector(path: Path, sha256: str = "", names: Sequence[str] = (), sure: float | None = None) -> Detector:
    """A detector.

    Args:
        path: ONNX file.
        sha256: What its hash must be; empty: any.
        names: Names of its classes where the file has none.
        sure: Confidence from which a box counts; None: what its family takes.

    Raises:
        ResourceNotFound: A file that it needs is not there.
        DataError: It has another form; the message states which.
    """
    network = VisionNetwork(path, sha256)
    return detector_of(network, form_of(network), names, sure)


def detector_of(network: VisionNetwork, form: Form, names: Sequence[str] = (), sure: float | None = None) -> Detector:
    """A detector from a network of a form; raises DataError where that finds no things, see :func:`open_detector`."""
    if form == "yolo":
        return Yolo(network, names, SURE if sure is None else sure)
    if form == "owl":
        return Owl(network) if sure is None else Owl(network, sure)
    if form == "grounding_dino":
        return GroundingDino(network) if sure is None else GroundingDino(network, sure)
    raise DataError(f"{network.path}: is of the form '{form}', which finds no things by itself")


def open_segmenter(encoder: Path, decoder: Path, sha256: tuple[str, str] = ("", "")) -> Segmenter:
    """An encoder and its decoder; raises ResourceNotFound or DataError."""
    networks = [VisionNetwork(path, hash_) for path, hash_ in zip((encoder, decoder), sha256)]
    forms = tuple(form_of(network) for network in networks)
    if forms != ("sam_encoder", "sam_decoder"):
        raise DataError(f"{encoder}, {decoder}: are '{forms[0]}' and '{forms[1]}', not an encoder and a decoder")
    return SegmentAnything(networks[0], networks[1])


def open_scorer(path: Path, sha256: str = "") -> Scorer:
    """A network that scores how well words match pictures; raises ResourceNotFound or DataError."""
    network = VisionNetwork(path, sha256)
    if (form := form_of(network)) != "clip":
        raise DataError(f"{path}: is of the form '{form}', not one that compares words and pictures")
    return TextScoring(network)


def open_heat_map(path: Path, sha256: str = "") -> HeatMap:
    """A network that gives a heat map for words; raises ResourceNotFound or DataError."""
    network = VisionNetwork(path, sha256)
    if (form := form_of(network)) != "heat_map":
        raise DataError(f"{path}: is of the form '{form}', not a map of what and where")
    return HeatMap(network)
