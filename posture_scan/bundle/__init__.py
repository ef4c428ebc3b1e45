"""A bundle: our collectors in one file, for computers on which nothing may be installed."""
