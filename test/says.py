"""An actor of a blend that decides the same all the time, for tests of what becomes of its decisions."""

import numpy as np

from skill_stack.connector.whole_body.decisions import SEES


class Says:
    """Decides the same, and keeps what it was shown."""

    inputs = SEES

    def __init__(self, method, actions):
        """Takes the method and its actions."""
        self.method, self.actions, self.seen = method, np.array(actions, float), []

    def see(self, numbers):
        """Keeps them."""
        self.seen.append(numbers)

    def act(self):
        """Its actions."""
        return self.actions
