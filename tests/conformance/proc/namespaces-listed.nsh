# proc_ns_dir_readdir(): the directory's mode says who may list it; where its links lead, ptrace(2)
spawn w; w setpriv --securebits +no_setuid_fixup; w setresuid 1000 1000 1000; w prctl dumpable 1
spawn v; v setresuid 1000 1000 1000
expect { v ls /proc/2/ns } prints "pid_for_children"
expect { v stat /proc/2/ns/uts }
expect { v stat -L /proc/2/ns/uts } fails EACCES
expect { v readlink /proc/2/ns/uts } fails EACCES
w prctl dumpable 0
expect { v ls /proc/2/ns } fails EACCES
expect { v stat /proc/2/ns/uts }
