"""Evidence holds its promises whatever the seed and whatever the run does."""

import json
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evidence.evidence import Alert, Call, Evidence, EvidenceTexts, Mail, load_evidence
from engine.evidence.plan import plan
from engine.market_time import Calendar
from engine.scenario.conditions import FILLS
from engine.scenario.folders import Folder
from tests.days import BELL_END, OPEN
from tests.read import texts_in

FOLDER = Path(__file__).parents[2] / "engine" / "scenarios" / "knight-2012"
TICK = 20
SEED = st.integers(min_value=0, max_value=2**63 - 1)


@lru_cache(maxsize=1)
def texts() -> EvidenceTexts:
    return load_evidence(Folder.at(FOLDER), "SMARS-{n}", Calendar.of())


# One regime of a run lasts some minutes; a run is a list of them.
regime = st.fixed_dictionaries(
    {
        "movers": st.lists(
            st.tuples(st.sampled_from(["ALDV", "AMQT", "ARBR", "ARQV"]), st.integers(-9_000, 9_000)), max_size=3, unique_by=lambda row: row[0]
        ),
        "volume_ratio": st.floats(0, 5),
        "volume_high_s": st.integers(0, 900),
        "share_pct": st.floats(0, 100),
        "busy_sessions": st.integers(0, 8),
        "unacked": st.integers(0, 900),
        "quotes_taken": st.integers(0, 900),
        "lost_usd": st.integers(0, 9_000_000),
        "worst_lost_usd": st.integers(0, 9_000_000),
        "worst_two_pct": st.floats(0, 100),
        "data_differs": st.integers(0, 3),
        "restarted": st.integers(0, 8),
        "withdrawn": st.lists(st.sampled_from(["ALDV", "AMQT"]), max_size=2, unique=True),
        "executions_per_s": st.floats(0, 3_000),
        "children_per_s": st.floats(0, 3_000),
        "parents_in_per_s": st.floats(0, 50),
        "rejects_per_s": st.floats(0, 900),
        "stopped": st.lists(st.integers(1, 8), max_size=3, unique=True).map(sorted),
        "disconnected": st.booleans(),
        "cut_off": st.booleans(),
        "paused": st.lists(st.sampled_from(["ALDV", "AMQT"]), max_size=2, unique=True),
        "pauses": st.integers(0, 9),
        "power_peg_mails": st.integers(0, 97),
        "flag_set": st.booleans(),
        "runaway": st.integers(0, 300),
        "gross_usd": st.integers(0, 8_000_000_000),
        "served": st.booleans(),
        "replies": st.dictionaries(st.sampled_from(["golive.check", "exchange.wait", "chief.hold", "client.cancel"]), st.just(0)),
        "gross_growth": st.floats(0, 5),
        "act": st.sampled_from(["", "reporter", "no-answer"]),
        "pins": st.integers(0, 9),
        "played": st.booleans(),
        "broker_lead": st.floats(0, 100),
        "post_only_fills": st.integers(0, 90),
        **{name: st.integers(0, 3) for name in ("brokers_mended", "brokers_unhappy", "brokers_gone", "hotfixed")},
        **{f"{desk}_quiet_s": st.integers(0, 900) for desk in ("deployer", "operator", "risk")},
        "says": st.just({name: (lambda: "X") for name in FILLS}),
    }
)
runs = st.lists(regime, min_size=1, max_size=6)


def view(run: list[dict], step: int) -> SimpleNamespace:
    now = run[step // 3_000 % len(run)]
    return SimpleNamespace(step=step, open=step >= OPEN, surveillance=now["volume_high_s"] >= 240, **now)


def ticks(evidence: Evidence, run: list[dict], begin: int, end: int) -> list[object]:
    found: list[object] = []
    for step in range(begin, end, TICK):
        now = view(run, step)
        found += evidence.tick(step, now)
        found.append(evidence.headline(now))
    return found


@settings(max_examples=15, deadline=None)
@given(seed=SEED, run=runs, cut=st.integers(1, BELL_END // TICK - 1))
def test_a_run_restored_in_the_middle_goes_on_as_if_nothing_had_been(seed, run, cut):
    whole, half = Evidence(texts(), seed), Evidence(texts(), seed)
    ticks(whole, run, TICK, cut * TICK)
    ticks(half, run, TICK, cut * TICK)
    restored = Evidence(texts(), seed)
    restored.recall(json.loads(json.dumps(half.to_dict())))
    assert restored.to_dict() == whole.to_dict()
    assert ticks(restored, run, cut * TICK, BELL_END) == ticks(whole, run, cut * TICK, BELL_END)
    assert restored.reject_mail(BELL_END, 7, "ALDV") == whole.reject_mail(BELL_END, 7, "ALDV")
    assert restored.to_dict() == whole.to_dict()


@settings(max_examples=3, deadline=None)
@given(seed=SEED, run=runs)
def test_what_a_condition_keeps_back_is_said_when_it_would_be_if_all_were_asked_at_every_tick(seed, run):
    seldom, always = Evidence(texts(), seed), Evidence(texts(), seed)
    for step in range(TICK, BELL_END, TICK):
        always.recall(always.to_dict())  # nothing is known any more of what kept what back
        assert ticks(seldom, run, step, step + TICK) == ticks(always, run, step, step + TICK)
    assert seldom.to_dict() == always.to_dict()


@settings(max_examples=15, deadline=None)
@given(seed=SEED, run=runs)
def test_whatever_happens_each_text_is_filled_and_ids_count_up(seed, run):
    items = ticks(Evidence(texts(), seed), run, TICK, BELL_END)
    ids = [item.id for item in items if item is not None and not isinstance(item, dict | Alert)]
    assert ids == list(range(1, len(ids) + 1))
    headlines = [item for item in items if isinstance(item, dict)]
    assert len(headlines) <= len(texts().headlines)
    for item in items:
        if item is not None and not isinstance(item, dict):
            assert 0 < item.step < BELL_END
        for text in texts_in(item.to_dict() if isinstance(item, Mail | Call | Alert) else item or {}):
            assert text["values"].keys() == set(texts().wordings[text["text"]].names)
            json.dumps(text, allow_nan=False)


@settings(max_examples=20, deadline=None)
@given(seed=SEED, one=runs, another=runs)
def test_the_plan_is_the_seeds_alone(seed, one, another):
    assert Evidence(texts(), seed).plan == plan.__wrapped__(texts(), seed), "made anew, not the one that was kept"
    first, second = Evidence(texts(), seed), Evidence(texts(), seed)
    ticks(first, one, TICK, OPEN // 4)
    ticks(second, another, TICK, OPEN // 4)
    assert first.to_dict()["next"] == second.to_dict()["next"]
