"""An online shop's order export (columns: ``management/orders/README.md``) as a market and its order events.

``rows`` reads the file, ``orders`` makes orders and refunds of its rows, ``shops`` the market that they need,
``replay`` sends them as events, a business day at a time. The same file always gives the same market and events.
"""
