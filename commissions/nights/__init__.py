"""The night: sealed, settled in shards, closed, reported; what fails in it and who operates it."""
