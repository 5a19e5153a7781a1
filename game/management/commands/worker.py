"""`manage.py worker games|lab|replay`: a worker that turns markets, computes debriefs and experiments, or plays recorded runs again."""

from argparse import ArgumentParser
from typing import Any

from game.management.process import Process, refusal, run_celery

THREADS = {
    "games": 40,
    "lab": 2,  # debriefs and ghosts, after everything that somebody plays
    "replay": 4,  # what somebody waits for with a finger on the scrubber does not stand behind a debrief
}


class Command(Process):
    """A worker of one queue."""

    help = "Start a worker: games turns the markets that are played, lab computes debriefs and experiments, replay shows recorded runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", choices=THREADS)
        parser.add_argument("--name", help="its name on this host, which begins with its queue's: games-2 (default: the queue's)")
        usual = ", ".join(f"{queue} {threads}" for queue, threads in THREADS.items())
        parser.add_argument("--threads", type=int, help=f"how much it does at once (default: {usual})")
        super().add_arguments(parser)

    def work(self, options: dict[str, Any]) -> None:
        queue = options["queue"]
        name, threads = queue if options["name"] is None else options["name"], options["threads"]
        # Workers of the lab and of replays are known by their names, and step back behind games: game/celery.py.
        if not name.startswith(queue) or not name.replace("-", "").isalnum():
            raise refusal(f"--name is {name!r}: expected {queue}, or a name such as {queue}-2")
        if threads is not None and not 1 <= threads <= 1000:
            raise refusal(f"--threads is {threads}: expected a number from 1 to 1000")
        run_celery(queue, name, threads or THREADS[queue])
