"""Exports whose rows are cases or people → Parquet → counted observations."""
