"""What a process counts of its own work. It is shown at METRICS_PORT (game/ops/exporter.py); where there is none it is counted all the same,
at some microseconds each.
"""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

BEAT_LATE = Histogram("opening_bell_beat_late_seconds", "How late a beat began; those at full speed are not counted.", buckets=SECONDS)
CHECKPOINT = Histogram("opening_bell_checkpoint_seconds", "How long it took to make and write a checkpoint.", buckets=SECONDS)
RUNS_TURNED = Gauge("opening_bell_runs_turned", "Runs that this worker turns now.")
COMMANDS = Counter("opening_bell_commands", "Commands that the engine has judged, people's and assistants'.", ["result"])
TAKE_OVERS = Counter("opening_bell_take_overs", "Runs that this process has taken from a worker that was gone.")
TASKS = Counter("opening_bell_tasks", "Celery tasks that this worker has done.", ["task", "state"])

RECEIVED = Counter("opening_bell_commands_received", "Commands of people that this web process has made rows of.")
SOCKETS = Gauge("opening_bell_sockets", "Screens that are connected to this web process.", ["window"])
FRAME_AGE = Histogram(
    "opening_bell_frame_age_seconds",
    "From when a worker published a change to when its frame was sent to a screen, by the clocks of their hosts.",
    buckets=SECONDS,
)

LOGGED = Counter("opening_bell_log_lines", "Warnings and errors in the log, by event; those of libraries by logger.", ["level", "event"])

for result in ("applied", "refused"):
    COMMANDS.labels(result)
