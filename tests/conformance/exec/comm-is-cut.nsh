# proc_pid_comm(5), PR_SET_NAME(2const): of a name 15 bytes are kept
spawn child
child prctl name sixteen_chars_xx
expect { cat /proc/2/comm } matches /^sixteen_chars_x$/
expect { grep Name /proc/2/status } matches /^Name:\tsixteen_chars_x$/
child { echo short > /proc/self/comm }
expect { child prctl name } prints "short"
expect { echo other > /proc/2/comm } fails EINVAL
