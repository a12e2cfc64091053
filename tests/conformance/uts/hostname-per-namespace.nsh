# uts_namespaces(7): host and domain name are each namespace's own, copied when it is made
hostname before
spawn --uts inner
expect { inner hostname } prints "before"
inner { hostname inner; domainname example }
expect { inner uname -n } prints "inner"
expect { hostname } prints "before"
expect { inner domainname } prints "example"
expect { domainname } matches /^\(none\)$/
