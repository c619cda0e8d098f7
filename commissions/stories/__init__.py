"""One line's whole story: as JSON, in words, and as one party sees it."""
