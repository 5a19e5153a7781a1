"""Lines to browsers: what comes in is checked, what goes out is framed."""
