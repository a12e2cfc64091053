# capset(2): never more permitted; effective within permitted; inheritable within bounds
spawn w
w capset -p chown,kill,setpcap -e kill
expect { getpcaps 2 } matches /cap_kill=ep cap_chown,cap_setpcap.p/
expect { w capset -p chown,kill,setpcap,setuid } fails EPERM
expect { w capset -e setuid } fails EPERM
expect { w capset -i setuid } fails EPERM
w capset -i chown
w capset -e setpcap
w capset -i setuid,chown
w setpriv --bounding-set -setgid
expect { w capset -i setgid } fails EPERM
