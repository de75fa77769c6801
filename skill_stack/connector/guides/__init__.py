"""Guides by name; a guided skill names one of them in its ``skill.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from skill_stack.connector.guides.approach import ApproachGuide
from skill_stack.connector.guides.arc import ArcGuide
from skill_stack.connector.guides.between import BetweenGuide
from skill_stack.connector.guides.circling import CirclingGuide
from skill_stack.connector.guides.displacement import DisplacementGuide
from skill_stack.connector.guides.face import FaceGuide
from skill_stack.connector.guides.gait import GaitGuide
from skill_stack.connector.guides.guide import Guide, GuideContext
from skill_stack.connector.guides.hold import HoldGuide
from skill_stack.connector.guides.joints import JointsGuide, PoseGuide
from skill_stack.connector.guides.pace import PaceGuide
from skill_stack.connector.guides.passing import PassingGuide
from skill_stack.connector.guides.path import PathGuide
from skill_stack.connector.guides.pushing import PushingGuide
from skill_stack.connector.guides.searching import SearchGuide
from skill_stack.connector.guides.turn import TurnGuide
from skill_stack.core.errors import UnknownName
from skill_stack.core.skills.skill_library import SkillLibrary


def _grasp(context: GuideContext) -> Guide:
    """Lazy import: inverse kinematics of hands loads pinocchio, which a robot without a hand does not need."""
    from skill_stack.connector.guides.grasp import GraspGuide

    return GraspGuide(context)


def _reach(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.guides.reach import ReachGuide

    return ReachGuide(context)


def _hand_to(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.guides.arm import HandGuide

    return HandGuide(context)


def _pointing(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.guides.arm import PointingGuide

    return PointingGuide(context)


def _touching(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.guides.arm import TouchGuide

    return TouchGuide(context)


def _vantage(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.guides.vantage import VantageGuide

    return VantageGuide(context)


def _synergy(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.guides.synergy import SynergyGuide

    return SynergyGuide(context)


def _palms(name: str) -> Callable[[GuideContext], Guide]:
    """Lazy import of a guide for both palms."""

    def make(context: GuideContext) -> Guide:
        from skill_stack.connector.palms import motions

        made: Guide = getattr(motions, name)(context)
        return made

    return make


def _palm_vantage(context: GuideContext) -> Guide:
    """Lazy import."""
    from skill_stack.connector.palms.vantage import PalmVantageGuide

    return PalmVantageGuide(context)


_HEAVY = {
    "grasp": "guides.grasp",
    "hand_to": "guides.arm",
    "offer": "palms.motions",
    "palm_vantage": "palms.vantage",
    "put": "palms.motions",
    "take": "palms.motions",
    "pointing": "guides.arm",
    "reach": "guides.reach",
    "synergy": "guides.synergy",
    "touching": "guides.arm",
    "vantage": "guides.vantage",
}
"""Files of guides with large imports."""
GUIDES: dict[str, Callable[[GuideContext], Guide]] = {
    "approach": ApproachGuide,
    "arc": ArcGuide,
    "between": BetweenGuide,
    "circling": CirclingGuide,
    "displacement": DisplacementGuide,
    "face": FaceGuide,
    "gait": GaitGuide,
    "grasp": _grasp,
    "hand_to": _hand_to,
    "hold": HoldGuide,
    "joints": JointsGuide,
    "offer": _palms("OfferGuide"),
    "pace": PaceGuide,
    "palm_vantage": _palm_vantage,
    "passing": PassingGuide,
    "path": PathGuide,
    "pointing": _pointing,
    "pose": PoseGuide,
    "pushing": PushingGuide,
    "put": _palms("PutGuide"),
    "reach": _reach,
    "searching": SearchGuide,
    "synergy": _synergy,
    "take": _palms("TakeGuide"),
    "touching": _touching,
    "turn": TurnGuide,
    "vantage": _vantage,
}


def prepare_guides(library: SkillLibrary) -> None:
    """Imports the dependencies of a library's guides; importing during a run would block for a second."""
    for guide in {spec.guided.guide for spec in library if spec.guided is not None} & set(_HEAVY):
        import_module(f"skill_stack.connector.{_HEAVY[guide]}")


def make_guide(name: str, context: GuideContext) -> Guide:
    """A guide by name.

    Raises:
        UnknownName: There is no such guide.
    """
    if name not in GUIDES:
        raise UnknownName("guide", name, GUIDES)
    return GUIDES[name](context)
