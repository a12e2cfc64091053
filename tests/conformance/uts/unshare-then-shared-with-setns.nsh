# uts_namespaces(7), setns(2): two processes in one namespace see each other's changes
spawn --uts first
spawn second
second setns /proc/2/ns/uts
second hostname both
expect { first hostname } prints "both"
second unshare --uts
second hostname apart
expect { first hostname } prints "both"
