"""What closed days and months say of each account, and every figure opened down to its lines."""
