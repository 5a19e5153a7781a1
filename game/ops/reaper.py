"""Finds what stands still and should not: runs that nobody turns, ghosts and experiments that nobody was sent for, people who are away.

A thread of every control worker, by the monotonic clock, does all of it; those of games watch the runs only, so that a run has more than
one guardian. Each acts on what it saw itself, and what two of them do is done once: see game/stillness.py.
"""

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Exists, OuterRef, QuerySet

import engine
from game import metrics, sqlite_writer
from game.debrief import counterfactuals, kept_history
from game.lab import trial_slots
from game.live import senders
from game.live.broker import BROKER_GONE, alive_key, client, dispatch_key, go_first, lease_key
from game.live.claims import claim
from game.live.control import dispatch, dispatch_all, tell_state, tell_team
from game.live.db_threads import let_go
from game.live.lease import LOST_S, RENEW_S, take_away
from game.live.senders import QueueGone
from game.models import Exercise, Experiment, Ghost, Player, Run, contents
from game.models.injects import for_the_ghost, ghost_log
from game.ops import retention, webhooks
from game.ops.lti import scores
from game.people.sweep import Sweeper
from game.stillness import Stillness

log = structlog.get_logger(__name__)

LOOK_S = 0.25  # at the leases: a killed worker's is taken away within 2.75 s
ASIDE_LOOK_S = 0.5  # of workers whose first business is turning runs; and how often the rest is looked at
ALIVE_S = 6.0  # a worker that has said nothing for so long does not count
SLOW_S = 2.0  # the database's log, debriefs to begin with
RETENTION_S = 600.0  # whether today's sweep of what is old was made
SENT_S = 2.5  # a segment that nobody took by then is sent for again
MISSING_S = 2 * RENEW_S  # a broker that restarted has forgotten leases, and their owners renew them
GHOST_PATIENCE_S = 120.0
GHOST_FIRST_MS = 15_000  # experiments stand aside for it so long
GHOST_AFTER_END_S = 600.0  # what was added last may be younger than the ghost when an exercise ends
FILLING = 20  # lobbies, of the newest
ENDED = 20  # exercises that ended last, and may want a ghost yet

Ask = Callable[[], "QuerySet[Any, Any]"]
# Whatever can give the second look something to do changes one of these.
AWAKE: tuple[Ask, ...] = (
    lambda: Exercise.objects.filter(state__in=("running", "paused")).values_list("pk").order_by("pk"),
    lambda: Player.objects.filter(gone_at=None, exercise__in=Exercise.objects.filter(state="lobby")).values_list("pk").order_by("pk"),
    lambda: Exercise.objects.filter(Exists(Player.objects.filter(exercise=OuterRef("pk"))), state="lobby").values_list("pk").order_by("pk"),
    lambda: Exercise.objects.filter(state="ended").values_list("pk").order_by("-ended_at")[:1],
    lambda: Experiment.objects.filter(state="running").values_list("pk").order_by("pk"),
)


def _to_turn() -> "QuerySet[Any, Any]":
    return Run.to_turn().values_list("pk")


@cache
def _sql(ask: Ask) -> tuple[str, tuple[Any, ...]]:
    return ask().query.sql_with_params()


def _rows(ask: Ask) -> list[tuple[Any, ...]]:
    """What it finds, of plain numbers. Its SQL is made once: the ORM's making of it costs twenty times what the database does, and these
    are asked several times a second, day and night.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_sql(ask))
        return list(cursor.fetchall())


class Reaper:
    """What one process has seen of the runs and the people. Its two looks may be two threads'."""

    def __init__(self) -> None:
        self._stood = Stillness()
        self._ended = Stillness()
        self._settled: set[int] = set()  # exercises that ended and want nothing any more
        self._filled: set[int] = set()  # lobbies whose ghost is there
        self._people = Sweeper()
        self._quiet: list[Any] | None = None  # how everything stood when there was nothing to look after

    def watch_runs(self, now: float) -> None:
        """Send for a worker for every run that should be turned and whose lease stands still, or is missing."""
        runs = [run_id for (run_id,) in _rows(_to_turn)]
        keys = [name(run_id) for run_id in runs for name in (lease_key, dispatch_key)]
        found = dict(zip(keys, client().mget(keys), strict=True)) if keys else {}
        stood = self._stood.look(found, now)
        for run_id in runs:
            lease, sent = lease_key(run_id), dispatch_key(run_id)
            if (held := found[lease]) is not None:
                if stood[lease] < LOST_S or not take_away(lease, str(held)):
                    continue
                metrics.TAKE_OVERS.inc()
                log.warning("a run is taken from a worker that is gone", run=run_id)
            elif stood[lease] < MISSING_S:
                continue
            if (mark := found[sent]) is not None and stood[sent] >= SENT_S:
                take_away(sent, str(mark))
            dispatch(run_id)

    def look(self, now: float) -> None:
        """Everything else: the people, the ends, the ghosts, the experiments. Nothing while everything is as it was when none of them
        wanted anything.
        """
        going, here, *_, trials = stands = [_rows(ask) for ask in AWAKE]
        if stands == self._quiet:
            return
        waiting = self._look(now)
        self._quiet = None if going or here or trials or waiting else stands

    def _look(self, now: float) -> bool:
        """Whether an exercise that does not go on wants a ghost yet, or may."""
        teams, exercises = self._people.sweep(now)
        for team_id in teams:
            tell_team(team_id)
        for exercise in exercises:
            tell_state(exercise)
            if exercise.state == "running":
                dispatch_all(exercise)
        going = list(Exercise.objects.filter(state__in=("running", "paused")))
        for exercise in going:
            if exercise.end_if_done():
                exercise.refresh_from_db()
                tell_state(exercise)
        others = [*self._filling(), *self._just_ended(now)]
        for exercise in [*going, *others]:
            wanted = _missing_ghost(exercise)
            if wanted is None and exercise.state == "ended":
                self._settled.add(exercise.pk)
            elif wanted is None and exercise.state == "lobby":
                self._filled.add(exercise.pk)
            elif wanted is not None and claim(wanted, GHOST_PATIENCE_S, now=now):
                go_first(GHOST_FIRST_MS)
                senders.make_ghost(exercise.scenario, exercise.seed, exercise.noise, ghost_log(for_the_ghost(exercise)))
        trial_slots.look_after()
        return bool(others)

    def _filling(self) -> list[Exercise]:
        """Lobbies that people have come into, but for those whose ghost is there: what a room will be held against is played while it gathers."""
        lobbies = list(Exercise.objects.filter(state="lobby", players__isnull=False).order_by("-pk").distinct()[:FILLING])
        self._filled &= {one.pk for one in lobbies}
        return [one for one in lobbies if one.pk not in self._filled]

    def _just_ended(self, now: float) -> list[Exercise]:
        """Exercises that ended under this watch or shortly before it, but for those whose ghost was there: nothing is added to them any more."""
        ours = Exercise.objects.filter(state="ended", teams__run__rules=engine.RULES).order_by("-ended_at").distinct()
        ended = list(ours.values_list("pk", flat=True)[:ENDED])
        since = self._ended.look(dict.fromkeys(ended, True), now)
        self._settled &= set(ended)
        waiting = [pk for pk in ended if since[pk] < GHOST_AFTER_END_S and pk not in self._settled]
        return list(Exercise.objects.filter(pk__in=waiting)) if waiting else []


def _missing_ghost(exercise: Exercise) -> str | None:
    """What the ghost with what was added to this exercise so far is sent for by; None where it is there, or cannot be made here."""
    scenario = contents.here(exercise.scenario)
    if scenario is None:
        return None
    wanted = contents.made_by(engine.RULES, scenario.sha256)
    if exercise.made_by not in ("", wanted):
        return None  # what its runs were begun on is gone
    key, *_ = exercise.ghost_keys()
    same = {"scenario": exercise.scenario, "seed": exercise.seed, "noise": exercise.noise, "injects_key": key, "made_by": wanted}
    if Ghost.objects.filter(**same).exists() or kept_history.put_down(exercise, wanted):
        return None
    return f"ob:ghost:{exercise.scenario}:{exercise.seed}:{exercise.noise}:{wanted}:{key}"


def slow_work() -> None:
    """What a control worker does besides, every few seconds: look after the database's log, and begin with what debriefs will ask for."""
    sqlite_writer.fold()
    counterfactuals.begin_ahead()


def stand_guard(stop: threading.Event, *, everything: bool) -> None:
    """Begin the threads of this process that watch, until `stop`."""
    reaper = Reaper()
    _begin("alive", lambda: say_alive("control" if everything else "games"), ALIVE_S / 3, stop)
    if everything:
        _begin("reaper", lambda: reaper.watch_runs(time.monotonic()), LOOK_S, stop)
        _begin("people", lambda: reaper.look(time.monotonic()), ASIDE_LOOK_S, stop)
        _begin("slow-work", slow_work, SLOW_S, stop)
        _begin("retention", retention.daily, RETENTION_S, stop)
        herald = webhooks.Herald()
        _begin("webhooks", lambda: herald.look(time.monotonic()), webhooks.LOOK_S, stop)
        registrar = scores.Registrar()
        _begin("scores", lambda: registrar.look(time.monotonic()), scores.LOOK_S, stop)
    else:
        _begin("reaper", lambda: reaper.watch_runs(time.monotonic()), ASIDE_LOOK_S, stop)


def say_alive(kind: str) -> None:
    """For whoever asks whether the house is ready. By the broker's clock: one that is set forward is believed again after the next word."""
    client().set(alive_key(kind), 1, px=int(ALIVE_S * 1000))


def _begin(name: str, act: Callable[[], None], every_s: float, stop: threading.Event) -> None:
    threading.Thread(target=_again_and_again, args=(act, every_s, stop), name=name, daemon=True).start()


def _again_and_again(act: Callable[[], None], every_s: float, stop: threading.Event) -> None:
    """Never ends by itself: what failed once is tried again."""
    while not stop.wait(every_s):
        try:
            act()
        except (*BROKER_GONE, QueueGone) as problem:
            log.warning("the broker is away", watch=threading.current_thread().name, problem=str(problem))
        except (DatabaseError, InterfaceError) as problem:
            log.warning("the database is away", watch=threading.current_thread().name, problem=str(problem))
            let_go()
        except Exception:
            log.exception("a watch stumbled", watch=threading.current_thread().name)
            connection.close()
