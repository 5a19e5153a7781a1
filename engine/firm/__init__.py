"""The firm and its week: everything around the market that a command can touch."""
