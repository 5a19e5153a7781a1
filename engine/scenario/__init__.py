"""What a scenario is made of, and how its files are read and checked."""
