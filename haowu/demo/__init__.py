"""What ``make demo`` runs: ``story`` replays and settles, ``people`` signs up, ``programs`` starts and stops."""
