# setns(2), errors: EINVAL for another kind than was asked for, or no namespace at all
spawn --uts inner
expect { setns /proc/2/ns/uts pid } fails EINVAL
expect { setns /proc/2/ns/pid uts } fails EINVAL
expect { setns /dev/null } fails EINVAL
expect { setns /proc/99/ns/uts } fails ENOENT
expect { setns /proc/2/ns/uts uts }
