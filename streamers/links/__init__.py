"""Share links: made, written as text and code, resolved, shown."""
