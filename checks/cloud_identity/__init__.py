"""Who signs in to a cloud tenant with a second factor, read from the tenant's own user list."""
