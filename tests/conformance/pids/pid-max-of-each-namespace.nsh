# pid_namespaces(7), since Linux 6.14: each pid namespace has a pid_max; a number fits at each level
echo 500 > /proc/sys/kernel/pid_max
spawn --pid inner
expect { inner tr -d x < /proc/sys/kernel/pid_max } prints "4194304"
inner { echo 600 > /proc/sys/kernel/pid_max }
expect { inner tr -d x < /proc/sys/kernel/pid_max } prints "600"
expect { tr -d x < /proc/sys/kernel/pid_max } prints "500"
