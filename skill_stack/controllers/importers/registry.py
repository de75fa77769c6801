"""Selects the reader for a path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skill_stack.controllers.importers import (
    asap,
    holosoma,
    isaac_descriptors,
    leapp,
    legged_gym,
    mjlab_metadata,
    plain_onnx,
    rl_sar,
    unitree_deploy,
)
from skill_stack.controllers.importers.draft import Draft
from skill_stack.controllers.importers.fields import naming_fields
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec

FOLDERS = (unitree_deploy, leapp, rl_sar, legged_gym, isaac_descriptors, asap)
"""Formats with a file beside the network; tried in this order."""
FILES = (mjlab_metadata, holosoma)
"""Formats that are known by what is in the network's file."""
FORMATS: dict[str, Callable[[Path, RobotSpec], Draft]] = {
    module.NAME: module.read for module in (*FOLDERS, *FILES, plain_onnx)
}
DESCRIPTIONS: dict[str, str] = {module.NAME: module.DESCRIPTION for module in (*FOLDERS, *FILES, plain_onnx)}


def read(path: Path, robot: RobotSpec, name: str | None = None) -> Draft:
    """Reads an export.

    Args:
        path: A folder or file.
        robot: The robot that it is for.
        name: The format; None finds it.

    Raises:
        UnknownName: There is no such format.
        DataError: Nothing understands it, or what understands it finds something wrong.
    """
    if not path.exists():
        raise DataError(f"there is no {path}")
    if name is not None and name not in FORMATS:
        raise UnknownName("format", name, FORMATS)
    found = name or _recognised(path)
    folder = next((module for module in FOLDERS if module.NAME == found), None)
    if folder is not None and folder.find(path) is None:
        raise DataError(f"{path}: is no {folder.DESCRIPTION}")
    with naming_fields(path, found):
        return _remembering(FORMATS[found](path, robot))


def observations(path: Path) -> int | None:
    """Length of a network's observation by the files beside it, or None where they do not state it.

    Weights may be wider than the observation, so they do not always determine it.

    Raises:
        DataError: A file cannot be read.
    """
    for module in (rl_sar, legged_gym):
        if (found := module.observations(path)) is not None:
            return found
    return None


def _remembering(draft: Draft) -> Draft:
    """The draft with the memory that its network's file names."""
    memory = OnnxFacts.read(draft.model).memory
    return draft.with_({"memory": memory}) if memory else draft


def _recognised(path: Path) -> str:
    for module in FOLDERS:
        if module.find(path) is not None:
            return module.NAME
    if path.is_dir():
        models = sorted(path.glob("*.onnx"))
        if len(models) == 1:
            raise DataError(f"{path}: no conventions are beside {models[0].name}; import the file itself")
        raise DataError(f"{path}: is none of the folders that are understood: {_folders()}")
    if path.suffix in (".yaml", ".yml"):
        raise DataError(f"{path}: is none of the files that are understood: {_folders()}")
    facts = OnnxFacts.read(path)
    for reader in FILES:
        if reader.recognises(facts):
            return reader.NAME
    return plain_onnx.NAME


def _folders() -> str:
    return "; ".join(module.DESCRIPTION for module in FOLDERS)
