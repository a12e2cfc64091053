"""System V ipc: message queues, semaphores, shared memory (sysvipc(7); N1).

Their namespace is :mod:`nsh.kernel.ipc`'s.
"""
