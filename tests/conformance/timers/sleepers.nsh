# clock_nanosleep(2): EINVAL for no clock, ENOTSUP (EOPNOTSUPP) for one that wakes nobody
expect { clock -u 0 } prints ""
expect { clock -u 1 realtime } prints ""
expect { clock -u 1 tai } prints ""
expect { clock -u 1 monotonic-raw } fails ENOTSUP
expect { clock -u 1 monotonic-coarse } fails ENOTSUP
expect { clock -u 1 boottime-alarm } fails ENOTSUP
expect { clock -u 1 10 } fails EINVAL
expect { clock -u -1 } fails EINVAL
expect { clock 10 } fails EINVAL
expect { clock -u 1 thread-cputime } fails ENOTSUP
