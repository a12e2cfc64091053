"""Locks on files: records, open files, whole files (fcntl_locking(2), flock(2); N12)."""
