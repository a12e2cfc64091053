"""What runs inside a puppet: a loop that is asked, performs, and answers.

A puppet is a fork of the stage's interpreter, or after execve(2) a fresh one, so it imports the
standard library alone, little of that, and all of it at the start: in the puppets' root there is
no file to import from.  A request reaches it as its name and its fields.

Each puppet that does execve(2) starts an interpreter, so what takes long to load is not loaded:
typing, collections and contextlib (with functools and re) took half of that start.  What only a
type checker reads is imported under ``TYPE_CHECKING``, which each module has of its own.

While Python code runs every signal is blocked.  The program's own mask holds where the program
would be: in the wait for the next request, and in system calls that can sleep.  So handlers,
default actions, SA_RESTART and EINTR are the kernel's doing.
"""
