"""What a rating says about other frameworks: ids only, no copied text, no verdict in their name."""
