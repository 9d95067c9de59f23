"""Benchmarks: the product against a bare script that does the same work."""
