# user_namespaces(7): before its maps are written everybody in a new one is 65534, with all rights
spawn --user w
expect { w id -u } prints "65534"
expect { w id -g } prints "65534"
expect { cat /proc/2/uid_map } prints ""
expect { getpcaps 2 } matches /=ep/
expect { cat /proc/2/status } matches /Uid:\t0\t0\t0\t0/
expect { w cat /proc/self/status } matches /Uid:\t65534\t65534\t65534\t65534/
expect { w cat /proc/sys/kernel/overflowuid } prints "65534"
