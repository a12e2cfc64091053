"""Benchmarks: ``python -m tests.bench`` prints a table of ratios measured side by side.

Both sides of a ratio are measured alternately in one run, and the best of several rounds of each
counts, so that a busy machine slows both.  No test passes or fails by them.
"""
