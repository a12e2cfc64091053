# setns(2), pid_namespaces(7): a namespace beside one's own is no descendant
spawn --pid left
spawn --pid right
exec 3< /proc/2/ns/pid
right spawn child
spawn visitor
visitor setns /proc/3/ns/pid
visitor spawn guest
expect { guest setns /proc/self/fd/3 } fails EINVAL
expect { visitor setns /proc/self/fd/3 }
