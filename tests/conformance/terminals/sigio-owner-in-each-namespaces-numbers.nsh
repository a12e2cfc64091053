# f_setown(), f_getown(): the owner in the caller's numbers; 0 where it is not seen, or is dead
openpty
spawn --pid inner
spawn outer
expect { inner fcntl 4 F_SETOWN 9 } fails ESRCH
expect { fcntl 4 F_SETOWN -99 } fails ESRCH
inner fcntl 4 F_SETOWN 1
expect { inner fcntl 4 F_GETOWN } prints "1"
expect { fcntl 4 F_GETOWN } prints "2"
outer fcntl 4 F_SETOWN 3
expect { inner fcntl 4 F_GETOWN } prints "0"
outer setpgid 0 0
fcntl 4 F_SETOWN -3
expect { fcntl 4 F_GETOWN } prints "-3"
as outer exit
wait -n || true
expect { fcntl 4 F_GETOWN } prints "0"
