"""Caseload: period exports of police statistics into a DuckDB warehouse that people can trust."""

__version__ = "0.1.0"
