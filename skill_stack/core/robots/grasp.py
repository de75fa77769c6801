"""Grasps of a hand as data: the pads that touch objects, and one template for each kind of grasp."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive

Vector = tuple[float, float, float]
APPROACHES = ("above", "side", "below")
Approach = Literal["above", "side", "below"]


class Pad(DataModel):
    """A place of the hand that touches objects.

    Attributes:
        link: Link that carries it.
        point: In that link's frame, m: the centre of a round tip, or a point of a flat surface.
        radius: Of a round tip, m; 0 for a flat surface.
        outward: Its outward normal in that link's frame.
    """

    link: str
    point: Vector
    radius: Annotated[float, Field(ge=0)] = 0.0
    outward: Vector


class Touch(DataModel):
    """One contact of a template.

    Attributes:
        spot: Where on the object, as a direction from the grasped area in the grasp's frame; None anywhere on it.
        share: Its part of the grasp's force, compared with the other contacts.
    """

    spot: Vector | None = None
    share: Positive = 1.0


class GraspTemplate(DataModel):
    """One kind of grasp, to be fitted to an object.

    The grasp's frame has its origin in the grasped area of the object and the object's z axis; its x axis goes along
    the shorter side of a box.

    Attributes:
        title: What people call it.
        taxonomy: Number in the GRASP taxonomy (Feix et al., 2016), or None for one that it leaves out.
        contacts: Contacts by pad.
        approach: From where the hand comes, as a rule.
        centre: Where the grasped area lies in the hand's frame as a rule, m.
        turn: How the object is turned there: a rotation vector, rad.
        rest: Joint positions about which fingers are fitted, rad, by joint name; others stay as in the pose.
        pose: Pose of the hand for fingers that take no part.
        force: Sum of all forces on the object at the default, N.
        narrowest: Smallest size across that it fits, m.
        widest: Largest size across that it fits, m.
        loose: Whether the object only rests on the hand.
    """

    title: str
    taxonomy: int | None = None
    contacts: dict[str, Touch] = Field(min_length=1)
    approach: Approach = "above"
    centre: Vector
    turn: Vector
    rest: dict[str, float]
    pose: str = "default"
    force: Positive = 12.0
    narrowest: Positive
    widest: Positive
    loose: bool = False


class Mirror(DataModel):
    """Content of ``grasps.yaml`` of a hand that mirrors another one.

    Attributes:
        mirrors: Robot whose grasps these are; links and joints are called the same, y changes its sign.
        flipped: Joints that turn the other way.
        sources: Where that is known from.
    """

    mirrors: str
    flipped: tuple[str, ...]
    sources: dict[str, str]


class GraspBook(DataModel):
    """Pads and grasp templates of a hand.

    Attributes:
        pads: Its pads by name.
        bodies: Further spheres of the hand that must stay outside of objects: link to points with radius, m.
        templates: Its grasps by name.
        usual: Those among which an object's size decides where none is named; empty: no such choice is made.
        meshes: Those of which a mesh gets the first that holds it, where none is named; empty: the usual ones.
        sources: Where the numbers come from.
    """

    pads: dict[str, Pad]
    bodies: dict[str, tuple[tuple[float, float, float, float], ...]] = {}
    templates: dict[str, GraspTemplate]
    usual: tuple[str, ...] = ()
    meshes: tuple[str, ...] = ()
    sources: dict[str, str]

    @model_validator(mode="after")
    def _known_pads(self) -> GraspBook:
        if strange := sorted({*self.usual, *self.meshes} - set(self.templates)):
            raise ValueError(f"usual, meshes: no grasps {', '.join(strange)}; there are {', '.join(self.templates)}")
        for name, template in self.templates.items():
            if strange := sorted(set(template.contacts) - set(self.pads)):
                raise ValueError(f"templates.{name}: no pads {', '.join(strange)}; there are {', '.join(self.pads)}")
        return self

    def mirrored(self, mirror: Mirror) -> GraspBook:
        """The same for the other hand: every y negated, rotations about x and z reversed."""
        pads = {
            name: pad.model_copy(update={"point": _flip(pad.point), "outward": _flip(pad.outward)})
            for name, pad in self.pads.items()
        }
        bodies = {link: tuple((x, -y, z, r) for x, y, z, r in spheres) for link, spheres in self.bodies.items()}
        templates = {name: _mirrored(template, mirror.flipped) for name, template in self.templates.items()}
        sources = {**self.sources, **mirror.sources}
        changes = {"pads": pads, "bodies": bodies, "templates": templates, "sources": sources}
        return self.model_copy(update=changes)


def _flip(vector: Vector) -> Vector:
    return (vector[0], -vector[1], vector[2])


def _mirrored(template: GraspTemplate, flipped: tuple[str, ...]) -> GraspTemplate:
    """One template for the other hand."""
    x, y, z = template.turn
    contacts = {
        name: touch.model_copy(update={"spot": None if touch.spot is None else _flip(touch.spot)})
        for name, touch in template.contacts.items()
    }
    rest = {name: -value if name in flipped else value for name, value in template.rest.items()}
    changes = {"contacts": contacts, "centre": _flip(template.centre), "turn": (-x, y, -z), "rest": rest}
    return template.model_copy(update=changes)
