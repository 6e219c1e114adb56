"""What is being written now, and the tabs that read it."""
