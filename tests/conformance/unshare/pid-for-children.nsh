# pid_namespaces(7), pid_for_children: no such link until the first child is born
spawn mover
mover unshare --pid
expect { readlink /proc/2/ns/pid_for_children } fails ENOENT
mover spawn first
expect $(readlink /proc/2/ns/pid_for_children) == $(readlink /proc/3/ns/pid)
expect $(readlink /proc/2/ns/pid_for_children) != $(readlink /proc/2/ns/pid)
