"""What moves money between accounts: a night's netted transfers, frozen money, reserves, deposits."""
