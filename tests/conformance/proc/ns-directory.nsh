# namespaces(7), proc_pid_ns(5): a link for each kind, of the form kind:[inode]
expect { readlink /proc/self/ns/pid } matches /^pid:\[[0-9]+\]$/
expect { readlink /proc/self/ns/uts } matches /^uts:\[[0-9]+\]$/
expect { readlink /proc/self/ns/mnt } matches /^mnt:\[[0-9]+\]$/
expect { readlink /proc/self/ns/pid_for_children } matches /^pid:\[[0-9]+\]$/
expect { readlink /proc/self/ns/nothing } fails ENOENT
