"""Rounds of a game under kill -9 and SIGSTOP: what a seed draws (plan), who plays (people), how it goes (rounds), and what must hold afterwards (verdict)."""
