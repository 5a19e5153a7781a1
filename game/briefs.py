"""What a desk is, in the words of the lobby and the start page."""

from typing import Any, NamedTuple


class Brief(NamedTuple):
    """One desk. `line` is what the others are told of it."""

    title: str
    short: str
    icon: str
    line: str
    sees: str
    can: str
    blind: str
    shown: str  # besides, at the help levels assisted and guided
    hands: str
    practice: str


BRIEFS = {
    "operator": Brief(
        "Operator",
        "Operator",
        "activity",
        "Sees rates, logs and mail. Stops and starts servers.",
        "The floor's inbox and alerts, total order and execution rates, the state of eight servers, and a server's log when you ask for it.",
        "Stop and start a server, stop all, disconnect SMARS, set rules that turn mail into alerts.",
        "Releases, checksums, positions and money.",
        "Each server's own rates.",
        "Two hands: two things at a time.",
        "Stop practice server 3. A lever that can hurt is armed first, then sent by saying how sure you are.",
    ),
    "risk": Brief(
        "Risk manager",
        "Risk",
        "scale",
        "Sees positions and profit, late. Sets limits, gives the word to stop, phones.",
        "The position monitor, late when trading is heavy, profit at mid, limits, 154 stocks, the tape, finance mail, and the phone.",
        "Set caps and collars, give or refuse your word before everything is stopped, sell the position down, call the exchange, raise capital.",
        "Servers, releases and order rates.",
        "What the position would bring if it were sold now.",
        "One hand: one thing at a time. The phone takes none.",
        "The operator of the practice asks for your word. Without it nobody may stop everything.",
    ),
    "deployer": Brief(
        "Deployer",
        "Deployer",
        "package",
        "Knows releases and copies. Checks, copies, rolls back.",
        "Which release each server is recorded to run, diffs, the change calendar, your tickets, and a checksum when you ask for one.",
        "Take a checksum, copy and restart, roll back, have the order flag changed upstream.",
        "Money, positions and order rates.",
        "Every server's checksum, always fresh.",
        "Two hands: two things at a time.",
        "Take a checksum of practice server 2. It takes a hand for a while, and then says what is really there.",
    ),
}
ORDER = tuple(BRIEFS)  # in which free desks of a team are filled


def brief(desk: str, help_level: str) -> dict[str, Any]:
    """A desk's brief for a template."""
    one = BRIEFS[desk]
    return {"desk": desk, **one._asdict(), "shown": one.shown if help_level != "2012" else ""}


def seat_words(desk: str) -> str:
    """A desk's seat in a sentence: "the risk manager's seat"."""
    return f"the {BRIEFS[desk].title.lower()}'s seat"
