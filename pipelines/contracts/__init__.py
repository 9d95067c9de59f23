"""The contract language: what a ``source.yaml`` and a ``caseload.yaml`` may say, checked as a whole."""
