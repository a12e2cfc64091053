# proc_pid_fd(5), proc_pid_cmdline(5): memory and files are gone, the name and the numbers stay
spawn child
child exit
expect { cat /proc/2/cmdline } prints ""
expect { ls /proc/2/fd } prints ""
expect { cat /proc/2/comm } prints "child"
expect { readlink /proc/2/cwd } fails ENOENT
expect { readlink /proc/2/exe } fails ENOENT
expect { ls /proc/2/task } matches /^2$/
