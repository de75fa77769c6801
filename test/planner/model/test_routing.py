"""Which of several endpoints is asked first."""

import sqlite3
import threading

import pytest

from skill_stack.core.errors import DataError
from skill_stack.planner.model import ModelRecord
from skill_stack.planner.model.routing import MOST_COUNTED

FLY = {"skill": "fly", "arguments": {}}


def order(bench):
    return [entry["endpoint"] for entry in bench.log]


def test_who_is_good_at_it_is_asked_first(bench, start, kit):
    plain, talker, walker = start(), start(), start()
    bench.set_up(
        kit.at(talker, "talker", good_at=["statement"]), kit.at(plain, "plain"),
        kit.at(walker, "walker", good_at=["refusal", "go_to"]),
    )  # fmt: skip
    bench.ask()
    bench.ask("what is the meaning of life?")
    bench.ask("go to the rde ball")  # the planner guesses that it shall go there
    assert order(bench) == ["walker", "talker", "walker"]


def test_with_an_order_of_its_own_the_deployment_is_obeyed(bench, start, kit):
    bench.set_up(kit.at(start(), "first"), kit.at(start(), "good", good_at=["refusal"]), order="listed").ask()
    assert order(bench) == ["first"]


def test_a_bad_record_counts_more_than_a_claim(bench, start, kit):
    claiming, plain = start(), start()
    number = iter(range(1000))
    claiming.script = [lambda handler, body: handler.say(kit.plan_of({**FLY, "skill": f"fly{next(number)}"}), body)]
    bench.set_up(kit.at(claiming, "claiming", good_at=["refusal"]), kit.at(plain, "plain"))
    firsts = []
    for n in range(12):
        before = len(bench.lines)
        bench.ask(f"please blorp yourself {'x' * (n + 1)}")
        firsts.append(bench.log[before]["endpoint"])
    assert firsts[0] == "claiming" and firsts[-1] == "plain" and firsts == sorted(firsts)
    assert bench.models.states()["claiming"] == "", "refused proposals are no reason to rest"


def test_what_people_mean_counts_too(bench, server, kit):
    bench.record = ModelRecord()
    bench.set_up(kit.at(server))
    plan = bench.ask("please blorp yourself")
    bench.models.answered(plan, None)
    assert bench.record.counts("local", ["refusal"]) == (1.0, 1.0), "it passed the check, and was not meant"
    bench.models.answered(plan, plan)
    assert bench.record.counts("local", ["refusal"]) == (1.0, 1.0), "it was answered already"
    plan = bench.ask("please blorp yourself again")
    bench.models.answered(plan, plan)
    assert bench.record.counts("local", ["refusal"]) == (3.0, 1.0)


def test_one_that_is_down_costs_its_share_and_the_others_go_on(bench, start, kit):
    down, bad, good = start(), start(), start()
    down.script = [lambda handler, body: handler.error(500, "out of memory")]
    bad.script = [kit.plan_of(FLY)]
    bench.set_up(kit.at(down, "down", good_at=["refusal"]), kit.at(bad, "bad"), kit.at(good, "good"))
    for n in range(6):
        assert kit.steps_of(bench.ask(f"please blorp yourself {'x' * (n + 1)}"))[0][0] == "go_to"
    assert len(down.requests) == 1 and "rests" in bench.models.states()["down"]
    assert bench.models.states()["bad"] == "" and len(good.requests) == 6
    bench.shift += 6.0
    down.script = [kit.GO]
    bench.ask("please blorp yourself at last")
    assert order(bench)[-1] == "down", "after its rest it is the first again: failures are no part of the record"


def test_the_record_outlives_the_process_and_is_shared(bench, server, kit, tmp_path):
    path = tmp_path / "experience.sqlite"
    other = ModelRecord(path)
    server.script = [kit.plan_of(FLY)]
    bench.record = ModelRecord(path)
    bench.set_up(kit.at(server)).ask()
    assert ModelRecord(path).counts("local", ["refusal"]) == (0.0, 2.0)
    other.note("local", ["refusal"], True)
    other.save()
    assert other.counts("local", ["refusal"]) == (1.0, 2.0)
    assert other.counts("local", ["refusal", "guess"]) == (0.5, 1.0) and other.counts("remote", []) == (0.0, 0.0)


def test_old_plans_count_less_and_less(tmp_path):
    record = ModelRecord(tmp_path / "experience.sqlite")
    for _ in range(MOST_COUNTED + 1):
        record.note("local", ["guess"], False)
    record.save()
    assert record.counts("local", ["guess"]) == (0.0, (MOST_COUNTED + 1) / 2)


def test_a_record_that_cannot_be_kept_stops_nothing(bench, server, kit, tmp_path):
    told = []
    bench.record = ModelRecord(tmp_path / "missing" / "experience.sqlite", told.append)
    bench.set_up(kit.at(server))
    assert kit.steps_of(bench.ask())[0][0] == "go_to"
    assert len(told) == 2 and "not kept" in told[0]
    assert bench.record.counts("local", ["refusal"]) == (1.0, 0.0), "it counts for this process"


def test_a_record_that_is_locked_is_waited_for(tmp_path):
    path = tmp_path / "experience.sqlite"
    record = ModelRecord(path)
    record.note("local", ["guess"], True)
    holding = sqlite3.connect(path, isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    saving = threading.Thread(target=record.save)
    saving.start()
    holding.execute("COMMIT")
    saving.join(20)
    assert ModelRecord(path).counts("local", ["guess"]) == (1.0, 0.0)


def test_a_topic_that_there_is_not_is_told(bench, server, kit):
    with pytest.raises(DataError, match=r"local: good_at: there is no topic 'go_too'; did you mean 'go_to'\?"):
        bench.set_up(kit.at(server, good_at=["go_too"]))
