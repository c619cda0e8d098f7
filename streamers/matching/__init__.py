"""Match of streamers and goods (rulebook §17): ``signals`` come in, ``training`` learns, ``serving`` makes lists.

How it is learned and why so, with figures: docs/matching.md.
"""
