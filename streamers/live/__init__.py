"""Live sessions: planned, run, watched and reported."""
