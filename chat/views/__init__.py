"""The pages, and plain posts for those who have no JavaScript."""
