"""What a desk, a facilitator or a log may see: the only way from state to a reader."""
