"""What the house can do in a second, beside what the machine could do: ``manage.py bench``.

Each bench runs in a private house of its own (``house``), makes its market with set-based statements (``crowd``,
``lines``), drives the real code paths, and times the floor and the peer in the same run.
"""
