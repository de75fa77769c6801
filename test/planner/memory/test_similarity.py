"""The most similar experience is the one that a person would name."""

from dataclasses import replace

from skill_stack.planner.memory.similarity import similar
from skill_stack.planner.notations.library_file import read_scene


def test_words_skills_and_rare_things_count(task):
    told = [
        replace(task(True, words=words), id=n)
        for n, words in enumerate(
            ["go to the red ball", "grasp the cup on the table", "walk to the door", "go to the blue ball and sit"]
        )
    ]
    found = similar(told, "take the cup from the table")
    assert found[0][1].words == "grasp the cup on the table"
    assert [one.words for _, one in similar(told, "walking to doors")][0] == "walk to the door"
    assert all(0 < score <= 1 for score, _ in found)
    assert similar(told, "sing a song") == []
    assert len(similar(told, "ball", most=1)) == 1


def test_the_same_words_in_the_same_scene_are_the_same_task(task):
    scene = read_scene({"objects": [{"id": "cup", "kind": "cup", "position": [1.0, 0.0]}]})[0]
    here, elsewhere = task(True), replace(task(True, time=5.0), things=())
    best = similar([here, elsewhere], "grasp the cup", scene)
    assert best[0][1] == here and best[0][0] > best[1][0]


def test_among_equals_the_newest_comes_first(task):
    old, new = task(True, time=1.0), task(False, time=2.0, said="")
    assert [one for _, one in similar([old, new], "grasp the cup")] == [new, old]


def test_nothing_and_nonsense_are_no_error(task):
    assert similar([], "anything") == []
    assert similar([task(True)], "") == []
    assert similar([task(True, words="\x00 \ud800")], "\ud800") == []
