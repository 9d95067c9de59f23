"""Exports whose cells are published numbers → observations, as their contract says."""
