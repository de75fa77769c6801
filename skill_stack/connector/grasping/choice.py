"""Choice of a grasp for an object, where the request names none."""

from __future__ import annotations

from skill_stack.core.errors import DataError
from skill_stack.core.robots.grasp import GraspBook
from skill_stack.core.world.scene import SceneObject

FITTING = "fitting"
"""Name that stands for the grasp fitting the object's size."""


def fitting_grasps(book: GraspBook, thing: SceneObject) -> tuple[str, ...]:
    """The usual grasp of a hand that fits an object of this width; of a mesh those to be tried, one after the other.

    Args:
        book: The grasps of the hand.
        thing: The object; its shorter side counts.

    Raises:
        DataError: No usual grasp spans what is no mesh; the message states their ranges.
    """
    if thing.shape == "mesh":
        return book.meshes or book.usual
    across = min(thing.size[:2])
    usual = {name: book.templates[name] for name in book.usual}
    spanning = [name for name, one in usual.items() if one.narrowest <= across <= one.widest]
    if not spanning:
        spans = ", ".join(f"{name} {one.narrowest:g} to {one.widest:g} m" for name, one in usual.items())
        raise DataError(f"'{thing.id}' is {across:.3f} m across; usual grasps span {spans or 'nothing'}")
    return (min(spanning, key=lambda name: abs(across - (usual[name].narrowest + usual[name].widest) / 2)),)
