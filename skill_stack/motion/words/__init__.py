"""Words to reward terms without a model, and what the terms say in words."""

from skill_stack.motion.words.edits import MotionEditor
from skill_stack.motion.words.motion_reader import MotionReader
from skill_stack.motion.words.motion_reading import MotionReading, MotionRefusal, SpokenBody
from skill_stack.motion.words.told_motion import ToldMotion, halves, segments, terms_told
from skill_stack.motion.words.wording import told

__all__ = [
    "MotionEditor", "MotionReader", "MotionReading", "MotionRefusal", "SpokenBody", "ToldMotion", "halves",
    "segments", "terms_told", "told",
]  # fmt: skip
