"""Which template motion a verb means: by words, and by how the motion looks."""

from skill_stack.motion.templates.template_verbs import TemplateVerbs

__all__ = ["TemplateVerbs"]
