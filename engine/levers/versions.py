"""What the deployer can do about the config and the reference data of servers: hold them against what is recorded, and load that."""

from typing import TYPE_CHECKING

from engine import commands
from engine.arguments import Args
from engine.commands import StoryWords, Wish, lever
from engine.firm import server_ops
from engine.levers.deployer import free_servers, not_frozen

if TYPE_CHECKING:
    from engine.firm.simulation import Simulation


@lever(
    "config.compare",
    "deployer",
    "Compare config",
    args={"servers": commands.servers},
    informs=True,
    shows="config",
    story=StoryWords(38, "Compared the config of {servers}.", once="compare config {servers}"),
    card="fleet",
    help="Holds the config on disk and in the process against the recorded one.",
    typed="$ compare config {hosts}",
    printed="{config}",
    wishes=(Wish("Compare the config of {server}", when="day", rank=5),),
)
def _compare_config(sim: "Simulation", args: Args) -> None:
    """Print the config's version on disk and in the process of each server, and the lines that differ from the recorded one."""
    server_ops.compare(sim, "config", args["servers"])


@lever(
    "config.load",
    "deployer",
    "Load the recorded config",
    args={"servers": commands.servers},
    check=free_servers,
    ready=not_frozen,
    writes=True,
    story=StoryWords(62, "Loaded the recorded config on {servers}.", once="load config {servers}"),
    card="fleet",
    help="Puts the recorded config on a disk and has the process read it. Nothing is restarted.",
    typed="$ load config {hosts}",
    printed="{host}: config {config_loaded}",
    wishes=(Wish("Load the recorded config on {server}", when="day", rank=7),),
)
def _load_config(sim: "Simulation", args: Args) -> None:
    """Bring the recorded config to disk, and have the process load it; what one server had on purpose is gone."""
    server_ops.load(sim, "config", args["servers"])


@lever(
    "data.compare",
    "deployer",
    "Compare reference data",
    args={"servers": commands.servers},
    informs=True,
    shows="data",
    story=StoryWords(38, "Compared the reference data of {servers}.", once="compare data {servers}"),
    card="fleet",
    help="Holds the reference data on disk and in the process against the day's.",
    typed="$ compare data {hosts}",
    printed="{data}",
    wishes=(Wish("Compare the reference data of {server}", when="day", rank=6),),
)
def _compare_data(sim: "Simulation", args: Args) -> None:
    """Print the reference data's version on disk and in the process of each server, and what differs from the recorded one."""
    server_ops.compare(sim, "data", args["servers"])


@lever(
    "data.load",
    "deployer",
    "Load the recorded reference data",
    args={"servers": commands.servers},
    check=free_servers,
    ready=not_frozen,
    writes=True,
    story=StoryWords(62, "Loaded the recorded reference data on {servers}.", once="load data {servers}"),
    card="fleet",
    help="Puts the day's reference data on a disk and has the process read it. Nothing is restarted.",
    typed="$ load data {hosts}",
    printed="{host}: reference data {data_loaded}",
    wishes=(Wish("Load the recorded reference data on {server}", when="day", rank=8),),
)
def _load_data(sim: "Simulation", args: Args) -> None:
    """Bring the recorded reference data to disk, and have the process load it; what one server had on purpose is gone."""
    server_ops.load(sim, "data", args["servers"])
