# namespaces(7), proc_pid_ns(5): a zombie has left its namespaces, all but the pid namespace
spawn child
child exit
expect $(readlink /proc/2/ns/pid) == $(readlink /proc/1/ns/pid)
expect { readlink /proc/2/ns/uts } fails ENOENT
expect { readlink /proc/2/ns/mnt } fails ENOENT
expect { readlink /proc/2/ns/pid_for_children } fails ENOENT
