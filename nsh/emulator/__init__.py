"""What a person in front of a terminal sees: a screen, computed from what the terminal was given.

A screen is a function of :class:`~nsh.machine.printed.Printed` and of nothing else.  The bytes are
a task's, so they may be anything: the time per byte and the room a screen takes are bounded, and
no sequence of bytes is an error.  A screen never answers (as terminals do when asked for their
name or cursor): what a task reads was typed.

The result is plain data (:mod:`nsh.machine.screens`).  ``keeping`` is what others call; the rest
does the work, and is loaded with pyte at the first screen.
"""
