# ioctl_nsfs(2), lsns(8): a cgroup namespace has an owner, and no parent
spawn --cgroup w
spawn --user --cgroup x
expect $(lsns -t cgroup -n -o ons -p 2) == $(lsns -t user -n -o ns -p 1)
expect $(lsns -t cgroup -n -o ons -p 3) == $(lsns -t user -n -o ns -p 3)
expect { lsns -t cgroup -n -o pns -p 3 } prints "0"
expect { lsns -t cgroup -n -o nprocs,pid -p 3 } matches /^ *1 +3$/
expect $(lsns -t cgroup -n -o pid | wc -l) == 3
