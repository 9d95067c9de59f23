"""What runs when, in Dagster. No domain logic: every step is a call into the rooms below."""
