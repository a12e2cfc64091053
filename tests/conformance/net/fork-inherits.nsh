# network_namespaces(7): a child is born into its parent's, and stays when the parent leaves
spawn --net web
web spawn child
expect $(readlink /proc/2/ns/net) == $(readlink /proc/3/ns/net)
web unshare --net
expect $(readlink /proc/2/ns/net) != $(readlink /proc/3/ns/net)
spawn visitor
visitor nsenter -t 3 --net
expect $(readlink /proc/4/ns/net) == $(readlink /proc/3/ns/net)
expect { visitor setns /proc/2/ns/net uts } fails EINVAL
