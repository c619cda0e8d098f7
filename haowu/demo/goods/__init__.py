"""The goods of an export as a Chinese seller would offer them: what kind each is, its title, its price, its shop."""
