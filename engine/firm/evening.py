"""The evening after the close: banks bid for the block of what is left, and where the loss exceeds the cash somebody buys into the firm.

Nothing trades any more. What is not sold by the end of the day goes to the last bank at its last bid.
"""

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from engine.arguments import SaidText, msgid
from engine.commands import Refused
from engine.firm import safeguards
from engine.firm.score import HC, score
from engine.market.chance import BIDS, below
from engine.market.positions import own_shares, prices_hc
from engine.market.state import Machine
from engine.market.unwind import PPM, block_ppm, sell_block
from engine.scenario.parts import COUNTERED, BlockBid, CapitalOffer, bid_text
from engine.scenario.scenario import Scenario

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation

_OPEN, GONE, TAKEN = "open", "gone", "taken"
_NO_MORE = {GONE: msgid("{bank}: that bid is gone"), TAKEN: msgid("{bank}: that bid is taken")}


def _said(text: str) -> SaidText:
    return {"text": text, "values": {}}


class Bid(TypedDict):
    """A bid that was made; its cost in hundredths of a cent."""

    id: str
    discount_ppm: int
    cost_hc: int
    state: str
    says: SaidText


class Raised(TypedDict):
    """Capital that was raised."""

    offer: str
    amount_usd: int
    stake_pct: float


class Memory(TypedDict):
    """All of an evening that changes."""

    gross: int
    sold: bool
    bids: list[Bid]
    countered: bool
    raised: Raised | None


class Evening:
    """Bids and offers of one evening."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self.gross = 0  # of the block, at reverted prices, hundredths of a cent
        self.bids: list[Bid] = []
        self.sold = False  # nothing of the firm's own is left to sell
        self.countered = False
        self.raised: Raised | None = None

    # -- the block

    def text_of(self, bid_id: str) -> BlockBid:
        """The scenario's words and times of a bid. Raises KeyError."""
        return {bid.id: bid for bid in self.scenario.block.bid}[bid_id]

    def turn(self, step: int, machine: Machine, credit_hc: int = 0) -> list[Bid]:
        """Let bids come and go; those made now, each an average over what is sold and what a credit line lets the firm keep."""
        made: list[Bid] = []
        calendar = self.scenario.calendar
        if step == calendar.block:
            self.gross = int(np.abs(own_shares(machine) * prices_hc(machine, "reverted_256")).sum())
            self.sold = self.gross == 0  # nothing is left: nobody bids
        for bid in self.bids:
            if bid["state"] == _OPEN and step >= calendar.step_at(self.text_of(bid["id"]).until) and step < calendar.end:
                bid["state"] = GONE
        for text in self.scenario.block.bid:
            if not self.sold and step == calendar.step_at(text.from_):
                ppm = block_ppm(self.scenario, self.gross, credit_hc) + round(text.more * PPM)
                says, cost = _said(bid_text(text.id)), self.gross * ppm // PPM
                made.append({"id": text.id, "discount_ppm": ppm, "cost_hc": cost, "state": _OPEN, "says": says})
        self.bids += made
        return made

    def open_bid(self, bid_id: str) -> Bid:
        """A bid that can be taken. Raises Refused."""
        for bid in self.bids:
            if bid["id"] == bid_id:
                if bid["state"] != _OPEN:
                    raise Refused(_NO_MORE[bid["state"]], bank=self.text_of(bid_id).bank)
                return bid
        raise Refused("{bank}: no bid yet", bank=self.text_of(bid_id).bank)

    @property
    def last(self) -> Bid:
        """The bid that stands until the end."""
        return self.bids[-1]

    def can_counter(self) -> None:
        """Raises Refused where the last bank cannot be asked for a better bid."""
        bank = self.scenario.block.bid[-1].bank
        if len(self.bids) < len(self.scenario.block.bid):
            raise Refused("{bank}: no bid yet", bank=bank)
        if self.last["state"] != _OPEN:
            raise Refused(_NO_MORE[self.last["state"]], bank=bank)
        if self.countered:
            raise Refused("{bank}: asked once already, the bid is final", bank=bank)

    def counter(self) -> None:
        """The last bank improves its bid or takes some of it back, as the seed has drawn."""
        block, bid = self.scenario.block, self.last
        better = below(self.seed, BIDS, 0, 0, 2) == 0
        self.countered = True
        bid["discount_ppm"] = max(0, bid["discount_ppm"] + round(block.counter * PPM) * (-1 if better else 1))
        bid["cost_hc"] = self.gross * bid["discount_ppm"] // PPM
        bid["says"] = _said(COUNTERED[better])

    def sell(self, bid: Bid, machine: Machine) -> tuple[int, int]:
        """Sell the block to a bid: (gross, cost) in hundredths of a cent."""
        self.sold = True
        for other in self.bids:
            other["state"] = TAKEN if other is bid else GONE
        return sell_block(machine, self.scenario, bid["discount_ppm"])

    # -- capital

    def stake_ppm(self, offer: CapitalOffer, loss_usd: float) -> int:
        """Part of the firm that an offer asks for: its amount over that and what the firm is still worth to the buyer."""
        capital = self.scenario.capital
        worth = max(capital.worth_usd - capital.worth_lost * max(loss_usd, 0.0), float(capital.worth_least_usd)) * offer.price
        return round(PPM * offer.amount_usd / (offer.amount_usd + worth))

    def offer(self, offer_id: str) -> CapitalOffer:
        """An offer of the scenario. Raises KeyError."""
        return {offer.id: offer for offer in self.scenario.capital.offer}[offer_id]

    def raise_capital(self, offer_id: str, loss_usd: float) -> Raised:
        """Sell a stake at the terms of now."""
        offer = self.offer(offer_id)
        self.raised = {"offer": offer.id, "amount_usd": offer.amount_usd, "stake_pct": self.stake_ppm(offer, loss_usd) / 10_000}
        return self.raised

    # -- what is remembered

    def to_dict(self) -> Memory:
        """All that changes, JSON-able."""
        return {"gross": self.gross, "sold": self.sold, "bids": [bid.copy() for bid in self.bids], "countered": self.countered, "raised": self.raised}

    def restore(self, data: Memory) -> None:
        """Take back what `to_dict` gave."""
        self.gross, self.sold, self.countered, self.raised = data["gross"], data["sold"], data["countered"], data["raised"]
        self.bids = [bid.copy() for bid in data["bids"]]


def turn_of_evening(sim: "Simulation", step: int) -> None:
    """Bids come and go; what is left at the end goes to the last of them."""
    evening = sim.evening
    for bid in evening.turn(step, sim.machine, safeguards.credit_hc(sim)):
        bank, discount = evening.text_of(bid["id"]).bank, bid["discount_ppm"] / 10_000
        sim.tell("block.bid", bid=bid["id"], bank=bank, discount_pct=discount, cost_usd=bid["cost_hc"] // HC)
    if step >= sim.calendar.end and not evening.sold:
        sell_to(sim, evening.last)


def sell_to(sim: "Simulation", bid: Bid) -> None:
    """Sell everything of the firm's own to a bank that has bid for it."""
    gross, cost = sim.evening.sell(bid, sim.machine)
    bank, discount = sim.evening.text_of(bid["id"]).bank, bid["discount_ppm"] / 10_000
    sim.tell("block.sold", bid=bid["id"], bank=bank, discount_pct=discount, gross_usd=gross // HC, cost_usd=cost // HC)


def raise_capital(sim: "Simulation", offer: str) -> None:
    """Sell a stake of the firm at the terms that its loss leaves."""
    raised = sim.evening.raise_capital(offer, score(sim)["trading"])
    sim.tell("capital.raised", lender=sim.evening.offer(offer).lender, **raised)
