"""What each role sees first in the morning."""
