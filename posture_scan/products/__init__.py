"""Product data: the dated file it stands in, where a newer one lives, and how it is renewed."""
