# capabilities(7): ambient ones are permitted and inheritable, go with either, and outlive execve
spawn w
expect { w setpriv --ambient-caps +kill } fails EPERM
w setpriv --inh-caps +kill,+chown --ambient-caps +kill,+chown
expect { cat /proc/2/status } matches /CapAmb:\t0000000000000021/
w capset -i kill
expect { cat /proc/2/status } matches /CapAmb:\t0000000000000020/
w setpriv --securebits +no_cap_ambient_raise
expect { w setpriv --inh-caps +chown --ambient-caps +chown } fails EPERM
w setresuid 1000 1000 1000
expect { cat /proc/2/status } matches /CapAmb:\t0000000000000000/
setpriv --reuid 1000 --inh-caps +kill --ambient-caps +kill cat /proc/self/status > /tmp/s
expect { grep Cap[PEA] /tmp/s | sort -u } matches /0020\n.*0020\n.*0020/
