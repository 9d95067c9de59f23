"""What the ``caseload`` command does and prints; `pipelines.cli` names its words and options."""
