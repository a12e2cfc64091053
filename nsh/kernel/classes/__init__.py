"""Classes of tasks, as CKRM had them (S0, R1 to R6): what they may use, who is in them, and rules
that put tasks there.

"Classes don't assign class-unique pids to tasks. Tasks can move between classes. [...] Classes are
hierarchial. [...] A class groups tasks. Since a task represents a thread or a process one thread
could be in class A and another in class B" (Helsley).  Their file system is
:mod:`nsh.kernel.fs.rcfs`.
"""
