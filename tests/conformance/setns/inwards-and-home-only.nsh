# setns(2), errors: EINVAL for a pid namespace that is not the caller's own or below it
exec 3< /proc/self/ns/pid
spawn --pid inner
expect { inner setns /proc/self/fd/3 } fails EINVAL
exec 4< /proc/2/ns/pid
inner spawn --pid innermost
inner spawn child
expect { inner setns /proc/self/fd/3 } fails EINVAL
expect { setns /proc/self/fd/4 }
expect { setns /proc/self/fd/3 }
