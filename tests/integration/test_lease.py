"""One owner per run: the lease in a real broker, and the fence in the database behind it."""

import threading
import uuid

import pytest

import engine
from game.live import run_store, senders
from game.live.broker import channel, client, dispatch_key, lease_key
from game.live.lease import LOST_S, RENEW_S, Lease
from game.live.loudspeaker import Loudspeaker
from game.models import Checkpoint, Command, Event, Run
from game.ops import retention
from game.ops.reaper import MISSING_S, SENT_S, Reaper
from tests.builders import eventually, new_exercise


@pytest.fixture
def run(world) -> Run:
    exercise = new_exercise()
    exercise.start()
    run = exercise.runs().get()
    run.commands.all().delete()  # what a game begins with: the logs here are written by hand
    return run


def pending(run: Run) -> Command:
    return Command.objects.create(run=run, client_id=uuid.uuid4(), desk="operator", kind="server.stop", args={"server": 1})


def test_of_many_who_reach_for_a_run_at_once_one_gets_it(run):
    start = threading.Barrier(16)
    taken: list[Lease | None] = []

    def reach() -> None:
        start.wait()
        taken.append(Lease.take(run.pk))

    threads = [threading.Thread(target=reach) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [lease for lease in taken if lease]
    assert len(winners) == 1 and len(taken) == 16
    winners[0].release()
    assert Lease.take(run.pk) is not None


def test_a_lease_counts_on_by_itself_and_has_no_time_to_live(run):
    lease = Lease.take(run.pk)
    assert lease is not None
    seen = set()

    def has_counted() -> bool:
        seen.add(client().get(lease_key(run.pk)))
        return len(seen) > 4

    eventually(has_counted, 10 * RENEW_S, "it counts on twice a second")
    assert all(value.startswith(lease.token) for value in seen) and client().pttl(lease_key(run.pk)) == -1
    lease.release()
    assert not client().exists(lease_key(run.pk))


def test_a_lease_that_went_to_another_is_lost_and_one_that_merely_vanished_is_kept(run):
    lease = Lease.take(run.pk)
    assert lease is not None
    client().delete(lease_key(run.pk))
    assert lease.renew() and client().get(lease_key(run.pk)).startswith(lease.token)
    client().set(lease_key(run.pk), "another")
    assert not lease.renew() and lease.lost
    lease.release()
    assert client().get(lease_key(run.pk)) == "another", "what is not ours is not deleted"


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The runs that a worker was sent for."""
    found: list[int] = []
    monkeypatch.setattr(senders, "run_segment", found.append)
    return found


def watched(guard: Reaper, since: float, seconds: float) -> float:
    """A guard that looks four times a second of its own time; when it stopped."""
    for look in range(round(4 * seconds) + 1):
        guard.watch_runs(since + look / 4)
    return since + seconds


def test_a_run_is_taken_from_a_worker_whose_count_stands_and_from_no_other(run, sent):
    client().set(lease_key(run.pk), "4711:dead:7")
    guard = Reaper()
    now = watched(guard, 100.0, LOST_S - 0.25)
    assert sent == [] and client().get(lease_key(run.pk)) == "4711:dead:7"
    client().set(lease_key(run.pk), "4711:dead:8")
    now = watched(guard, now + 0.25, LOST_S - 0.25)
    assert sent == [], "it was alive"
    watched(guard, now + 0.25, 0.5)
    assert sent == [run.pk] and not client().exists(lease_key(run.pk))


def test_of_all_control_workers_one_a_day_looks_for_what_is_old(world, monkeypatch):
    looked = []
    monkeypatch.setattr(retention, "apply", lambda: looked.append(1))
    retention.daily()
    retention.daily()
    assert looked == [1] and 0 < client().ttl("ob:retention") <= 86_400


def test_a_guard_that_slept_takes_nothing_away_and_two_guards_send_once(run, sent):
    client().set(lease_key(run.pk), "4711:dead:7")
    first, second = Reaper(), Reaper()
    now = watched(first, 100.0, 1.0)
    first.watch_runs(now + 3600)
    assert sent == []
    watched(second, 5.0, LOST_S)
    watched(first, now + 3600.25, 2.0)
    assert sent == [run.pk]


def test_a_lease_that_a_restarted_broker_forgot_is_given_time_and_a_lost_segment_is_sent_for_again(run, sent):
    guard = Reaper()
    now = watched(guard, 100.0, MISSING_S - 0.25)
    assert sent == []
    now = watched(guard, now + 0.25, 1.0)
    assert sent == [run.pk] and client().exists(dispatch_key(run.pk))
    watched(guard, now + 0.25, SENT_S + 0.5)
    assert sent == [run.pk, run.pk], "nobody took it"


def test_taking_a_lease_clears_the_way_for_the_next_dispatch(run):
    client().set(dispatch_key(run.pk), 1)
    assert Lease.take(run.pk) is not None
    assert not client().exists(dispatch_key(run.pk))


def test_an_owner_whose_run_was_taken_can_write_nothing_more(run):
    first = run_store.claim(run.pk)
    run_store.begin(first, engine.load_scenario("knight-2012"))
    second = run_store.claim(run.pk)
    waiting = pending(run)
    score = {"total": 1.0}
    for write in (
        lambda: run_store.control(first),
        lambda: run_store.stamp(first, 100, 0),
        lambda: run_store.tell(first, [], [], 0, step=1),
        lambda: run_store.save_step(first, 100, [], shown_to=104),
        lambda: run_store.save_checkpoint(first, Checkpoint(step=100, seq=0, events=0, blob=b"x"), []),
        lambda: run_store.finish(first, step=100, seq=0, events=0, curve=[], score=score, executions=""),
        lambda: run_store.fail(first, "x"),
    ):
        with pytest.raises(run_store.Fenced):
            write()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.step) == ("pending", None)
    assert [row.pk for row in run_store.stamp(second, 7, 0)] == [waiting.pk]
    run.refresh_from_db()
    assert (run.state, run.step, run.epoch) == ("running", 7, second.epoch)
    assert not hasattr(run, "checkpoint")


def test_a_run_that_has_ended_cannot_be_claimed_again(run):
    owner = run_store.claim(run.pk)
    late = pending(run)
    run_store.finish(owner, step=100, seq=0, events=0, curve=[], score={"total": 0.0}, executions="")
    late.refresh_from_db()
    assert (late.state, late.step) == ("refused", None) and late.reason
    with pytest.raises(run_store.Fenced):
        run_store.claim(run.pk)


def test_telling_events_a_second_time_changes_nothing(run):
    owner = run_store.claim(run.pk)
    run_store.begin(owner, engine.load_scenario("knight-2012"))
    events = [engine.Event(5, "market.opened", ("operator",), {"n": number}) for number in range(3)]
    for _ in range(2):
        run_store.tell(owner, [], events, 0, step=6)
    assert [event.data["n"] for event in run.events.order_by("number")] == [0, 1, 2]


def test_a_second_telling_that_differs_is_refused_and_changes_nothing(run):
    owner = run_store.claim(run.pk)
    run_store.begin(owner, engine.load_scenario("knight-2012"))
    pending(run)
    (row,) = run_store.stamp(owner, 5, 0)
    told = [engine.Event(5, "market.opened", (), {"n": number}) for number in range(2)]
    run_store.tell(owner, [run_store.CommandOutcome(row, None)], told, 0, step=6)
    other = [told[0], engine.Event(5, "market.opened", (), {"n": 7})]
    with pytest.raises(run_store.Contradicted, match="event 1 was market.opened"):
        run_store.tell(owner, [], other, 0, step=9)
    with pytest.raises(run_store.Contradicted, match="was applied, and is refused the second time"):
        run_store.tell(owner, [run_store.CommandOutcome(row, "no")], [], 2, step=9)
    assert [event.data["n"] for event in run.events.order_by("number")] == [0, 1]
    row.refresh_from_db()
    run.refresh_from_db()
    assert (row.state, run.step) == ("applied", 6)


def test_a_second_telling_may_word_anew_what_the_engine_says_but_not_say_it_of_something_else(run):
    owner = run_store.claim(run.pk)
    run_store.begin(owner, engine.load_scenario("knight-2012"))
    pending(run)
    (row,) = run_store.stamp(owner, 5, 0)

    def tell(reason: engine.Sentence) -> None:
        outcomes = [run_store.CommandOutcome(row, reason)]
        run_store.tell(owner, outcomes, [engine.Event(5, "command.refused", (), {"seq": 1, "reason": reason})], 0, step=6)

    for reason in ("server 8 is down", engine.phrase("server {n} is down", n=8), engine.phrase("server {n} has stopped", n=8)):
        tell(reason)
    assert [event.data["reason"] for event in run.events.all()] == ["server 8 is down"]
    Event.objects.filter(run=run).update(data={"seq": 1, "reason": engine.phrase("server {n} is down", n=8)})
    tell(engine.phrase("server {n} has stopped", n=8))
    with pytest.raises(run_store.Contradicted, match=r"event 0 was command.refused"):
        tell(engine.phrase("server {n} has stopped", n=7))


def test_an_autopilots_command_that_is_given_twice_is_one_and_another_in_its_place_is_refused(run):
    owner = run_store.claim(run.pk)
    given = ("operator", 0, engine.Move("server.stop", {"server": 8}))
    assert [row.seq for row in run_store.stamp(owner, 5, 0, [given])] == [1]
    assert run_store.stamp(owner, 5, 1, [given]) == []
    with pytest.raises(run_store.Contradicted, match=r"autopilot gave server.stop at 08:00:01, and server.start the second time"):
        run_store.stamp(owner, 5, 1, [("operator", 0, engine.Move("server.start", {"server": 8}))])
    assert run.commands.count() == 1


def test_the_loudspeaker_notices_whether_anybody_listens(world):
    speaker = Loudspeaker(7)
    speaker.tell(1, {"risk": {"clock": {"step": 1}}, "operator": {"clock": {"step": 1}}}, {})
    assert speaker.unheard == {"risk", "operator"}
    ear = client().pubsub()
    ear.subscribe(channel(7, "risk"))
    eventually(lambda: ear.get_message(timeout=0.1), what="the subscription stands")
    speaker.tell(2, {"risk": {"clock": {"step": 2}}}, {})
    assert speaker.unheard == {"operator"}, "who was not told keeps what was known"
    ear.close()
