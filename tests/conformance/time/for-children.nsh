# time_namespaces(7): unshare chooses for the children only; a fork goes there, an execve too
own=$(readlink /proc/self/ns/time)
unshare --time
expect $(readlink /proc/self/ns/time) == $own
expect $(readlink /proc/self/ns/time_for_children) != $own
children=$(readlink /proc/self/ns/time_for_children)
spawn a
expect $(a readlink /proc/self/ns/time) == $children
expect $(a readlink /proc/self/ns/time_for_children) == $children
expect $(readlink /proc/self/ns/time) == $own
