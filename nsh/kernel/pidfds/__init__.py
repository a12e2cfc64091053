"""Processes by descriptor: pidfd_open(2) and its family (fs/pidfs.c, kernel/pid.c; P2, P3, N16).

What S0 asks of every number that user space holds, that it goes on meaning the same process,
a descriptor has by itself: it is translated wherever it is read, and once its process is gone
it says so.
"""
