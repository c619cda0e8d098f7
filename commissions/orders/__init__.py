"""Orders, from events to lines with frozen terms, and the day each is due."""
