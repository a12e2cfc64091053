# proc_pid_limits(5), proc_pid_mountstats(5): a line for each limit, one for each mount
expect { grep -c '^Max ' /proc/self/limits } matches /^16$/
expect { grep -v ^Limit /proc/1/limits } matches /^Max cpu time  .*\n(.+\n)+Max realtime timeout/
expect { grep msgq /proc/1/limits } matches /^Max msgqueue size {9}819200 {15}819200 +bytes *$/
spawn --mount box; as box mount -t tmpfs here /mnt
expect { cat /proc/$!/mountstats } prints 'device here mounted on /mnt with fstype tmpfs'
expect { cat /proc/1/mountstats } matches /^device proc mounted on \/proc with fstype proc$/
expect { grep -c here /proc/self/mountstats } prints 0
