"""Tests of ``sql/``: given literal rows, expected rows. A package so that all tests can import `given`."""
