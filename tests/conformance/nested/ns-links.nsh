# namespaces(7): the links of /proc/PID/ns are equal for who shares a namespace, else different
spawn sharer
spawn --pid inner
expect $(readlink /proc/2/ns/pid) == $(readlink /proc/1/ns/pid)
expect $(readlink /proc/3/ns/pid) != $(readlink /proc/1/ns/pid)
expect $(readlink /proc/3/ns/uts) == $(readlink /proc/1/ns/uts)
inner spawn child
expect $(readlink /proc/4/ns/pid) == $(readlink /proc/3/ns/pid)
