"""What the streaming costs and how long things take, measured in one run on loopback."""
