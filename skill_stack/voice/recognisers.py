"""Recognisers by name; each needs a library, and most a model that the user brings. None is ever fetched."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.voice.heard import Recogniser


@dataclass(frozen=True, slots=True)
class RecogniserKind:
    """One kind of recogniser.

    Attributes:
        place: ``module:Class`` below ``skill_stack.voice``; made of the folder of its model, or None.
        extra: Extra of setup.py with its library.
        model: What its model is, for people; empty where the library has one.
    """

    place: str
    extra: str
    model: str = ""


KINDS = {
    "pocketsphinx": RecogniserKind("pocketsphinx_recogniser:PocketSphinxRecogniser", "voice"),
    "vosk": RecogniserKind("vosk_recogniser:VoskRecogniser", "vosk", "a folder with am/ and graph/"),
    "sherpa": RecogniserKind(
        "sherpa_recogniser:SherpaRecogniser", "sherpa", "a folder with encoder, decoder and joiner .onnx and tokens.txt"
    ),
    "whisper": RecogniserKind("whisper_recogniser:WhisperRecogniser", "whisper", "a folder in CTranslate2's format"),
}
"""Kinds by name, the default first."""


def make_recogniser(name: str, model: Path | None = None) -> Recogniser:
    """Loads a recogniser.

    Args:
        name: One of :data:`KINDS`.
        model: Folder of its model.

    Raises:
        UnknownName: There is none of that name.
        DataError: Its library or model is missing.
    """
    if name not in KINDS:
        raise UnknownName("recogniser", name, KINDS)
    kind = KINDS[name]
    if kind.model and model is None:
        raise DataError(f"'{name}' needs a model of yours, {kind.model}: --model DIR")
    if model is not None and not model.is_dir():
        raise DataError(f"there is no folder {model} for '{name}'")
    module, _, attribute = kind.place.partition(":")
    try:
        made: Recogniser = getattr(importlib.import_module(f"skill_stack.voice.{module}"), attribute)(model)
    except ModuleNotFoundError as error:
        raise DataError(f"'{name}' needs the extra '{kind.extra}': make setup EXTRAS={kind.extra}") from error
    return made
