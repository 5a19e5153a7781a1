"""LTI 1.3: keys, launches, and the services of a platform: scores, names and roles."""
