# proc_pid_stat(5), exit_code: the last field of a zombie's line is its wait status
spawn -n 2 w
w.1 exit 5
kill -TERM w.2
expect { cut -d ' ' -f 52 /proc/2/stat } matches /^1280$/
expect { cut -d ' ' -f 52 /proc/3/stat } matches /^15$/
