"""Sends a sentence to a running stack (`skill-stack up go2_sim`) and prints what happens.

    python examples/say.py "go to the nearest ball and face the chair"
"""

import sys

from skill_stack.nodes.clients.client import TaskClient


def main() -> int:
    words = " ".join(sys.argv[1:]) or "walk to the red ball, then sit down"
    with TaskClient() as client:
        result = client.do(words, on_event=lambda kind, text: print(f"{kind}: {text}"))
    print(f"{result.outcome}: {result.reason}")
    for step in result.steps:
        print(f"  {step.skill}: {step.outcome} after {step.seconds:.1f} s {step.reason}")
    return 0 if result.outcome == "succeeded" else 1


if __name__ == "__main__":
    sys.exit(main())
