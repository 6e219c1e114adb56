"""What is measured, a module each: `measure(rig)` makes one run and gives its metrics by name."""
