"""What every room uses: files, locks, paths, problems, DuckDB. Knows nothing of police statistics."""
