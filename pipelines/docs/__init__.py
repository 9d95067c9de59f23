"""What `docs/reference` says of the code, made from the code: ``python -m pipelines.docs [--check]``."""
