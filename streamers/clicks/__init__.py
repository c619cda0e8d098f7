"""Clicks on share links: who is counted, how they are kept, what they come to."""
