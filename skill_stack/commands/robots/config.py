"""``skill-stack config show``: a resolved deployment, with the origin of each value."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from skill_stack.commands.common import add_deployment_changes, add_json, deployment_of, print_json, resources
from skill_stack.core.data_file import read_yaml
from skill_stack.runtime.bringup.processes import describe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("action", choices=["show"], help="what to do")
    parser.add_argument("deployment", help="name below config/deployments, or a file")
    add_deployment_changes(parser)
    parser.add_argument("--origin", action="store_true", help="say where each value comes from")
    parser.add_argument("--processes", action="store_true", help="list the processes and their parameters instead")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Shows; raises ResourceNotFound or DataError when the deployment is wrong."""
    deployment = deployment_of(options.deployment, options)
    file = resources().deployment(options.deployment)
    if options.processes:
        rows: dict[str, Any] = {
            spec.name: {"arguments": list(spec.arguments), **spec.parameters}
            for spec in describe(deployment, resources())
        }
    else:
        rows = _flat(deployment.model_dump())
    origins = _origins(rows, file, options)
    if options.json:
        with_origin = {key: {"value": value, "origin": origins[key]} for key, value in rows.items()}
        print_json(with_origin if options.origin else rows)
        return 0
    for key, value in rows.items():
        print(f"{key:24} {value}" + (f"    # {origins[key]}" if options.origin else ""))
    return 0


def _flat(data: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values by dotted name; the free-form ``parameters`` stay whole per node."""
    out: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict) and value and prefix == "":
            out.update(_flat(value, f"{key}."))
        else:
            out[prefix + key] = value
    return out


def _origins(rows: dict[str, Any], file: Path, options: argparse.Namespace) -> dict[str, str]:
    """Where each value comes from: the command line, the deployment's file, or the default."""
    written = _flat(read_yaml(file))
    given = {
        "namespace": options.namespace,
        "scene": options.scene,
        "seed": options.seed,
        "pace": options.speed,
        "viewer": options.viewer,
    }
    below = {key: str(file) if key in written else "default" for key in rows}
    return {key: "command line" if given.get(key) is not None else origin for key, origin in below.items()}
