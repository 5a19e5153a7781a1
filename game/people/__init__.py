"""Who is who and may do what: accounts, players, seats, links, limits."""
