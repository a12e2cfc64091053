# setpgid(2), errors: EINVAL for a negative group, looked at before anything else
expect { setpgid 0 -1 } fails EINVAL
expect { setpgid 99 -1 } fails EINVAL
expect { setpgid -1 0 } fails EINVAL
expect { setpgid -1 1 } fails ESRCH
