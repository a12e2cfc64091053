# timer_create(2): numbers count up from 0, even past a refusal (kernel/time/posix-timers.c)
expect { timer create } prints "0"
expect { timer create -c monotonic -s USR1 } prints "1"
expect { timer create -c 10 } fails EINVAL
expect { timer create -c 4 } fails ENOTSUP
expect { timer create -s 70 } fails EINVAL
expect { timer create -c 8 } fails ENOTSUP
expect { timer create -c tai -n none } prints "4"
timer delete 1
expect { timer create } prints "5"
expect { timer delete 1 } fails EINVAL
expect { timer gettime 99 } fails EINVAL
spawn a
expect { a timer gettime 0 } fails EINVAL
expect { a timer create } prints "0"
