# pid_namespaces(7), getsid(2): a session led from inside has a number at each level
spawn --pid inner
expect { inner getsid } matches /^0$/
inner setsid
expect { inner getsid } prints "1"
expect $(getsid 2) == 2
expect { grep NSsid /proc/2/status } prints "NSsid:	2	1"
