"""What keeps lines and money still, or puts them right: holds, disputes, corrections, reconciliation."""
