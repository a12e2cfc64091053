# user_namespaces(7): each of uid_map and gid_map can be written to only once
spawn --user w
echo '0 1000 10' > /proc/2/uid_map
expect { echo '0 1000 10' > /proc/2/uid_map } fails EPERM
expect { cat /proc/2/uid_map } matches /^ +0 +1000 +10$/
expect { w id -u } prints "65534"
w setuid 3
expect { w id -u } prints "3"
expect { cat /proc/2/status } matches /Uid:\t1003\t1003\t1003\t1003/
echo '7 2000 1' > /proc/2/gid_map
expect { echo '7 2000 1' > /proc/2/gid_map } fails EPERM
