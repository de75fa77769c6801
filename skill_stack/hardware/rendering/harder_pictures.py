"""What makes pictures harder than plain things in even light: patterns, shadows, coloured light, blur, odd shapes."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterable, Sequence

import mujoco
import numpy as np
from pydantic import Field
from scipy.ndimage import maximum_filter, minimum_filter

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.scene_geometry import add_floor, add_objects
from skill_stack.hardware.rendering.rgbd_renderer import ROOM_LIGHT, Eye, RgbdRenderer
from skill_stack.hardware.rendering.tag_geometry import add_tags

Array = np.ndarray
FLOOR = "floor"
TEXELS = 128  # of an edge of a texture
EXPOSURES = 5
"""Pictures that are averaged for the blur of one."""
FLIGHT = 5  # pixels over which a jump in depth makes pixels fly
AROUND = 24
"""Vertices around what is turned on a lathe."""
_BUILTIN = mujoco.mjtBuiltin
_PATTERNS = (_BUILTIN.mjBUILTIN_CHECKER, _BUILTIN.mjBUILTIN_GRADIENT, _BUILTIN.mjBUILTIN_FLAT)


class Pictures(DataModel):
    """How much harder.

    Attributes:
        texture: Contrast of patterns and specks on floor, furniture and things, 0 to 1.
        floor_colour: Saturation of the floor's colour, at most.
        shadows: Whether a slanted lamp throws shadows.
        tint: Share by which the weakest colour of the light is weaker than the strongest, at most.
        dimmed: Share by which the light is weaker than daylight in a room, at most.
        blur: Angle by which the camera turns during one exposure, at most, rad. Depth is measured with a short one.
        any_colour: Whether things have any colour instead of those of the palette.
        odd_shapes: Share of things that are turned or cut bodies (meshes) instead of boxes, cylinders and balls.
        clutter: Small things besides.
        flying: Share of pixels beside a jump in depth that measure something between both sides.
        holes: Share of the picture in which nothing is measured, in patches.
        subpixel: Standard deviation of the disparity, pixels; 0: as the camera states.
    """

    texture: float = Field(0.0, ge=0, le=1)
    floor_colour: float = Field(0.0, ge=0, le=1)
    shadows: bool = False
    tint: float = Field(0.0, ge=0, lt=1)
    dimmed: float = Field(0.0, ge=0, lt=1)
    blur: float = Field(0.0, ge=0, lt=0.5)
    any_colour: bool = False
    odd_shapes: float = Field(0.0, ge=0, le=1)
    clutter: int = Field(0, ge=0, le=30)
    flying: float = Field(0.0, ge=0, le=1)
    holes: float = Field(0.0, ge=0, lt=1)
    subpixel: float = Field(0.0, ge=0, le=10)


class PicturesFile(DataModel):
    """``config/harder_pictures.yaml``.

    Attributes:
        pictures: Kinds by name.
        sources: Where the numbers come from.
    """

    pictures: dict[str, Pictures] = Field(min_length=1)
    sources: dict[str, str]


def load_pictures(resources: Resources) -> dict[str, Pictures]:
    """Reads the kinds of pictures; raises DataError or ResourceNotFound."""
    return load_model(PicturesFile, resources.find("config/harder_pictures.yaml", "kinds of pictures")).pictures


def dressed_model(scene: SceneSetup, pictures: Pictures, rng: np.random.Generator) -> mujoco.MjModel:
    """The model of a scene without a robot, in the surfaces and the light of these pictures."""
    spec = mujoco.MjSpec()
    add_floor(spec)
    add_objects(spec, scene.objects)
    add_tags(spec, scene.tags)
    things = [one for one in scene.objects if one.shape != "point" and one.kind not in ("table", "wall")]
    for thing in things:
        if rng.random() < pictures.odd_shapes:
            _reshape(spec, thing, rng)
        if pictures.any_colour:
            colour = colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(0.1, 1.0), rng.uniform(0.25, 0.95))
            spec.geom(thing.id).rgba = (*colour, 1.0)
    if pictures.floor_colour:
        saturation = pictures.floor_colour * rng.uniform(0.3, 1.0)
        spec.geom(FLOOR).rgba = (*colorsys.hsv_to_rgb(rng.uniform(), saturation, 0.5), 1.0)
    if pictures.texture:
        _paper(spec, [FLOOR, *(one.id for one in scene.objects if one.shape != "point")], pictures.texture, rng)
    if pictures.shadows:
        turn, slant = rng.uniform(-math.pi, math.pi), rng.uniform(0.4, 0.9)
        ahead = (math.cos(turn) * math.sin(slant), math.sin(turn) * math.sin(slant), -math.cos(slant))
        lamp = spec.worldbody.lights[0]
        lamp.pos, lamp.dir, lamp.castshadow = [-6 * one for one in ahead], ahead, True
    return spec.compile()


class HarderRenderer:
    """Renders a dressed model; use it as :class:`RgbdRenderer`."""

    def __init__(self, renderer: RgbdRenderer, model: mujoco.MjModel, pictures: Pictures, seed: Sequence[int]) -> None:
        """Sets the light.

        Args:
            renderer: Of the model.
            model: Its lights are changed.
            pictures: How hard.
            seed: Of light and blur.
        """
        self._renderer, self._pictures, self._rng = renderer, pictures, np.random.default_rng(seed)
        weaker = 1 - self._rng.uniform(0, 1) * pictures.dimmed
        colour = weaker * (1 - pictures.tint * self._rng.permutation([0.0, self._rng.uniform(), 1.0]))
        model.light_diffuse[:] *= colour
        model.vis.headlight.ambient[:] = ROOM_LIGHT * colour

    def draw(self, data: mujoco.MjData, eye: Eye, *, objects: bool = False) -> tuple[Array, Array, Array | None]:
        """Colour (blurred), true depth, and geoms, see :meth:`RgbdRenderer.draw`."""
        colour, depth, geoms = self._renderer.draw(data, eye, objects=objects)
        if not self._pictures.blur:
            return colour, depth, geoms
        turn = self._rng.uniform(-1, 1, 3) * self._pictures.blur / math.sqrt(3)
        place, rotation = eye
        shares = [part for part in np.linspace(-0.5, 0.5, EXPOSURES) if part]
        turned = [self._renderer.colour(data, (place, rotation_of(tuple(part * turn)) @ rotation)) for part in shares]
        return np.mean([colour, *turned], axis=0).astype(np.uint8), depth, geoms

    def close(self) -> None:
        """Frees the buffers."""
        self._renderer.close()


def flawed(depth: Array, true: Array, pictures: Pictures, rng: np.random.Generator) -> Array:
    """Depth with pixels that fly between two surfaces, and with patches without any.

    Args:
        depth: As measured, m, float32, shape (height, width).
        true: Without errors.
        pictures: How hard.
        rng: Where errors come from.
    """
    out = depth
    if pictures.flying:
        near, far = minimum_filter(true, FLIGHT), maximum_filter(true, FLIGHT)
        flies = (far > 1.05 * near) & (rng.random(true.shape) < pictures.flying)
        part = rng.random(true.shape, np.float32)
        out = np.where(flies, near + part * (far - near), out)
    if pictures.holes:
        rows, columns = np.mgrid[: true.shape[0], : true.shape[1]]
        radius = 0.02 * true.shape[1]
        for _ in range(math.ceil(pictures.holes * true.size / (math.pi * radius**2))):
            row, column, size = rng.uniform(0, true.shape[0]), rng.uniform(0, true.shape[1]), rng.uniform(0.3, 1.4)
            out = np.where((rows - row) ** 2 + (columns - column) ** 2 < (size * radius) ** 2, 0.0, out)
    return np.asarray(out, np.float32)


def _paper(spec: mujoco.MjSpec, names: Iterable[str], contrast: float, rng: np.random.Generator) -> None:
    """Covers geoms with patterns and specks that darken their colour."""
    for name in names:
        dark = [1.0 - contrast * rng.uniform(0.3, 1.0)] * 3
        texture = spec.add_texture(
            name=f"{name}_paper",
            type=mujoco.mjtTexture.mjTEXTURE_2D if name == FLOOR else mujoco.mjtTexture.mjTEXTURE_CUBE,
            builtin=_PATTERNS[int(rng.integers(len(_PATTERNS)))],
            mark=mujoco.mjtMark.mjMARK_RANDOM,
            markrgb=dark,
            random=float(rng.uniform(0.01, 0.1)),
            rgb1=[1.0, 1.0, 1.0],
            rgb2=dark,
            width=TEXELS,
            height=TEXELS if name == FLOOR else 6 * TEXELS,
        )
        material = spec.add_material(name=f"{name}_paper", texuniform=name == FLOOR, texrepeat=[2, 2])
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = texture.name
        spec.geom(name).material = material.name


def _reshape(spec: mujoco.MjSpec, thing: SceneObject, rng: np.random.Generator) -> None:
    """Makes a geom a turned or cut body of the same extent."""
    vertices, faces = _turned(rng) if thing.shape != "box" else _cut(rng)
    name = f"{thing.id}_mesh"
    spec.add_mesh(
        name=name,
        uservert=(vertices * thing.size).ravel().tolist(),
        userface=faces.ravel().tolist(),
        inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
    )
    geom = spec.geom(thing.id)
    geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, name


def _turned(rng: np.random.Generator) -> tuple[Array, Array]:
    """Vertices within ±0.5 and triangles of a bottle, cone or bowl."""
    heights = np.linspace(-0.5, 0.5, 7)
    radii = rng.uniform(0.18, 0.5, len(heights))
    radii = np.convolve(np.pad(radii, 1, "edge"), [0.25, 0.5, 0.25], "valid")
    return _stack(heights, [radius / radii.max() * _circle(AROUND) for radius in radii])


def _cut(rng: np.random.Generator) -> tuple[Array, Array]:
    """Vertices within ±0.5 and triangles of a prism on a polygon of five to seven corners, narrower at its top."""
    corners = int(rng.integers(5, 8))
    outline = _circle(corners) * rng.uniform(0.7, 1.0, (corners, 1))
    outline = outline / np.ptp(outline, axis=0)
    outline -= (outline.max(axis=0) + outline.min(axis=0)) / 2
    return _stack(np.array([-0.5, 0.5]), [outline, outline * rng.uniform(0.5, 1.0)])


def _circle(count: int) -> Array:
    angles = np.arange(count) * 2 * math.pi / count
    return np.column_stack([np.cos(angles), np.sin(angles)]) * 0.5


def _stack(heights: Array, outlines: Sequence[Array]) -> tuple[Array, Array]:
    """A closed body from outlines one above the other, each counter-clockwise with as many corners."""
    count = len(outlines[0])
    rings = [np.column_stack([outline, np.full(count, height)]) for height, outline in zip(heights, outlines)]
    ends = np.array([[*outlines[0].mean(axis=0), heights[0]], [*outlines[-1].mean(axis=0), heights[-1]]])
    bottom, top, last = len(rings) * count, len(rings) * count + 1, (len(rings) - 1) * count
    faces = []
    for corner in range(count):
        after = (corner + 1) % count
        faces += [(bottom, after, corner), (top, last + corner, last + after)]
        for ring in range(len(rings) - 1):
            low, high = ring * count, (ring + 1) * count
            faces += [(low + corner, low + after, high + after), (low + corner, high + after, high + corner)]
    return np.vstack([*rings, ends]), np.array(faces)
