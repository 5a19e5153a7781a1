"""The game for programs: the three desks as agents of one environment."""
