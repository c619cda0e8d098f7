"""``make fuzz``: long, random, and not a part of ``make test``."""
