"""Courses: rosters, homework, attempts, what came of them, and how long it is kept."""
