"""Who gets in: borders of the network, the first-run code, limits on guessing."""
