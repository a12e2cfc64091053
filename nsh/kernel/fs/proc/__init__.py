"""proc(5): the kernel's tables as files, in Linux's own format, for the eyes of one pid space.

Whose numbers a mount shows is decided in `view`. A file below ``/proc/PID`` registers itself with
`registry.task_file`, one beside them with `registry.system_file`, one below ``/proc/sys`` with
`sysctl.register`; no module here lists the others' files.

What the model has no notion of is printed as Linux prints it for tasks that have none of it: a
task here has no memory of its own, so ``status`` has no Vm lines and ``statm`` is zeros, as for a
zombie or a kernel thread; no time is ever accounted to a task; nothing faults or is traced.
"""
