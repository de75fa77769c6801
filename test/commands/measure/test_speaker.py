"""Who speaks to a running stack in an episode: a thread that ends with it, whatever the stack goes on with."""

import pytest

from skill_stack.commands.measure.through_nodes.episode import Speaker, words_act


class EndlessClient:
    """A client of a stack that plans at once and never ends what it is asked for."""

    def __init__(self, namespace, while_waiting, silence):
        self._look = while_waiting

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def plan(self, words):
        return {}

    def do(self, words, source):
        while True:
            self._look()


@pytest.fixture
def speaker(monkeypatch):
    monkeypatch.setattr("skill_stack.nodes.clients.skill_client.SkillClient", EndlessClient)
    made = Speaker("somewhere", words_act("walk for ever"))
    made.ready.wait(10.0)
    return made


def test_what_goes_on_is_given_up_with_its_reason(speaker):
    assert not speaker.busy
    speaker.speak()
    assert speaker.busy
    speaker.give_up()
    assert not speaker.thread.is_alive()
    assert speaker.outcome == "failed" and "nobody waits" in speaker.reason


def test_one_whose_turn_never_came_ends_without_having_asked(speaker):
    speaker.give_up()
    assert not speaker.thread.is_alive() and not speaker.said and speaker.outcome == ""
