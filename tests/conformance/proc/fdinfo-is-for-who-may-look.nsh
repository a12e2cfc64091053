# proc_fdinfo_permission(): nobody goes there who may not look into the task
# (as since Linux 6.18)
spawn w; w setresgid 1000 1000 1000; w setresuid 1000 1000 1000
spawn v; v setresgid 1000 1000 1000; v setresuid 1000 1000 1000
expect { v ls /proc/2/fdinfo } fails EACCES
expect { v stat /proc/2/fdinfo/0 } fails EACCES
expect { v stat /proc/2/fdinfo/77 } fails EACCES
expect { v stat -c %u /proc/2/fdinfo } prints "1000"
spawn root; root capset -p dac_override,dac_read_search -e dac_override,dac_read_search
expect { root stat /proc/2/fdinfo/0 } fails EACCES
open -m r /proc/2/fdinfo/0; open -m r /proc/2/fdinfo
spawn u; u setresuid 1001 1001 1001
expect { u cat <&3 } prints "flags:"
expect { u ls /proc/self/fd/4 } fails EACCES
w exit 0
expect { ls /proc/2/fdinfo } prints ""
waitpid
