"""Evidence: how much noise, what it may not say, and when the run is spoken of."""

import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest

from engine import load_scenario, tell
from engine.evidence.evidence import (
    Alert,
    Call,
    Evidence,
    EvidenceError,
    EvidenceTexts,
    Mail,
    load_evidence,
)
from engine.evidence.log import said_line
from engine.market_time import Calendar
from engine.scenario.evidence_models import Planned
from engine.scenario.folders import Folder
from tests import read
from tests.days import BELL_END, CLOSE, OPEN, step_at

FOLDER = Path(__file__).parents[2] / "engine" / "scenarios" / "knight-2012"
SERVER = "SMARS-{n}"
SCENARIO = load_scenario("knight-2012")
SEEDS = (79, 1, 2, 3, 4, 1_000_003)


@dataclass
class Run:
    """A run as evidence sees it: a quiet morning unless told otherwise."""

    step: int = 0
    open: bool = False
    movers: list[tuple[str, int]] = field(default_factory=lambda: [("ALDV", 60), ("AMQT", -40)])
    volume_ratio: float = 1.0
    volume_high_s: int = 0
    share_pct: float = 40.0
    busy_sessions: int = 0
    unacked: int = 0
    quotes_taken: int = 0
    lost_usd: int = 0
    worst_lost_usd: int = 0
    worst_two_pct: float = 0.0
    data_differs: int = 0
    restarted: int = 0
    withdrawn: list[str] = field(default_factory=list)
    executions_per_s: float = 4.0
    children_per_s: float = 5.0
    parents_in_per_s: float = 2.0
    rejects_per_s: float = 0.0
    stopped: list[int] = field(default_factory=list)
    disconnected: bool = False
    cut_off: bool = False
    paused: list[str] = field(default_factory=list)
    pauses: int = 0
    power_peg_mails: int = 0
    flag_set: bool = True
    runaway: int = 0
    gross_usd: int = 2_000_000
    served: bool = True
    replies: dict[str, int] = field(default_factory=dict)
    act: str = ""
    played: bool = False
    deployer_quiet_s: int = 0
    operator_quiet_s: int = 0
    risk_quiet_s: int = 0
    pins: int = 0
    gross_growth: float = 0.0
    says: dict = field(default_factory=dict)

    @property
    def surveillance(self) -> bool:
        return self.volume_high_s >= 240


def history(step: int) -> Run:
    """The record's morning, roughly."""
    run = Run(step, open=OPEN <= step < CLOSE, power_peg_mails=min(97, max(0, (step - 240) // 220)))
    if OPEN <= step < BELL_END:
        seconds = (step - OPEN) // 4
        run.volume_ratio, run.volume_high_s, run.executions_per_s = 2.3, seconds, 1_000.0
        run.movers = [("BELV", seconds * 2), ("BGLW", -seconds)]
        run.gross_usd, run.runaway = seconds * 2_000_000, 80
    return run


def day(texts: EvidenceTexts, seed: int, view_at=lambda step: Run(step, open=OPEN <= step < CLOSE), until: int = CLOSE) -> list[Mail | Call | Alert]:
    evidence = Evidence(texts, seed)
    return [read.item(SCENARIO, item) for step in range(20, until + 1, 20) for item in evidence.tick(step, view_at(step))]


@pytest.fixture(scope="module")
def texts() -> EvidenceTexts:
    return load_evidence(Folder.at(FOLDER), SERVER, Calendar.of())


def planned_mails(texts: EvidenceTexts, seed: int) -> list[tuple[int, Planned]]:
    rows = [(entry.step, texts.planned[entry.text]) for entry in Evidence(texts, seed).plan if entry.step >= 0]
    return [(step, text) for step, text in rows if isinstance(text, Planned)]


# ---- Noise


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_has_its_quantity_in_every_window(texts, seed):
    mails = planned_mails(texts, seed)
    operator = [step for step, text in mails if text.desk == "operator"]
    assert 230 <= sum(step < OPEN for step in operator) <= 270
    assert 225 <= sum(step >= OPEN for step in operator) <= 280
    for desk in ("deployer", "risk"):
        assert 30 <= sum(text.desk == desk for _, text in mails) <= 46
    assert all(0 < step < CLOSE for step, _ in mails)


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_is_spread_but_not_even(texts, seed):
    steps = [step for step, text in planned_mails(texts, seed) if text.desk == "operator" and step < OPEN]
    per_five_minutes = Counter(step // 1200 for step in steps)
    assert min(per_five_minutes[i] for i in range(18)) >= 3
    assert max(per_five_minutes.values()) >= 1.4 * len(steps) / 18
    gaps = [b - a for a, b in pairwise(steps)]
    assert sum(gap <= 28 for gap in gaps) > 40  # bursts within seven seconds
    assert max(gaps) < 240 * 5


def test_noise_has_many_distinct_texts(texts):
    templates = {(text.subject, text.body) for text in texts.planned if isinstance(text, Planned)}
    assert len(templates) >= 130
    for seed in SEEDS:
        sent = {(m.subject, m.body) for m in day(texts, seed) if isinstance(m, Mail) and m.desk == "operator"}
        assert len({text.id for _, text in planned_mails(texts, seed)}) >= 120
        assert len(sent) >= 300


def test_noise_is_the_same_for_a_seed_and_another_for_another(texts):
    assert day(texts, 79) == day(texts, 79)
    assert Evidence(texts, 79).plan != Evidence(texts, 80).plan


def test_noise_does_not_depend_on_the_run(texts):
    subjects = {mail.subject for mail in texts.mails}
    quiet = {(m.step, m.desk, m.subject, m.body) for m in day(texts, 5) if isinstance(m, Mail) and m.subject not in subjects}
    loud = {(m.step, m.desk, m.subject, m.body) for m in day(texts, 5, history) if isinstance(m, Mail)}
    assert quiet <= loud


def test_noise_arrives_in_order_and_with_ids_that_count_up(texts):
    items = day(texts, 79, history)
    assert [item.step for item in items if not isinstance(item, Alert)] == sorted(item.step for item in items if not isinstance(item, Alert))
    assert [item.id for item in items if not isinstance(item, Alert)] == list(range(1, sum(not isinstance(i, Alert) for i in items) + 1))


def test_a_thread_keeps_its_order(texts):
    for seed in SEEDS:
        copies = [text.id for _, text in planned_mails(texts, seed) if text.thread == "copy"]
        assert copies == ["copy-1", "copy-2", "copy-3", "copy-4"]


# ---- What may not be said

HOST_NAME = re.compile(r"SMARS-\d|server \d|\bhost", re.IGNORECASE)


def test_no_mail_names_a_server(texts):
    evidence = Evidence(texts, 79)
    bodies = [read.item(SCENARIO, evidence.reject_mail(step_at("08:01"), order, "BELV")).body for order in range(20)]
    said = [f"{text.subject} {text.body} {text.params}" for text in texts.planned if isinstance(text, Planned)]
    said += [f"{mail.subject} {mail.body}" for mail in texts.mails]
    for text in said + bodies:
        assert not HOST_NAME.search(text), text


def test_only_the_router_says_power_peg_disabled_in_a_mail_of_the_machines(texts):
    for text in [*texts.planned, *texts.mails]:
        if getattr(text, "group", "") == "machines":
            assert "Power Peg" not in text.subject + text.body


def test_nothing_depends_on_the_number_of_runaway_parents(texts):
    said = [day(texts, 79, lambda step, n=n: replace(history(step), runaway=n)) for n in (0, 500)]
    assert said[0] == said[1]


# ---- The router's mail and the log


def test_a_reject_names_order_stock_and_time_in_a_handful_of_layouts(texts):
    evidence = Evidence(texts, 79)
    mails = [read.item(SCENARIO, evidence.reject_mail(step_at("08:01:02") + 1, 48_200 + n, "BELV")) for n in range(10)]
    assert [mail.id for mail in mails] == list(range(1, 11))
    assert len({mail.body.replace(str(48_200 + n), "") for n, mail in enumerate(mails)}) == len(texts.rejects) >= 4
    for n, mail in enumerate(mails):
        assert (mail.sender, mail.subject, mail.group, mail.desk) == ("smars-alerts", "BNET reject: Power Peg disabled", "machines", "operator")
        assert str(48_200 + n) in mail.body and "BELV" in mail.body and "SMARS" in mail.body and "08:01:02.250" in mail.body


def logged(record, texts):
    """Level and words of a line."""
    level, text = said_line(record, texts)
    return level, tell(SCENARIO, text)


def test_a_log_line_carries_the_order_of_its_mail(texts):
    record = {"kind": "refused", "order": 48213, "symbol": "BELV", "side": "buy", "qty": 300, "filled": 0, "price": "", "reason": "", "broker": "Harbor Lane"}
    assert logged(record, texts) == ("WARN", "parent ord=48213 BUY 300 BELV from=Harbor Lane refused: BNET reject: Power Peg disabled")


def test_a_log_line_shows_what_was_filled_beside_what_was_asked(texts):
    record = {"kind": "child", "order": 7, "symbol": "BELV", "side": "sell", "qty": 300, "filled": 18_300, "price": "14.76", "reason": ""}
    level, text = logged(record, texts)
    assert level == "INFO" and "qty=300 filled=18300" in text and "px=14.76" in text and "SELL" in text


@pytest.mark.parametrize("kind", ["child", "quote", "done", "refused", "reject", "parent", "started", "stopped", "copied", "heartbeat"])
def test_every_kind_of_log_line_can_be_said_with_little(kind, texts):
    assert logged({"kind": kind}, texts)[1]
    assert "because" in logged({"kind": kind, "reason": "because"}, texts)[1]


def test_an_unknown_kind_of_log_line_is_refused(texts):
    with pytest.raises(ValueError, match="'nonsense': expected one of child"):
        logged({"kind": "nonsense"}, texts)


# ---- What speaks of the run


def said(items, texts):
    """Ids of the entries about the run among `items`, by their bodies' fixed beginnings."""
    found = []
    for mail in texts.mails:
        pattern = re.compile(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(mail.body)), re.DOTALL)
        found += [mail.id for item in items if isinstance(item, Mail) and item.sender == mail.sender and pattern.fullmatch(item.body)]
    return found


def test_a_quiet_day_is_not_spoken_of(texts):
    items = day(texts, 79)
    assert set(said(items, texts)) == {"retail-1", "retail-3", "calm"}
    assert [item.replies[0] for item in items if isinstance(item, Call)] == ["golive.go", "settle.all"]
    assert all("Market data" in item.text for item in items if isinstance(item, Alert))


def test_history_is_spoken_of_once_each(texts):
    items = day(texts, 79, history)
    ids = said(items, texts)
    assert len(ids) == len(set(ids))
    assert {"floor-1", "floor-4", "volume-2", "nanex-1", "nanex-3", "peg-1", "peg-3", "peg-dev-2", "retail-2", "r-33", "r-33-2", "r-late"} <= set(ids)
    assert not {"fills-1", "unserved-1", "disconnect-1", "cutoff-1", "pause-1", "rejects-1", "retail-flag", "d-restart"} & set(ids)


def test_a_mail_says_what_is_so(texts):
    items = day(texts, 79, history)
    first = next(item for item in items if isinstance(item, Mail) and item.subject.startswith("Who is"))
    assert first.subject == "Who is buying BELV like that?" and first.step >= OPEN + 4 * 200
    assert f"up {(first.step - OPEN) // 4 * 2 / 100:.1f} %" in first.body
    third = next(item for item in items if isinstance(item, Mail) and item.subject.endswith("and not only that"))
    assert "BELV up" in third.body and "BGLW down" in third.body


def test_a_thread_stays_with_its_stock_or_falls_silent(texts):
    def change(step: int) -> Run:
        run = history(step)
        if step > OPEN + 900:
            run.movers = [("QJ", 9_000), ("PLMB", -900)]
        return run

    items = [item for item in day(texts, 79, change, BELL_END) if isinstance(item, Mail) and item.thread == "floor"]
    assert [item.subject for item in items] == ["Who is buying BELV like that?"]


def test_the_exchange_rings_once_after_four_minutes_of_high_volume(texts):
    calls = [item for item in day(texts, 79, history) if isinstance(item, Call) and item.caller.startswith("NYSE")]
    assert [(call.step, call.desk) for call in calls] == [(step_at("09:34"), "risk")]
    assert len(calls[0].replies) >= 3 and calls[0].replies[0] == "exchange.accept"


def test_the_chief_rings_when_gross_stays_large_and_clients_when_nothing_is_served(texts):
    calls = [item for item in day(texts, 79, history) if isinstance(item, Call) and item.desk == "risk" and item.step >= OPEN]
    assert [call.replies[0] for call in calls] == ["exchange.accept", "chief.stop"]
    assert calls[1].step >= step_at("09:38:20") + 300 * 4

    down = step_at("09:40")
    away = [
        item
        for item in day(texts, 79, lambda step: Run(step, open=step >= OPEN, served=step < down), BELL_END)
        if isinstance(item, Call) and item.step >= OPEN
    ]
    assert [(call.step, call.replies[0]) for call in away] == [(down + 180 * 4, "client.away")]


def test_a_condition_that_was_interrupted_starts_again(texts):
    def flicker(step: int) -> Run:
        return Run(step, open=step >= OPEN, served=(step // 240) % 2 == 0)

    assert not [item for item in day(texts, 79, flicker, BELL_END) if isinstance(item, Call) and item.step >= OPEN]


def test_alerts_come_for_processes_and_sessions(texts):
    def view(step: int) -> Run:
        run = Run(step, open=step >= OPEN)
        run.stopped = [3, 8] if OPEN + 400 <= step < OPEN + 800 else [8] if step >= OPEN + 200 else []
        run.disconnected = step >= OPEN + 1_000
        return run

    items = [(item.step, item.text) for item in day(texts, 79, view, BELL_END) if isinstance(item, Alert) and "Market data" not in item.text]
    assert [(step, text[:40]) for step, text in items] == [
        (OPEN + 200, "Process monitor: smars on SMARS-8 is not"),
        (OPEN + 400, "Process monitor: smars on SMARS-3 is not"),
        (OPEN + 1_000, "Session monitor: exchange sessions of SM"),
    ]


def test_headlines_come_once_each_and_one_at_a_time(texts):
    evidence = Evidence(texts, 79)
    lines = [line for step in range(20, CLOSE + 1, 20) if (said := evidence.headline(history(step))) and (line := tell(SCENARIO, said))]
    assert len(lines) == len(set(lines))
    assert lines[0] == "Opening bell: trading has begun"
    assert any("2.3 times the normal volume" in line for line in lines)
    assert [line for line in lines if line.startswith("BELV up")] == [f"BELV up {n} % since the open" for n in (10, 20, 30)]
    assert any("Nanex" in line for line in lines) and lines[-1].startswith("Noon")


def test_a_disconnection_is_a_headline(texts):
    evidence = Evidence(texts, 79)
    view = Run(OPEN + 4_800, open=True, disconnected=True)
    assert tell(SCENARIO, evidence.headline(view)) == "Knight disconnects its router SMARS from the exchanges"
    assert evidence.headline(view) is None


# ---- Saving


def test_items_survive_json(texts):
    for item in day(texts, 79, history, BELL_END):
        assert type(item).from_dict(json.loads(json.dumps(item.to_dict()))) == item


# ---- Bad data


def spoil(tmp_path: Path, file: str, old: str, new: str) -> Folder:
    folder = tmp_path / "knight-2012"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return Folder.at(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "entry", "key", "expected"),
    [
        ("mail.toml", 'id = "fix-logon"\nsender = "fix-gateway"', 'id = "fix-logon"\nsender = 7', "'fix-logon'", "sender", "text that is not empty"),
        ("mail.toml", 'id = "fire-drill"\nsender = "Facilities"\n', 'id = "fire-drill"\n', "'fire-drill'", "sender", "required"),
        ("mail.toml", 'id = "fire-drill"\n', 'id = "fire-drill"\nweigth = 2\n', "'fire-drill'", "weigth", "one of weight: nobody reads this one"),
        ("mail.toml", 'to = "09:10"\ntimes = 3', 'to = "nine"\ntimes = 3', "'fix-logon'", "to", "HH:MM"),
        ("mail.toml", "Lag of {n} s on", "Lag of {lag} s on", "'dropcopy-lag-pre'", "body", "placeholder out of"),
        ("mail.toml", "{n:,} shares to {side}", "{n:q} shares to {side}", "'imbalance'", "subject", "well-formed"),
        ("mail.toml", "n = [4, 22]", "n = [22, 4]", "'dropcopy-lag-pre'", "params.n", "low then high"),
        ("mail.toml", "Version is not part", "SMARS-8 is not part", "'smars-eod'", "body", "names no server"),
        ("mail.toml", '"move_bp >= 400"', '"moves >= 400"', "'floor-1'", "when", "a flag"),
        ("mail.toml", 'after = "floor-1"', 'after = "floor-9"', "'floor-2'", "after", "above this one"),
        ("mail.toml", 'id = "lift"', 'id = "fire-drill"', "'fire-drill'", "id", "used once"),
        ("mail.toml", "premarket = 250", "premarket = -1", "plan.operator", "premarket", "a whole number"),
        ("mail.toml", "[names]", "[names", "file", "syntax", "valid TOML"),
        ("calls.toml", "ring_s = 60", "ring_s = 0", "'exchange'", "ring_s", "a whole number"),
        ("calls.toml", "chief.stop", "chief stop", "'chief'", "replies number 1.key", "matches"),
        ("calls.toml", "SMARS-{server}", "SMARS-{name}", "alerts", "process_down", "placeholder"),
        ("logs.toml", 'level = "WARN"', 'level = "LOUD"', "refused", "level", "one of `INFO`, `WARN`, `ERROR`"),
        ("hints.toml", 'desk = "operator"', 'desk = "ceo"', "hint 'o-mail'", "desk", "one of `deployer`, `operator`, `risk`"),
        ("hints.toml", "power_peg_mails >= 5", "runaway >= 5", "hint 'o-mail'", "when", "a comparison such as"),
        ("hints.toml", 'id = "o-order"', 'id = "o-mail"', "hint 'o-mail'", "id", "used once"),
        ("calls.toml", '["flag_off"]', '["flag_up"]', "call 'golive'", "replies number 2.does number 1", "an act out of"),
        ("calls.toml", 'on = ["exchange.callback"]', 'on = ["exchange.later"]', "call 'exchange_back'", "on", "exchange.missed"),
        ("mail.toml", "[reject]\nsender", "[reject]\nname = 3\nsender", "reject", "name", "one of sender, subject"),
        ("mail.toml", "[names]", "[names]\nstocks = 3", "names", "stocks", "one of symbols"),
        ("calls.toml", '"pace limit.set 4"', '"pace limit.sets 4"', "call 'settle'", "replies number 3.does number 1", "a lever and minutes"),
        ("calls.toml", '"settle.all"', '"chief.all"', "call 'settle'", "replies.key", "begins with settle."),
        ("logs.toml", "[heartbeat]", "[heartbeats]", "file", "heartbeats", "one of child"),
    ],
)
def test_bad_text_is_refused_with_its_place(tmp_path, file, old, new, entry, key, expected):
    with pytest.raises(EvidenceError) as caught:
        load_evidence(spoil(tmp_path, file, old, new), SERVER, Calendar.of())
    error = caught.value
    assert (error.file, error.key) == (file, key)
    assert entry in error.entry and expected in error.expected
    assert str(error).startswith(f"{file}: {error.entry}: {key}")


def test_a_missing_file_is_named(tmp_path):
    folder = tmp_path / "knight-2012"
    shutil.copytree(FOLDER, folder)
    (folder / "calls.toml").unlink()
    with pytest.raises(EvidenceError, match="calls.toml: file: path"):
        load_evidence(Folder.at(folder), SERVER, Calendar.of())
