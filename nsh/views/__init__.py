"""What a pane shows, computed from a Machine, as plain data.

The process tree, a container's pid table, one task in every space, what changed since a step.
Everything is sorted, so a view is equal exactly when what it shows is.

Rule: stands on `machine` alone. No terminal in here; each view is testable as a value.
"""
