"""The firm's web pages: encryption, the few headers that matter, cookies, directory listings."""
