"""Runs that go on: the clock, its lease, rows and loudspeaker."""
