"""What runs inside a puppet: a loop that is asked, performs, and answers.

A puppet is a fork of the stage's interpreter, or after execve(2) a fresh one, so it imports the
standard library alone, little of that, and all of it at the start: in the puppets' root there is
no file to import from.  A request reaches it as its name and its fields.

While Python code runs every signal is blocked.  The program's own mask holds where the program
would be: in the wait for the next request, and in system calls that can sleep.  So handlers,
default actions, SA_RESTART and EINTR are the kernel's doing.
"""
