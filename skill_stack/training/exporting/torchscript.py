"""Turns a TorchScript policy into ONNX in a process of its own, without a network and with limits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers import torchscript_archive
from skill_stack.controllers.importers.onnx_facts import SOURCE, OnnxFacts
from skill_stack.core.errors import DataError

WORKER = "skill_stack.training.exporting.torchscript_worker"
LONGEST = 180.0
"""Time that the process may take, s."""
KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "VIRTUAL_ENV")
"""Variables that the process gets to see; no others, since they may hold secrets."""


def beside(source: Path, observations: int | None = None) -> tuple[Path, str]:
    """Writes ``policy.onnx`` beside ``policy.pt``, or takes the one that was made of it before.

    Args:
        source: A TorchScript archive whose origin the user vouches for: loading it may run what is in it.
        observations: Number of values that the policy sees; None finds it by its weights.

    Returns:
        The ONNX file, and remarks on the export, for people.

    Raises:
        DataError: It is no TorchScript, cannot be exported, or the export differs from it; or another ONNX file lies
            in the way.
    """
    sha256 = torchscript_archive.check(source)
    target = source.with_suffix(".onnx")
    if target.exists():
        if OnnxFacts.read(target).metadata.get(SOURCE) == sha256:
            return target, f"{target.name} was made of this {source.name} before"
        raise DataError(f"{target} exists and was not made of {source.name}; import that file, or move it away")
    with tempfile.TemporaryDirectory(prefix="skill-stack-torchscript-") as name:
        folder = Path(name)
        shutil.copyfile(source, folder / "policy.pt")
        told = _convert(folder, source, sha256, observations)
        OnnxFacts.read(folder / "policy.onnx")
        try:
            shutil.copyfile(folder / "policy.onnx", target)
        except OSError as error:
            raise DataError(f"{target}: cannot be written ({error.strerror}); copy {source.name} elsewhere") from error
    memory = f", memory {', '.join(told['memory'])}" if told["memory"] else ""
    return target, (
        f"{target.name} was made of {source.name}: {told['observations']} observations, {told['actions']} actions"
        f"{memory}; over {told['steps']} steps they differ by {told['difference']:.1e} at most"
    )


def _convert(folder: Path, source: Path, sha256: str, observations: int | None) -> dict[str, Any]:
    """Runs the worker; raises DataError with its message when it fails."""
    command = [sys.executable, "-m", WORKER, str(folder), sha256, *([str(observations)] if observations else [])]
    environment = {key: os.environ[key] for key in KEPT if key in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder), "CUDA_VISIBLE_DEVICES": ""}
    try:
        done = subprocess.run(
            [*_without_network(), *command], cwd=folder, env=environment, capture_output=True, text=True,
            timeout=LONGEST, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{source}: could not be exported within {LONGEST:.0f} s") from error
    answer = folder / "answer.json"
    if not answer.is_file():
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise DataError(f"{source}: could not be exported: {last[:500]}")
    told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "error" in told:
        raise DataError(f"{source}: {str(told['error'])[:1000]}")
    return told


def _without_network() -> list[str]:
    """Command prefix that removes network access; empty where this system does not permit it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    prefix = [unshare, "--user", "--map-current-user", "--net"]
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if tried.returncode == 0 else []
