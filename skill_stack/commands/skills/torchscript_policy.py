"""TorchScript on the command line of ``skill-stack import``: only what is trusted is loaded, and made into ONNX."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from skill_stack.commands.common import note
from skill_stack.commands.train import ExtraMissing
from skill_stack.core.errors import DataError


def add_torchscript(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    group = parser.add_argument_group("TorchScript (.pt), made into ONNX beside it; needs the extra 'train'")
    group.add_argument(
        "--trust-torchscript", action="store_true",
        help="load it, which may run code that is in it: only where you know who made it",
    )  # fmt: skip
    group.add_argument("--observations", type=int, help="values that it sees (default: found by its weights)")


def as_onnx(options: argparse.Namespace) -> tuple[Path, tuple[str, ...]]:
    """The path to read, with every TorchScript policy that it means as ONNX beside it; and notes on how.

    Args:
        options: The command line.

    Raises:
        DataError: A file is no TorchScript, is not trusted, or cannot be exported.
        ExtraMissing: torch is not installed.
    """
    from skill_stack.controllers.importers.registry import observations
    from skill_stack.controllers.importers.torchscript_archive import SUFFIXES, check
    from skill_stack.training.exporting.torchscript import beside

    path: Path = options.path
    direct = path.suffix in SUFFIXES and not path.is_dir()
    if direct:
        check(path)
    if direct and not options.trust_torchscript:
        raise DataError(
            f"{path}: is TorchScript, and loading it may run code that is in it. Where you know who made it, say "
            "--trust-torchscript; or export the policy as ONNX"
        )
    sources = [path] if direct else _around(path) if options.trust_torchscript else []
    if sources and importlib.util.find_spec("torch") is None:
        raise ExtraMissing("TorchScript needs the extra 'train': make setup EXTRAS=train")
    made = []
    for source in sources:
        note(f"{source.name}: loading, exporting and comparing takes some seconds")
        made.append(beside(source, options.observations or observations(path)))
    return (made[0][0] if direct else path), tuple(text for _, text in made)


def _around(path: Path) -> list[Path]:
    """TorchScript in a folder, or beside a file of conventions, where no ONNX lies beside it yet."""
    from skill_stack.controllers.importers.torchscript_archive import is_torchscript

    folder = path if path.is_dir() else path.parent
    near = [one for place in (folder, folder / "exported") for one in sorted(place.glob("*.pt"))]
    return [one for one in near if not one.with_suffix(".onnx").exists() and is_torchscript(one)]
