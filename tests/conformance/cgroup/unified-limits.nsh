# cgroup_check_hierarchy_limits(): EAGAIN over the depth or number that a cgroup above allows
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b
expect { cat /tmp/m/a/cgroup.max.depth } prints "max"
echo 1 > /tmp/m/a/cgroup.max.depth
expect { mkdir /tmp/m/a/b/c } fails EAGAIN
mkdir /tmp/m/a/c
echo 2 > /tmp/m/a/cgroup.max.descendants
expect { mkdir /tmp/m/a/d } fails EAGAIN
rmdir /tmp/m/a/c
mkdir /tmp/m/a/d
echo max > /tmp/m/a/cgroup.max.depth
expect { mkdir /tmp/m/a/b/c } fails EAGAIN
expect { grep nr_descendants /tmp/m/a/cgroup.stat } prints "nr_descendants 2"
expect { echo -1 > /tmp/m/a/cgroup.max.depth } fails ERANGE
expect { echo x > /tmp/m/a/cgroup.max.depth } fails EINVAL
expect { echo 2147483648 > /tmp/m/a/cgroup.max.descendants } fails ERANGE
echo 0x10 > /tmp/m/a/cgroup.max.descendants
expect { cat /tmp/m/a/cgroup.max.descendants } prints "16"
