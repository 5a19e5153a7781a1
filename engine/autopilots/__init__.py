"""Players that know what a desk sees, and nothing else."""
