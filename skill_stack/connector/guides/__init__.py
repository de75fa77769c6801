"""Guides by name; a guided skill names one of them in its ``skill.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from skill_stack.connector.guides.approach import ApproachGuide
from skill_stack.connector.guides.arc import ArcGuide
from skill_stack.connector.guides.around import AroundGuide
from skill_stack.connector.guides.between import BetweenGuide
from skill_stack.connector.guides.circling import CirclingGuide
from skill_stack.connector.guides.displacement import DisplacementGuide
from skill_stack.connector.guides.face import FaceGuide
from skill_stack.connector.guides.gait import GaitGuide
from skill_stack.connector.guides.guide import Guide, GuideContext
from skill_stack.connector.guides.hold import HoldGuide
from skill_stack.connector.guides.joints import JointsGuide, PoseGuide
from skill_stack.connector.guides.opening import ClosingGuide, OpeningGuide
from skill_stack.connector.guides.pace import PaceGuide
from skill_stack.connector.guides.passing import PassingGuide
from skill_stack.connector.guides.path import PathGuide
from skill_stack.connector.guides.pushing import PushingGuide
from skill_stack.connector.guides.searching import SearchGuide
from skill_stack.connector.guides.turn import TurnGuide
from skill_stack.core.errors import UnknownName
from skill_stack.core.skills.skill_library import SkillLibrary

_LAZY = {
    "dribbling": ("balls.ball_guides", "DribblingGuide"),
    "following": ("mirroring.following", "FollowingGuide"),
    "grasp": ("guides.grasp", "GraspGuide"),
    "hand_to": ("reaching.hands", "HandGuide"),
    "kicking": ("balls.ball_guides", "KickingGuide"),
    "latent": ("gaits.latent", "LatentGuide"),
    "lid": ("grasping.lids", "LidGuide"),
    "offer": ("palms.motions", "OfferGuide"),
    "palm_approach": ("palms.vantage", "PalmApproachGuide"),
    "palm_vantage": ("palms.vantage", "PalmVantageGuide"),
    "pincer_bring": ("two_hands.pincer_guides", "PincerBringGuide"),
    "pincer_close": ("two_hands.pincer_guides", "PincerCloseGuide"),
    "pincer_joints": ("two_hands.pincer_guides", "PincerJointsGuide"),
    "pincer_lid": ("two_hands.pincer_guides", "PincerLidGuide"),
    "pincer_leave": ("two_hands.pincer_guides", "PincerLeaveGuide"),
    "pincer_open": ("two_hands.pincer_guides", "PincerOpenGuide"),
    "pincer_reach": ("two_hands.pincer_guides", "PincerReachGuide"),
    "pointing": ("reaching.hands", "PointingGuide"),
    "put": ("palms.motions", "PutGuide"),
    "reach": ("guides.reach", "ReachGuide"),
    "scoring": ("balls.scoring", "ScoringGuide"),
    "separating": ("grasping.separating", "SeparatingGuide"),
    "stopping": ("balls.ball_guides", "StoppingGuide"),
    "synergy": ("guides.synergy", "SynergyGuide"),
    "take": ("palms.motions", "TakeGuide"),
    "template": ("reaching.templates", "TemplateGuide"),
    "touching": ("reaching.touching", "TouchGuide"),
    "tracking": ("reaching.tracking", "TrackingGuide"),
    "vantage": ("reaching.vantage", "VantageGuide"),
    "whole_body": ("whole_body.task_guide", "WholeBodyGuide"),
}
"""Files and classes of guides with large imports (a robot without arms or a hand needs no inverse kinematics), or of
another folder."""


def _lazy(file: str, name: str) -> Callable[[GuideContext], Guide]:
    """A guide whose file is imported when it is needed first."""

    def make(context: GuideContext) -> Guide:
        made: Guide = getattr(import_module(f"skill_stack.connector.{file}"), name)(context)
        return made

    return make


GUIDES: dict[str, Callable[[GuideContext], Guide]] = {
    "approach": ApproachGuide,
    "arc": ArcGuide,
    "around": AroundGuide,
    "between": BetweenGuide,
    "circling": CirclingGuide,
    "closing": ClosingGuide,
    "displacement": DisplacementGuide,
    "face": FaceGuide,
    "gait": GaitGuide,
    "hold": HoldGuide,
    "joints": JointsGuide,
    "opening": OpeningGuide,
    "pace": PaceGuide,
    "passing": PassingGuide,
    "path": PathGuide,
    "pose": PoseGuide,
    "pushing": PushingGuide,
    "searching": SearchGuide,
    "turn": TurnGuide,
    **{name: _lazy(*where) for name, where in _LAZY.items()},
}


def prepare_guides(library: SkillLibrary) -> None:
    """Imports the dependencies of a library's guides; importing during a run would block for a second."""
    for guide in {spec.guided.guide for spec in library if spec.guided is not None} & set(_LAZY):
        import_module(f"skill_stack.connector.{_LAZY[guide][0]}")


def make_guide(name: str, context: GuideContext) -> Guide:
    """A guide by name.

    Raises:
        UnknownName: There is no such guide.
    """
    if name not in GUIDES:
        raise UnknownName("guide", name, GUIDES)
    return GUIDES[name](context)
