"""The computer itself: supported, kept up to date, and set up so that it resists."""
