"""Whatever arguments a log holds, whoever reads it goes on: older logs kept what was refused, and a row is for ever."""

import json
import math
import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db.models import JSONField, Value
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import engine
from engine.autopilots.team import CALM
from game.control.event_feed import UNTOLD, Happenings
from game.control.event_words import decision, words
from game.debrief import compare, counterfactuals, exports, report, tables
from game.models import Command, Event, Exercise, Holding, RuleBroken, Run, injects
from game.models.injects import Inject, Message
from game.models.run_log import log_of
from game.sockets import inbox
from game.sockets.protocol import CommandMessage
from game.views import debrief
from tests import days
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.played import finished
from tests.small import small_scenario

SMALL = small_scenario(3)
NAMES = sorted({name for lever in engine.KINDS.values() for name in lever.args})
TEXTS = st.sampled_from(["", "8", "all", "servers.stop_all", "exchange.accept", "\ud800", "\u202e<b>", "{0}{servers}", "x" * 2_000])
NUMBERS = st.sampled_from([-1, 0, 1, 8, 9, 2**31, 2**63, -(2**70), 10**400, 0.5, -1e300, True, False, None])
VALUES = st.recursive(st.one_of(TEXTS, NUMBERS), lambda some: st.lists(some, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "", "x"]), some, max_size=3), max_leaves=8)
ODD = st.sampled_from([float("nan"), float("inf"), [float("nan")], [[[[[[[[]]]]]]]]])
OBJECTS = st.dictionaries(st.sampled_from([*NAMES, "", "x"]), VALUES | ODD, max_size=4)
KINDS = st.sampled_from(sorted(engine.KINDS))
ROWS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture], "phases": [Phase.generate]}  # a log is not made smaller: each look at it costs seconds


@st.composite
def hostile(draw: Any) -> tuple[str, Any]:
    """A kind, and for its arguments anything: mostly under their own names."""
    kind = draw(KINDS)
    own = {name: draw(VALUES | ODD) for name in engine.KINDS[kind].args}
    return kind, draw(st.sampled_from([own, {**own, **draw(OBJECTS)}, draw(OBJECTS), draw(VALUES)]))


@settings(max_examples=300, deadline=None)
@given(hostile())
def test_a_kind_has_words_whatever_its_arguments(given_: tuple[str, Any]):
    kind, args = given_
    assert words(kind, args, SMALL).strip()
    json.dumps(words(kind, args, SMALL)).encode()
    assert decision(kind) in (True, False)


@settings(max_examples=300, deadline=None)
@given(hostile())
def test_what_has_the_form_of_its_lever_is_readable_and_what_has_not_is_named(given_: tuple[str, Any]):
    kind, args = given_
    fault, fits = engine.misfit(kind, args), engine.fitting(kind, args)
    if not fault:
        assert fits == args and len(json.dumps(args, allow_nan=False)) < 40_000
    else:
        words = engine.tell(None, fault)
        assert len(words) < 2_500 and words.encode("utf-8", "backslashreplace")
    assert engine.fitting(kind, fits) == fits


@settings(max_examples=60, deadline=None)
@given(st.lists(hostile(), min_size=1, max_size=12))
def test_decisions_of_any_log_have_their_words(log: list[tuple[str, Any]]):
    rows = tuple(engine.Command(seq, days.OPEN + seq, engine.KINDS[kind].desk, kind, args) for seq, (kind, args) in enumerate(log, 1))
    read = engine.Log(SMALL, 7, rows, engine.Moment.at_end(days.CLOSE, rows), start=days.OPEN, since=days.OPEN)
    assert all(engine.tell(SMALL, engine.decision_words(SMALL, one)).strip() for one in read.decisions)
    assert engine.alternatives(read) and engine.barrier_counterfactuals(read) is not None


@settings(max_examples=200, deadline=None)
@given(hostile())
def test_the_machine_refuses_what_has_not_the_form_and_never_falls_over_it(given_: tuple[str, Any]):
    kind, args = given_
    refusal = machine().submit(engine.Command(1, machine().now, engine.KINDS[kind].desk, kind, args))
    if engine.misfit(kind, args):
        assert refusal is not None, "what the door refuses would have been refused inside"


def machine(kept: list[engine.Simulation] = []) -> engine.Simulation:  # noqa: B006  (made once)
    if not kept:
        kept.append(engine.Simulation(SMALL, 7))
        kept[0].step(days.OPEN - 100)
    return kept[0]


def storable(value: Any) -> Any:
    """What a JSON column takes: no database keeps NaN, and numbers only as long as Python reads them back."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > 10**300:
        return value % 10**300
    if isinstance(value, list):
        return [storable(one) for one in value]
    return {name: storable(one) for name, one in value.items()} if isinstance(value, dict) else value


def put(run: Run, log: list[tuple[str, Any]], first: int, state: str = "applied") -> None:
    """Rows as an older door would have left them."""
    Command.objects.bulk_create(
        Command(
            run=run, client_id=uuid.uuid4(), seq=seq, step=days.step_at("09:31") + seq, desk=engine.KINDS[kind].desk, kind=kind,
            args=Value(storable(args), JSONField()),  # None as JSON has it, which is no NULL
            by="Mallory", state=state, reason="servers = 5: expected a list" if state == "refused" else "",
        )
        for seq, (kind, args) in enumerate(log, first)
    )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=15, **ROWS)
@given(st.lists(hostile(), min_size=20, max_size=40))
def test_the_event_feed_tells_every_row_of_a_hostile_log(log: list[tuple[str, Any]]):
    exercise = new_exercise(start_step=days.step_at("09:30"))
    exercise.start()
    run, feed = exercise.runs().get(), Happenings(exercise.pk)
    put(run, log[:10], 1, "refused")
    assert feed.read(exercise, exercise.runs())
    put(run, log[10:], 11)
    feed.read(exercise, exercise.runs())
    told = [line for line in feed.lines if line["kind"] != "system" or line["by"] == "Mallory"]
    assert len(told) == len(log) and not any(line["text"] == UNTOLD for line in feed.lines)
    Exercise.objects.filter(pk=exercise.pk).delete()


def downloaded(answer: Any) -> str:
    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)().decode()


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
@settings(max_examples=2, **ROWS)
@given(st.lists(hostile(), min_size=40, max_size=40))
def test_results_reports_tables_exports_and_the_admin_show_a_run_with_a_hostile_log(log: list[tuple[str, Any]]):
    exercise = finished({"Cobalt": "history"}, until="09:40")
    run = exercise.runs().get()
    last = run.commands.order_by("-seq").values_list("seq", flat=True)[0]
    put(run, log, last + 1)
    Run.objects.filter(pk=run.pk).update(epoch=run.epoch + 1)  # nothing that was read before is kept
    exercise, run = Exercise.objects.get(pk=exercise.pk), exercise.runs().get()
    assert {one["words"] for one in counterfactuals.known_so_far(run)["decisions"]} == {engine.tell(log_of(run).scenario, engine.decision_words(log_of(run).scenario, one)) for one in log_of(run).decisions}
    assert report.make(debrief.report_content(exercise, compare.shown(exercise), "https://bell.example/", facilitator=True), exercise.calendar)[:4] == b"%PDF"
    assert json.loads("".join(exports.whole([exercise])).encode())[0]["code"] == exercise.code
    for what in tables.HEADS:
        assert downloaded(tables.csv_of(exercise, what, [run])).encode()
    assert json.loads(downloaded(tables.json_of(exercise, [run])).encode())
    browser, staff = Client(), new_facilitator(f"s{uuid.uuid4().hex[:8]}", staff=True, is_superuser=True)
    browser.force_login(staff, "django.contrib.auth.backends.ModelBackend")
    assert browser.get(f"/result/{exercise.code}/").status_code == 200
    assert browser.get(reverse("admin:game_command_changelist"), {"run__id__exact": run.pk}).status_code == 200
    for pk in run.commands.filter(by="Mallory").values_list("pk", flat=True)[:15]:
        assert browser.get(reverse("admin:game_command_change", args=[pk])).status_code == 200
    Exercise.objects.filter(pk=exercise.pk).delete()


@pytest.mark.django_db
def test_a_row_that_cannot_be_told_costs_its_own_line_and_a_database_that_is_away_no_cursor(monkeypatch):
    exercise = new_exercise(start_step=days.step_at("09:30"))
    exercise.start()
    run, feed = exercise.runs().get(), Happenings(exercise.pk)
    put(run, [("server.stop", {"server": 8}), ("bridge.say", {"text": "nine"})], 1)
    Event.objects.create(run=run, number=1, step=days.OPEN, kind="block.sold", audience=["risk"], data={"bank": None})
    Event.objects.create(run=run, number=2, step=days.OPEN, kind="call.rang", audience=[], data=[])
    Event.objects.create(run=run, number=3, step=days.OPEN + 1, kind="market.opened", audience=[], data={})

    def away(*_: Any) -> list[Command]:
        raise OSError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(feed, "_new_commands", away)
        with pytest.raises(OSError, match="away"):
            feed.read(exercise, exercise.runs())
    assert feed.newest == 0, "nothing was told yet, and nothing is passed over later"
    assert feed.read(exercise, exercise.runs())
    texts = [line["text"] for line in feed.lines]
    assert texts.count(UNTOLD) == 1 and {"The opening bell", "None takes the block", "Stop a server: SMARS-8", "\u201cnine\u201d"} <= set(texts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "args", "expected"),
    [
        ("checksum.run", {"servers": 5}, "servers = '5': expected a list of servers' numbers"),
        ("checksum.run", {"servers": [1, "x" * 5000]}, "expected a list of servers' numbers"),
        ("checksum.run", {}, "checksum.run needs servers"),
        ("checksum.run", {"servers": [1], "to": 2}, "knows no argument 'to'"),
        ("assistant.ask", {"desk": "operator", "kind": "server.stop", "args": {"server": None}}, "server = 'None': expected a server's number"),
        ("bridge.say", {"text": "x" * 5000}, "expected one line of text"),
        ("bridge.say", {"text": {"say": CALM, "values": {}}}, "expected one line of text"),
        ("bridge.say", {"text": {"say": "{name:>9999999}", "values": {"name": ""}}}, "expected one line of text"),
    ],
)
def test_what_has_not_the_form_of_its_lever_is_refused_at_the_door_and_leaves_no_row(kind, args, expected):
    exercise = new_exercise(start_step=days.step_at("09:30"))
    taken_seat(exercise, "deployer")
    exercise.start()
    Run.objects.update(state="running")
    holding = Holding.objects.select_related("player").get()
    (answer,) = inbox.put(holding.pk, holding.player.token_hash, CommandMessage(t="command", id=uuid.uuid4(), kind=kind, args=args))
    reason = engine.tell(engine.load_scenario(exercise.scenario), answer["reason"])
    assert answer["t"] == "refused" and expected in reason and len(reason) < 400
    assert not Command.objects.exclude(desk="facilitator").exists()
    (answer,) = inbox.put(holding.pk, holding.player.token_hash, CommandMessage(t="command", id=uuid.uuid4(), kind="checksum.run", args={"servers": [5]}))
    assert answer["t"] == "received" and Command.objects.exclude(desk="facilitator").get().args == {"servers": [5]}


@pytest.mark.django_db
@pytest.mark.parametrize("odd", [5, None, ["operator", 5], {"desk": "operator"}, [["operator"]], "operator"])
def test_a_facilitators_words_and_injects_of_another_form_are_refused_and_leave_no_row(odd):
    exercise = new_exercise(start_step=days.step_at("09:30"))
    exercise.start()
    Run.objects.update(state="running")
    with pytest.raises(RuleBroken, match="(?i)desks"):
        injects.say_as(Exercise.objects.get(), None, "erin", sender="The press", desks=odd, text="Well?")
    with pytest.raises(RuleBroken):
        injects.add(Exercise.objects.get(), None, None, "erin", card="technician", desks=odd, server=0, minutes=1, text="", when=None)
    assert [row.kind for row in Command.objects.all()] == ["act.give"] and not Inject.objects.exists() and not Message.objects.exists()
