"""English, as on every screen."""
