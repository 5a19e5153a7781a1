"""One owner per run: the lease in a real broker, and the fence in the database behind it."""

import threading
import uuid

import pytest

from game import rows
from game.broker import channel, client, dispatch_key, lease_key
from game.lease import TTL_MS, Lease
from game.loudspeaker import Loudspeaker
from game.models import Command, Run
from tests.builders import eventually, new_exercise


@pytest.fixture
def run(world) -> Run:
    exercise = new_exercise()
    exercise.start()
    return exercise.runs().get()


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


def test_a_lease_is_renewed_by_itself_beyond_its_time(run):
    lease = Lease.take(run.pk)
    assert lease is not None
    renewed = []

    def longest_left() -> bool:
        renewed.append(client().pttl(lease_key(run.pk)))
        rises = sum(after > before + 500 for before, after in zip(renewed, renewed[1:], strict=False))
        return rises >= 4

    eventually(longest_left, TTL_MS / 1000 + 3, "it is renewed each second")
    assert min(renewed) > TTL_MS / 3
    lease.release()
    assert not client().exists(lease_key(run.pk))


def test_a_lease_that_went_to_another_is_lost_and_one_that_merely_vanished_is_kept(run):
    lease = Lease.take(run.pk)
    assert lease is not None
    client().delete(lease_key(run.pk))
    assert lease.renew() and client().get(lease_key(run.pk)) == lease.token
    client().set(lease_key(run.pk), "another")
    assert not lease.renew() and lease.lost
    lease.release()
    assert client().get(lease_key(run.pk)) == "another", "what is not ours is not deleted"


def test_taking_a_lease_clears_the_way_for_the_next_dispatch(run):
    client().set(dispatch_key(run.pk), 1)
    assert Lease.take(run.pk) is not None
    assert not client().exists(dispatch_key(run.pk))


def test_an_owner_whose_run_was_taken_can_write_nothing_more(run):
    first = rows.claim(run.pk)
    rows.begin(first)
    second = rows.claim(run.pk)
    waiting = pending(run)
    score = {"total": 1.0}
    for write in (
        lambda: rows.control(first),
        lambda: rows.stamp(first, 100, 0),
        lambda: rows.tell(first, [], [], 0),
        lambda: rows.save_step(first, 100, []),
        lambda: rows.save_checkpoint(first, 100, [], seq=0, events=0, blob=b"x"),
        lambda: rows.finish(first, step=100, curve=[], score=score, digest=""),
        lambda: rows.fail(first, "x"),
    ):
        with pytest.raises(rows.Fenced):
            write()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.step) == ("pending", None)
    assert [row.pk for row in rows.stamp(second, 7, 0)] == [waiting.pk]
    run.refresh_from_db()
    assert (run.state, run.step, run.epoch) == ("running", 7, second.epoch)
    assert not hasattr(run, "checkpoint")


def test_a_run_that_has_ended_cannot_be_claimed_again(run):
    owner = rows.claim(run.pk)
    late = pending(run)
    rows.finish(owner, step=100, curve=[], score={"total": 0.0}, digest="d")
    late.refresh_from_db()
    assert (late.state, late.step) == ("refused", None) and late.reason
    with pytest.raises(rows.Fenced):
        rows.claim(run.pk)


def test_telling_events_a_second_time_changes_nothing(run):
    import engine

    owner = rows.claim(run.pk)
    rows.begin(owner)
    events = [engine.Event(5, "market.opened", ("operator",), {"n": number}) for number in range(3)]
    for _ in range(2):
        rows.tell(owner, [], events, 0)
    assert [event.data["n"] for event in run.events.order_by("number")] == [0, 1, 2]


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
