"""The game as PettingZoo's ParallelEnv has it: agents `deployer`, `operator` and `risk`, who see what their desk's screen shows and nothing more."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import numpy as np
import numpy.typing as npt

from engine.analysis.curve import step_to
from engine.analysis.rehearsal import BEFORE, Given, Rehearsal, game_has, look, submit, words_of
from engine.autopilots.autopilot import autopilot, next_look
from engine.autopilots.parts import Eyes, Move
from engine.commands import Command
from engine.env.actions import NOT_NOW, moves_of
from engine.env.moves import Catalogue
from engine.env.spaces import made
from engine.env.text import rendered
from engine.events import DESKS
from engine.evidence.telling import tell
from engine.firm.score import Score, score
from engine.firm.simulation import Simulation
from engine.scenario.scenario import Scenario
from engine.sights.parts import money
from engine.sights.sight import told_sight


class Observation(TypedDict):
    """What an agent is given at a look. Not to be changed: the next look shows it again where nothing is new."""

    sight: Any  # DeskCards with their texts in English, as whoever sits there reads them
    action_mask: npt.NDArray[np.int8]  # (n,): 1 for the numbers that can be given now, from the sight alone


class Environment:
    """A run of a scenario in lock-step: the market stands still until the agents have moved, then goes on to the next look.

    Looks are taken when autopilots take theirs. Desks of `seats` (desk -> autopilot) are played by those and are no agents. A run begins at `start`
    and ends at `end`, clocks as "09:30" or None for the whole day; history has played everybody before. `live`: with what a game of
    people has and history had not. `spaces`: gymnasium.spaces, for libraries that ask for its classes. Raises AutopilotError, NotATime.

    Rewards are what the loss fell by since the last look, in dollars: the same for all agents, and no part of what a desk may see. An agent that
    looks at them while it plays knows more than the people whose place it takes.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "opening_bell_v0", "render_modes": ["ansi"]}
    render_mode = "ansi"

    def __init__(
        self,
        scenario: Scenario,
        *,
        seats: Mapping[str, str] | None = None,
        start: str | None = None,
        end: str | None = None,
        help_level: str = "2012",
        live: bool = True,
        spaces: Any = None,
    ) -> None:
        self._spaces, self._live = spaces, live
        self._asked = {"scenario": scenario, "seats": dict(seats or {}), "start": start, "end": end, "help_level": help_level}
        self._seed = 0
        self.possible_agents = list(DESKS)
        self.agents: list[str] = []
        self._known: Scenario | None = None
        self._plan(self._asked)

    @property
    def unwrapped(self) -> "Environment":
        """Itself: nothing is wrapped."""
        return self

    @property
    def num_agents(self) -> int:
        """How many agents still play."""
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        """How many there could be."""
        return len(self.possible_agents)

    def observation_space(self, agent: str) -> Any:
        """The space of an agent's observations; the same object every time."""
        return self._observations[agent]

    def action_space(self, agent: str) -> Any:
        """The space of an agent's actions: as many numbers as its catalogue has."""
        return self._actions[agent]

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[dict[str, Observation], dict[str, dict[str, str]]]:
        """A new run: (observations, infos) by agent. Without a seed it is the one after the last, and 1 at first.

        `options` may hold another `scenario`, `seats`, `start`, `end` and `help_level` for this run and those after it; what else is in them is
        left alone, as PettingZoo has it. Raises AutopilotError, NotATime.
        """
        self._plan({**self._asked, **{name: value for name, value in (options or {}).items() if name in self._asked}})
        self._seed = self._seed + 1 if seed is None else seed
        calendar = self._scenario.calendar
        self._run = Rehearsal(Simulation(self._scenario, self._seed, start=calendar.week if self._since < 0 else 0))
        for kind in game_has(calendar, self._since) if self._live else ():
            self._submit("facilitator", Move(kind, {}))
        while self._run.sim.now < self._since:
            self._move(look(self._run.sim, dict.fromkeys(DESKS, BEFORE), self._help))
            step_to(self._run.sim, min(next_look(calendar, self._run.sim.now), self._since), self._run.curve)
        self.agents = [desk for desk in DESKS if desk not in self._seats]
        self._refused = dict.fromkeys(DESKS, "")
        self._lost = float(money(self._run.sim)["total"])
        self._look()
        return self._seen(self.agents), self._infos(self.agents)

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Observation], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, str]]]:
        """The agents' moves, and the market until the next look: (observations, rewards, terminations, truncations, infos) by agent.

        An action is a number of the desk's catalogue, or a lever by name: {"kind", "args", "confidence", "why"}; either may be text, as a program
        that writes has it, and several are a list. Who is left out, and None, waits. What is refused is said in the agent's info, as on its screen.
        Raises BadAction for what is no action of that agent; nothing has happened then.
        """
        agents = list(self.agents)
        if not agents:
            return {}, {}, {}, {}, {}
        self._refused = dict.fromkeys(DESKS, "")
        given = {desk: self._read(desk, actions.get(desk)) for desk in agents}
        moves = look(self._run.sim, self._seats, self._help)
        for desk in agents:
            moves += [Given(desk, place, move) for place, move in enumerate(given[desk])]
        self._move(sorted(moves, key=lambda one: (DESKS.index(one.desk), one.place)))
        sim = self._run.sim
        step_to(sim, min(next_look(self._scenario.calendar, sim.now), self._until), self._run.curve)
        over = sim.ended or sim.now >= self._scenario.calendar.end
        cut = not over and sim.now >= self._until
        lost, before = float(money(sim)["total"]), self._lost
        self._lost = lost
        self._look()
        if over or cut:
            self._run.events += sim.take_events()
            self.agents = []
        return (
            self._seen(agents), dict.fromkeys(agents, before - lost), dict.fromkeys(agents, over), dict.fromkeys(agents, cut), self._infos(agents),
        )

    def render(self) -> str:
        """Every agent's screen as text, one after the other."""
        return "\n\n".join(self.text(desk) for desk in DESKS if desk not in self._seats)

    def text(self, agent: str) -> str:
        """One agent's screen as text, with the numbered list of what it can do now."""
        return rendered(self.catalogues[agent], self._eyes[agent], self._masks[agent], self._refused[agent])

    def close(self) -> None:
        """Nothing is held open."""

    def score(self) -> Score:
        """The score of the run so far: for whoever judges agents. No agent may see it while it plays."""
        return score(self._run.sim)

    def run(self) -> Rehearsal:
        """The run itself, for whoever judges agents: its commands, and once it is over its events."""
        return self._run

    # -- inside

    def _plan(self, asked: dict[str, Any]) -> None:
        """Take over what was asked for, once all of it is known to be right."""
        scenario: Scenario = asked["scenario"]
        calendar = scenario.calendar
        for desk, name in asked["seats"].items():
            autopilot(name, desk, words_of(scenario))
        since = 0 if asked["start"] is None else calendar.step_at(asked["start"])
        until = calendar.end if asked["end"] is None else calendar.step_at(asked["end"])
        self._asked = asked
        self._scenario, self._seats, self._help = scenario, asked["seats"], asked["help_level"]
        self._since, self._until = since, until
        if scenario is not self._known:
            self._known = scenario
            self.catalogues = {desk: Catalogue(scenario, desk, words_of(scenario)) for desk in DESKS}
            self._observations, self._actions = made(self._spaces, {desk: self.catalogues[desk].size for desk in DESKS})

    def _look(self) -> None:
        """What every agent sees at this moment."""
        self._eyes: dict[str, Eyes] = {}
        self._masks: dict[str, npt.NDArray[np.int8]] = {}
        for desk in self.agents:
            catalogue = self.catalogues[desk]
            self._eyes[desk] = catalogue.eyes(told_sight(self._run.sim, desk, self._help))
            self._masks[desk] = catalogue.mask(self._eyes[desk])

    def _seen(self, agents: Sequence[str]) -> dict[str, Observation]:
        return {desk: {"sight": self._eyes[desk].sight, "action_mask": self._masks[desk]} for desk in agents}

    def _infos(self, agents: Sequence[str]) -> dict[str, dict[str, str]]:
        return {desk: {"refused": self._refused[desk]} for desk in agents}

    def _read(self, desk: str, action: Any) -> list[Move]:
        """An action as moves. Raises BadAction."""
        found = moves_of(self.catalogues[desk], self._eyes[desk], action)
        if None in found:
            self._refused[desk] = NOT_NOW
        return [move for move in found if move is not None]

    def _move(self, moves: Sequence[Given]) -> None:
        for desk, _, move in moves:
            self._submit(desk, move)

    def _submit(self, desk: str, move: Move) -> None:
        before = len(self._run.refused)
        submit(self._run, Command(len(self._run.commands) + 1, self._run.sim.now, desk, *move))
        if len(self._run.refused) > before and desk in DESKS and desk not in self._seats:
            self._refused[desk] = tell(self._scenario, self._run.refused[-1][1])
