"""Stocks have symbols and names that nobody else has, and every text of a scenario that names one names one of them."""

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise

import pytest

from engine import load_scenario, read_scenario, scenario_files, scenario_ids
from engine.evidence.plan import plan, values_of

SHAPED = re.compile(r"(?<![\w{/.-])[A-Z]{2,5}(?![\w}]|-\d)")  # as a symbol is, and as wide as those that readers may take for one
# What else is written in capitals. A new abbreviation goes here; a stock goes to symbols.csv.
_CAPITALS = """
ALARM ALLOC AMEX ARCA BATS BNET BOOM BYX CFO CHX CNBC CORP CTA CUSIP DMM DNR EDGA EDGX EOD ET ETF ETU FEES FERRY FIX FOMC FX GB GPS GTC HALT HELM HK IOC ISM IV JC KCG KEEL KOSPI MAIL MAST MOC
NEWS NSX NYSE OK OMS ORDER PEAK PMON PP PR PSX RECON RLP SCI SEC SHO SMARS STMT TEST TILL TIME UBS UPS UTP VPN
"""
ORDINARY = frozenset(_CAPITALS.split())


def _strings(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for key, value in found.items():
            if key not in ("id", "level"):
                yield from _strings(value)
    elif isinstance(found, list):
        for value in found:
            yield from _strings(value)


def _texts(scenario_id: str) -> Iterator[tuple[str, str]]:
    """(file, text) of everything that a scenario says, comments apart; what it has a file of its own for, its base does not say in it."""
    files = scenario_files(load_scenario(scenario_id))
    for name, content in files.items():
        home, _, within = name.partition("/")
        if name.endswith(".toml") and (home == scenario_id or f"{scenario_id}/{within}" not in files):
            for text in _strings(tomllib.loads(content)):
                yield name, text


@pytest.mark.parametrize("scenario_id", scenario_ids())
def test_a_symbol_is_one_to_four_letters_and_every_company_has_a_name_of_its_own(scenario_id):
    scenario = load_scenario(scenario_id)
    assert [name for name in scenario.names if not re.fullmatch("[A-Z]{1,4}", name)] == []
    assert all(row.name for row in scenario.symbols)
    assert len({company.casefold() for company in scenario.companies}) == len(scenario.symbols)
    assert ORDINARY.isdisjoint(scenario.names), "a word that texts use otherwise is no symbol"


@pytest.mark.parametrize("scenario_id", scenario_ids())
def test_the_stocks_stand_in_the_order_of_their_symbols(scenario_id):
    """So that what is sorted by symbol, on a screen or in a digest, has the order of every array of the engine."""
    assert [(one, other) for one, other in pairwise(load_scenario(scenario_id).names) if one >= other] == []


@pytest.mark.parametrize("scenario_id", scenario_ids())
def test_texts_name_no_stock_that_is_not_in_the_market(scenario_id):
    known = ORDINARY | set(load_scenario(scenario_id).names)
    assert sorted({(file, word) for file, text in _texts(scenario_id) for word in SHAPED.findall(text) if word not in known}) == []


@pytest.mark.parametrize("scenario_id", scenario_ids())
def test_mails_that_the_seed_plans_speak_of_stocks_in_the_market_by_symbol_and_company(scenario_id):
    scenario = load_scenario(scenario_id)
    texts = scenario.evidence
    assert set(texts.symbols) <= set(scenario.names)
    assert {symbol: texts.companies[symbol] for symbol in scenario.names} == dict(zip(scenario.names, scenario.companies, strict=True))
    for entry in plan(texts, scenario.default_seed):
        said = values_of(texts, scenario.default_seed, entry)
        assert said["company"] == said["symbol"] and said["company2"] == said["symbol2"], "by its symbol, of which a reader makes its name"
        assert said["symbol"] != said["symbol2"]


def test_data_from_before_companies_had_names_is_read_and_calls_them_by_their_symbols():
    files = dict(scenario_files(load_scenario("knight-2012")))
    rows = [line.split(",") for line in files["knight-2012/symbols.csv"].splitlines()]
    files["knight-2012/symbols.csv"] = "".join(",".join([symbol, *numbers]) + "\n" for symbol, _, *numbers in rows)
    before = read_scenario("knight-2012", files)
    assert before.companies == before.names == load_scenario("knight-2012").names
    assert before.symbols[0].adv_shares == load_scenario("knight-2012").symbols[0].adv_shares
