# proc_tgid_net_lookup(): the dead are in no network namespace; an open file keeps the one it is of
spawn --net w
w ip link add v0 type veth peer name v1
open -m r /proc/2/net/dev
w exit 0
expect { stat /proc/2/net/dev } fails ENOENT
expect { stat /proc/2/net }
expect { ls /proc/2/net } fails EINVAL
expect { cat <&3 } prints "v1:"
waitpid
expect { head -n 3 <&3 }
