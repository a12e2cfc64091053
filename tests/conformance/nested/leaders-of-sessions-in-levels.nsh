# proc_pid_status(5), NSpgid and NSsid: group and session have a number at each level, or 0
spawn --pid inner
inner { setsid; spawn child }
expect { grep NSpgid /proc/3/status } matches /^NSpgid:\t2\t1$/
expect { grep NSsid /proc/3/status } matches /^NSsid:\t2\t1$/
spawn --pid other
expect { grep NSpgid /proc/4/status } matches /^NSpgid:\t1\t0$/
expect { grep NSsid /proc/4/status } matches /^NSsid:\t1\t0$/
