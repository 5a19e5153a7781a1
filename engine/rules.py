"""The number of the rules by which a run is played.

Raise it by hand, by one, in the commit that changes what comes out of a log: other events, another score, another curve, other executions,
for any scenario, seed and commands that can be had. Not for other names, layouts, speeds or screens: those change no outcome, and a run
that was played before them is the same run. `tests/golden` stands guard: it goes red when an outcome changed and this number did not, and
when this number was raised and no outcome changed. `python -m tests.golden` writes the outcomes anew with the number they belong to.

A run keeps the number it was played by. Where that is another than this one, what came of the run is still shown, but the machine that is
here cannot play it again.
"""

RULES = 4
