"""Observations → marts: build, audit, publish, reconcile, go back, verify."""
