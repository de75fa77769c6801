"""Participles: verbs by the participles that do not end in -ed."""

from __future__ import annotations

PARTICIPLES = {
    "given": "give", "taken": "take", "brought": "bring", "put": "put", "shut": "shut", "fed": "feed", "led": "lead",
    "shown": "show", "told": "tell", "sent": "send", "set": "set", "laid": "lay", "thrown": "throw", "woken": "wake",
    "swept": "sweep", "hung": "hang", "cut": "cut", "driven": "drive", "made": "make", "got": "get", "wound": "wind",
    "read": "read", "spoken": "speak", "found": "find", "sold": "sell", "lent": "lend", "spread": "spread",
    "rung": "ring", "sung": "sing", "ground": "grind", "met": "meet", "held": "hold", "drawn": "draw", "wrung": "wring",
    "written": "write", "built": "build", "bound": "bind", "dug": "dig", "shaken": "shake", "torn": "tear",
    "frozen": "freeze", "beaten": "beat", "lit": "light", "hidden": "hide", "said": "say",
    "picked": "pick", "ridden": "ride",
}  # fmt: skip
"""Participle → verb."""
