"""One person's data: handed over whole, and erased so that no table and no bundle has the name, while the result stays what it was."""

import json
from dataclasses import replace
from functools import lru_cache

import pytest
from django.core.management import CommandError, call_command

import engine
from engine.analysis.rehearsal import submit
from game.control import control_room, schedule
from game.debrief import exports, finished, tables
from game.debrief.bundles import bundle_of
from game.models import Action, Aide, Command, Deed, Exercise, Lesson, LogEntry, Note, ObserverSheet, Player, Run, SurveyReply, injects, packing
from game.models.experiments import Experiment
from tests import days
from tests.builders import finished_run, new_exercise, new_facilitator, taken_seat
from tests.read import everywhere

pytestmark = pytest.mark.django_db

SAID = (
    ("09:29", "operator", "bridge.say", {"text": "Wilhelmina here, watching"}, "Wilhelmina felt it"),
    ("09:30", "facilitator", "persona.say", {"id": 1, "sender": "The exchange", "desks": ["operator"], "text": "Wilhelmina, what is going on?"}, ""),
    ("09:30", "facilitator", "persona.say", {"id": 2, "sender": "Wilhelmina (Scribe)", "desks": ["risk"], "text": "Is the limit known?"}, ""),
    ("09:31", "risk", "bridge.say", {"text": "Thanks WILHELMINA, please stop number 8"}, ""),
    ("09:32", "operator", "persona.reply", {"message": 1, "text": "We look into it"}, ""),
    ("09:33", "operator", "mail.page", {"match": "for Wilhelmina"}, ""),
    ("09:34", "operator", "log.search", {"text": "power peg"}, "A hunch"),
    ("09:35", "operator", "server.stop", {"server": 8}, "As agreed"),
)


@lru_cache(maxsize=1)
def rehearsal() -> engine.Rehearsal:
    """A morning in which an operator and a risk manager talk."""
    ahead = [engine.Command(0, days.step_at(at), desk, kind, args, None, why) for at, desk, kind, args, why in SAID]

    def more(run: engine.Rehearsal) -> None:
        while ahead and ahead[0].step <= run.sim.now:
            submit(run, replace(ahead.pop(0), seq=len(run.commands) + 1, step=run.sim.now))

    seats = {"deployer": "history", "operator": "", "risk": ""}
    return engine.rehearse(engine.load_scenario("knight-2012"), 79, {desk: seat for desk, seat in seats.items() if seat}, until=days.step_at("09:40"), before=more)


@pytest.fixture
def run() -> Run:
    """Wilhelmina's morning beside Erik: she has written wherever one can, and others have named her."""
    exercise = new_exercise(title="A morning", names="people")
    for desk, name in (("operator", "Wilhelmina"), ("risk", "Erik")):
        taken_seat(exercise, desk, name=name)
    run = finished_run(rehearsal(), exercise)
    for desk, name in (("operator", "Wilhelmina"), ("risk", "Erik"), ("facilitator", "erin")):
        run.commands.filter(desk=desk).update(by=name)
    run.commands.filter(args__sender="Wilhelmina (Scribe)").update(by="Wilhelmina")
    dana, team = Player.objects.get(name="Wilhelmina"), run.team
    Note.objects.create(exercise=exercise, step=0, text="Wilhelmina was quick", by="erin")
    exercise.messages.create(sender="The exchange", desks=["operator"], text="Wilhelmina, what is going on?", by="erin")
    Deed.record(exercise, "sits down", by="Wilhelmina, Erik")
    injects.Inject.objects.create(exercise=exercise, card="regulator", text="A word with Wilhelmina", by="erin", at=days.step_at("09:50"))
    Lesson.objects.create(player=dana, team=team, desk="operator", surprised="I, Wilhelmina, was", ready=4)
    Lesson.objects.create(player=Player.objects.get(name="Erik"), team=team, desk="risk", surprised="How calm Wilhelmina was", ready=2)
    SurveyReply.objects.create(player=dana, when="before", values={"ready": 2, "q1": "I, Wilhelmina, hope"})
    SurveyReply.objects.create(player=Player.objects.get(name="Erik"), when="after", values={"q1": "As Wilhelmina says"})
    ObserverSheet.objects.create(team=team, observer="Kim", marks={"share-early": {"mark": "seen", "note": "Wilhelmina said it first"}})
    LogEntry.objects.create(team=team, step=0, role="scribe", by="Wilhelmina", kind="question", text="Did Wilhelmina ring?", cause="As Wilhelmina says", impact="So Wilhelmina")
    exercise.messages.create(team=team, sender="Wilhelmina (Scribe)", desks=["operator"], text="Anybody there?", by="Wilhelmina", role="scribe")
    Aide.objects.create(team=team, player=dana, role="scribe")
    Action.objects.create(team=team, change="Ask Wilhelmina first", owner="Wilhelmina", due="2027-01-15", said="Wilhelmina did")
    Experiment.begin(new_facilitator(), run, title="Again", seeds=1, safeguards=[])
    finished.of(run)
    return Run.objects.select_related("team__exercise").get(pk=run.pk)


def leaving(exercise: Exercise) -> str:
    """All that leaves the house."""
    run = exercise.runs().get()
    parts = [*exports.whole([exercise]), *exports.attendance(exercise), *exports.outcome([exercise])]
    parts += [json.dumps(row) for rows in (tables.events, tables.decisions, tables.objectives, tables.log, tables.action_list, tables.survey) for row in rows(run)]
    return "".join(parts) + engine.pack(bundle_of(run)).decode("latin-1")


def erase(capsys, *arguments: str) -> str:
    call_command("person", "erase", *arguments)
    return capsys.readouterr().out


def test_the_search_finds_the_name_where_it_is(run):
    assert {cell.partition(":")[0] for cell in everywhere("wilhelmina")} >= {
        "game_player", "game_command", "game_event", "game_note", "game_action", "game_surveyreply", "game_observersheet", "game_logentry", "game_deed", "game_lesson", "game_message", "game_inject", "game_finished",
        "game_experiment",
    }  # fmt: skip
    assert "Wilhelmina" in leaving(run.team.exercise)


def test_an_erased_name_is_in_no_table_and_in_nothing_that_leaves(run, capsys):
    before, bundle = run.score, bundle_of(run)
    said = erase(capsys, "wilhelmina")
    assert "is Erased player now" in said and "played again without these texts, with the same score" in said
    assert everywhere("wilhelmina", "we look into it", "a hunch", "is the limit known") == []
    exercise = Exercise.objects.get()
    assert "wilhelmina" not in leaving(exercise).casefold() and "Erased player" in leaving(exercise)
    now = exercise.runs().get()
    assert now.score == before and now.curve == run.curve and now.digest != run.digest
    again = bundle_of(now)
    assert engine.verify(engine.unpack(engine.pack(again))) == [] and again.notes[-1].startswith("Texts were erased on 20")
    assert len(again.log.commands) == len(bundle.log.commands)


def test_a_log_that_was_put_away_loses_the_name_as_well(run, capsys):
    assert packing.pack(run) and any(cell.startswith("game_packedlog") for cell in everywhere("wilhelmina"))
    erase(capsys, "Wilhelmina")
    assert packing.pack(Run.objects.get()) and everywhere("wilhelmina", "we look into it", "a hunch") == []


def test_what_a_machine_was_asked_and_what_others_said_stays_but_for_the_name(run, capsys):
    erase(capsys, "Wilhelmina")
    texts = {row.args["text"] for row in Command.objects.filter(kind__in=("bridge.say", "persona.reply", "log.search", "persona.say"))}
    assert {"(erased)", "Thanks Erased player, please stop number 8", "power peg", "Erased player, what is going on?"} <= texts
    assert Command.objects.get(kind="mail.page").args["match"] == "for Erased player"
    assert Lesson.objects.get(desk="risk").surprised == "How calm Erased player was"
    assert Lesson.objects.get(desk="operator").ready == 4
    assert Player.objects.get(name="Erik") and Command.objects.filter(by="Erik").exists()


def test_where_the_rules_are_gone_the_rows_are_changed_and_verify_says_why(run, capsys, tmp_path):
    Run.objects.update(rules=engine.RULES - 1)
    digest = run.digest
    said = erase(capsys, "Wilhelmina")
    assert "only its rows were changed. It was played by rules" in said
    assert everywhere("wilhelmina", "we look into it") == []
    now = Run.objects.select_related("team__exercise").get()
    assert now.digest == digest and "wilhelmina" not in leaving(now.team.exercise).casefold()
    file = tmp_path / "bundle.zip"
    file.write_bytes(engine.pack(bundle_of(now)))
    with pytest.raises(CommandError, match="it was played by rules") as refused:
        call_command("verify", str(file))
    assert refused.value.returncode == 3 and "its digest is that of the log before" in capsys.readouterr().out


def test_a_score_that_would_change_rolls_the_erasure_back(run, monkeypatch):
    Run.objects.update(score=run.score | {"total": run.score["total"] + 1})
    before = everywhere("wilhelmina")
    with pytest.raises(CommandError, match="comes out otherwise without these texts"):
        call_command("person", "erase", "Wilhelmina")
    assert everywhere("wilhelmina") == before and Run.objects.get().digest == run.digest


def test_an_earlier_name_goes_as_well(run, capsys):
    player = Player.objects.get(name="Wilhelmina")
    player.rename("Judith")
    Deed.record(run.team.exercise, engine.phrase(control_room.RENAMED, before="Wilhelmina", now="Judith"), by="erin")
    assert everywhere("judith") and everywhere("wilhelmina")
    erase(capsys, "Judith")
    assert everywhere("wilhelmina", "judith") == []


def test_nobody_is_erased_from_what_goes_on(run):
    Exercise.objects.update(state="paused")
    with pytest.raises(CommandError, match="is being played: end it"):
        call_command("person", "erase", "Wilhelmina")
    assert Player.objects.filter(name="Wilhelmina").exists()


def test_an_exercise_that_goes_on_from_the_run_loses_the_name_with_it(run, capsys):
    fork = schedule.branch_of(run, days.step_at("09:36"), new_facilitator("frida"))
    assert any("Wilhelmina" in str(row) for row in fork.fork.commands)
    fork.start()
    with pytest.raises(CommandError, match="continued from .* is being played"):
        call_command("person", "erase", "Wilhelmina")
    fork.end()
    fork.runs().update(state="failed")
    erase(capsys, "Wilhelmina")
    assert everywhere("wilhelmina", "we look into it") == []


def test_a_player_named_like_a_desk_breaks_nothing(run, capsys):
    Player.objects.filter(name="Wilhelmina").update(name="Operator", name_key="operator")
    Command.objects.filter(by="Wilhelmina").update(by="Operator")
    erase(capsys, "Operator")
    assert set(Command.objects.values_list("desk", flat=True)) >= {"operator", "risk"}
    assert {row["desk"] for row in finished.of(Run.objects.get()).told["given"]} >= {"operator"}
    assert engine.verify(bundle_of(Run.objects.select_related("team__exercise").get())) == []


def test_an_export_holds_what_they_gave_and_said_and_no_way_in(run, capsys):
    dana = Player.objects.get(name="Wilhelmina")
    call_command("person", "export", "Wilhelmina")
    text = capsys.readouterr().out
    told = json.loads(text)
    assert told["player"]["names"] == ["Wilhelmina"] and told["exercise"]["code"] == run.team.exercise.code
    assert {"server.stop", "bridge.say", "log.search"} <= {row["kind"] for row in told["commands"]}
    assert [desk["desk"] for desk in told["desks"]] == ["operator"] and told["survey"]["surprised"] == "I, Wilhelmina, was"
    assert {one["in"] for one in told["named_by_others"]} == {"command", "note", "action", "observation", "incident log", "message"} and told["event_feed"]
    assert dana.word not in text and dana.token_hash not in text
    assert not any(row["why"] == "" and row["kind"] == "bridge.say" for row in told["commands"]), "Erik's are his own"


def test_one_name_in_two_exercises_is_asked_back(run, capsys):
    other = new_exercise(title="Another")
    taken_seat(other, "risk", name="Wilhelmina")
    with pytest.raises(CommandError, match="say which with --exercise") as refused:
        call_command("person", "erase", "Wilhelmina")
    assert refused.value.returncode == 2
    erase(capsys, "Wilhelmina", "--exercise", other.code)
    assert Player.objects.get(name="Wilhelmina").exercise == run.team.exercise
    call_command("person", "export", str(Player.objects.get(name="Wilhelmina").pk))
    assert run.team.exercise.code in capsys.readouterr().out


def test_a_person_there_is_not_is_one_line():
    with pytest.raises(CommandError, match="There is no player 'Nobody'") as refused:
        call_command("person", "export", "Nobody")
    assert refused.value.returncode == 2


def test_who_was_erased_has_no_way_back(run, capsys):
    word, dana = Player.objects.get(name="Wilhelmina").word, Player.objects.get(name="Wilhelmina")
    erase(capsys, "Wilhelmina")
    assert Player.of_word(run.team.exercise, word) is None
    assert Player.objects.get(pk=dana.pk).token_hash != dana.token_hash and not dana.seats.exists()
