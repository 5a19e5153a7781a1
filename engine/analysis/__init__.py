"""What is made of a log: it is replayed, varied, valued and told."""
