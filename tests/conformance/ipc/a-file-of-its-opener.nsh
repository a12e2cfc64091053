# sysvipc_proc_open(): a file of /proc/sysvipc is of the namespaces of who opened it
shmget -c 7 100 > /dev/null
spawn --ipc --pid web
web shmget -c 8 300 > /dev/null
as web {
  cat /proc/sysvipc/shm > /tmp/web
  { setns /proc/1/ns/ipc; cat > /tmp/after } < /proc/sysvipc/shm
}
expect { grep -c ' 300 ' /tmp/after } prints "1"
{ unshare --ipc; cat > /tmp/before; cat /proc/sysvipc/shm > /tmp/now } < /proc/sysvipc/shm
expect { grep ' 100 ' /tmp/before } matches /^ +7 +0 +600 +100 +1 +0 /
expect { wc -l < /tmp/now } prints "1"
