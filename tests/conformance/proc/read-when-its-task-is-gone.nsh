# proc_single_show(), seq_read(): a task is asked for where reading begins, and by some each time
spawn w { exec sleep infinity }
open -m r /proc/2/status; open -m r /proc/2/cmdline; open -m r /proc/2/loginuid
open -m r /proc/2/environ; open -m r /proc/2/stat; open -m r /proc/2/task/2/children
cat <&3 > /tmp/s; cat <&4 > /tmp/s; head -c 1 <&5 > /tmp/s
kill -KILL w
expect { cat /proc/2/environ } fails ESRCH
expect { cat /proc/2/timens_offsets } prints ""
waitpid
expect { cat <&3 } prints ""
expect { cat <&4 } fails ESRCH
expect { cat <&5 } fails ESRCH
expect { cat <&6 } prints ""
expect { cat <&7 } fails ESRCH
expect { cat <&8 } prints ""
