"""Words that templates cannot find by themselves."""
