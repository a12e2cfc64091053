"""A run: scheduler, history, time travel and branches. Here kernel, language and userland meet.

A history is a list of machines; a step is one request of one task. The same script gives the same
bytes, whatever front end stands on top.

Rule: may import every room below; no front end's library, and no front end.
"""
