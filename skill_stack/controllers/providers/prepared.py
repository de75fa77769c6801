"""Results of ``skill-stack prepare`` for a network, stored beside its engines."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from skill_stack.controllers.providers.choice import ProviderChoice
from skill_stack.controllers.providers.provider import ORT_NAMES

FILE = "prepared.json"
NVIDIA = Path("/proc/driver/nvidia/gpus")
BOARD = Path("/proc/device-tree/model")


def device_name(nvidia: Path = NVIDIA, board: Path = BOARD) -> str:
    """Name of the GPU as its driver reports it, or of the board that it is part of; empty when there is none.

    Args:
        nvidia: Folder in which the driver describes each GPU.
        board: File with the name of a board with a built-in GPU.
    """
    for about in sorted(nvidia.glob("*/information")):
        for line in about.read_text().splitlines():
            if line.startswith("Model:"):
                return line.removeprefix("Model:").strip()
    if board.is_file():
        model = board.read_text(errors="replace").strip("\0 \n")
        if "nvidia" in model.lower() or "jetson" in model.lower():
            return model
    return ""


def signature(providers: Sequence[str]) -> str:
    """What a measurement depends on besides the network: device, runtime and its providers."""
    return f"{device_name() or 'no GPU'}; onnxruntime {onnxruntime.__version__}; {', '.join(providers)}"


def write_prepared(folder: Path, sha256: str, conditions: str, choice: ProviderChoice) -> None:
    """Keeps a choice.

    Args:
        folder: Folder of the network's engines; made if need be.
        sha256: Hash of the network.
        conditions: The :func:`signature`.
        choice: What was found.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{FILE}.new-{os.getpid()}"
    draft.write_text(json.dumps({"sha256": sha256, "conditions": conditions, **choice.to_json()}, indent=2) + "\n")
    draft.replace(folder / FILE)


def read_prepared(folder: Path | None, sha256: str, conditions: str) -> ProviderChoice | None:
    """The choice stored for exactly this network and these conditions, or None; an unreadable file counts as none."""
    if folder is None:
        return None
    try:
        data = json.loads((folder / FILE).read_text())
        if data["sha256"] != sha256 or data["conditions"] != conditions or data["provider"] not in ORT_NAMES:
            return None
        return ProviderChoice(data["provider"], str(data["why"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
