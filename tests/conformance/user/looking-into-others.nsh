# ptrace(2), PTRACE_MODE_READ_FSCREDS: same ids and no more capabilities, or CAP_SYS_PTRACE
spawn w; spawn x; spawn y
w setresgid 1000 1000 1000; w setuid 1000
x setresgid 1000 1000 1000; x setuid 1000
expect { w readlink /proc/3/ns/uts } fails EACCES
x prctl dumpable 1
expect { w readlink /proc/3/ns/uts } matches /uts:/
expect { w readlink /proc/4/ns/uts } fails EACCES
expect { w readlink /proc/self/ns/uts } matches /uts:/
expect { w ls /proc/2/fd } matches /^0\n/
expect { w ls /proc/4/fd } fails EACCES
y capset -p none; y prctl dumpable 1
expect { y readlink /proc/1/ns/uts } fails EACCES
expect { readlink /proc/4/ns/uts } matches /uts:/
