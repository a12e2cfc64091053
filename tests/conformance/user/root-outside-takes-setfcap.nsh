# user_namespaces(7): since Linux 5.12, uid 0 of outside is mapped by who had CAP_SETFCAP there
spawn w
w capset -p setuid,setgid,sys_admin,dac_override,sys_ptrace
w unshare --user
w prctl dumpable 1
expect { as w echo '0 0 1' > /proc/self/uid_map } fails EPERM
as w echo '0 1 1' > /proc/self/uid_map || true
spawn --user x
spawn y
y capset -p setuid,setgid,sys_admin,dac_override,sys_ptrace
expect { as y echo '0 0 1' > /proc/3/uid_map } fails EPERM
as y echo '0 1 1' > /proc/3/uid_map
