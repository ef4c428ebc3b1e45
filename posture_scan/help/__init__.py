"""The manual that ships with the program: what is observed, and how sure that makes us."""
