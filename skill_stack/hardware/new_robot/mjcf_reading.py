"""A MuJoCo model file reduced to the robot, with its meshes found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import mujoco

from skill_stack.core.errors import DataError
from skill_stack.hardware.new_robot.mesh_search import MeshSearch

_FROM_GEOMS = int(mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_TRUE)


def read_mjcf(path: Path, folders: Sequence[Path] = ()) -> tuple[mujoco.MjModel, list[str]]:
    """Compiles a MuJoCo model file.

    Textures, skins, terrain, sensors, keyframes and pairs of contacts are left out, and so are shapes that are only
    seen, unless their body's mass is theirs. A shape that touches only by a pair touches everything instead.

    Args:
        path: The file.
        folders: Where meshes are looked for besides the usual places.

    Returns:
        The model, and a sentence for each mesh that was found elsewhere than the file states.

    Raises:
        DataError: MuJoCo cannot read it, or a needed mesh is missing; the message lists the searched places.
    """
    try:
        spec = mujoco.MjSpec.from_file(str(path))
        _robot_alone(spec)
        search = MeshSearch(path, folders, spec.meshdir)
        _place_meshes(spec, path, search)
        return spec.compile(), search.notes()
    except (ValueError, mujoco.FatalError) as error:
        raise DataError(f"{path}: MuJoCo cannot read it: {error}") from error


def _robot_alone(spec: mujoco.MjSpec) -> None:
    """Drops what a robot does not need and may refer to missing files or parts of a scene."""
    for pair in list(spec.pairs):
        for geom in (spec.geom(pair.geomname1), spec.geom(pair.geomname2)):
            if geom is not None and not (geom.contype or geom.conaffinity):
                geom.contype = geom.conaffinity = 1
        spec.delete(pair)
    for material in spec.materials:
        material.textures = [""] * len(material.textures)
    for kind in (spec.textures, spec.skins, spec.sensors, spec.keys, spec.worldbody.geoms):
        for element in list(kind):
            spec.delete(element)
    for geom in [one for one in spec.geoms if _only_seen(one, spec)]:
        spec.delete(geom)
    used = {name for geom in spec.geoms for name in (geom.meshname, geom.hfieldname)}
    for asset in [one for one in (*spec.meshes, *spec.hfields) if one.name not in used]:
        spec.delete(asset)


def _place_meshes(spec: mujoco.MjSpec, path: Path, search: MeshSearch) -> None:
    """Sets the paths of the model's meshes."""
    for mesh in [one for one in spec.meshes if one.file]:
        address = PurePosixPath(mesh.file).name if spec.strippath else mesh.file
        found = search.find(address)
        if found is None:
            body = next(geom.parent.name for geom in spec.geoms if geom.meshname == mesh.name)
            raise DataError(f"{path}: body '{body}': mesh '{address}' is not there ({search.told(address)})")
        mesh.file = str(found)


def _only_seen(geom: mujoco.MjsGeom, spec: mujoco.MjSpec) -> bool:
    """Whether a shape is visual only: no contacts and no mass."""
    weightless = geom.mass == 0.0 or geom.density == 0.0
    stated = geom.parent.explicitinertial and int(spec.compiler.inertiafromgeom) != _FROM_GEOMS
    return not (geom.contype or geom.conaffinity) and (weightless or bool(stated))
