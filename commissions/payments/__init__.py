"""Money that parties pay in and have paid out: deposits, withdrawals, batches for the bank."""
