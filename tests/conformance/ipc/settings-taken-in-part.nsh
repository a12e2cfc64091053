# do_proc_dointvec(), do_proc_doulongvec_minmax(): what comes before the error stays; -0 has a sign
spawn --ipc w
expect { as w printf '7 x' > /proc/sys/kernel/sem } fails EINVAL
expect { w cut -f 1,3 /proc/sys/kernel/sem } prints "7	500"
expect { as w printf '8 9 10 32x' > /proc/sys/kernel/sem } fails EINVAL
expect { w cat /proc/sys/kernel/sem } prints "8	9	10	32000"
expect { as w printf '11 12 13 99999' > /proc/sys/kernel/sem } fails ERANGE
expect { w cat /proc/sys/kernel/sem } prints "11	12	13	32000"
expect { as w printf '%s' -0 > /proc/sys/kernel/shmmax } fails EINVAL
expect { as w printf '%s' -0 > /proc/sys/kernel/shmmni }
