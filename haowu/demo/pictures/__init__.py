"""Pictures of the demo's goods and people, drawn by itself: flat, a little shaded, on soft ground.

``canvas`` knows shapes and paint, ``motifs`` and ``scenes`` what stands on and behind goods, ``looks`` what one product
looks like. ``table``, ``light``, ``wall``, ``home``, ``cloth``, ``party``, ``paper``, ``play`` and ``small`` draw the
goods, ``faces`` people; ``studio`` has all of a market drawn, by ``jobs`` in processes of their own.
"""
