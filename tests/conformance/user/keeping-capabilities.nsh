# capabilities(7): SECBIT_KEEP_CAPS and SECBIT_NO_SETUID_FIXUP keep what setuid(2) would take
spawn w
w prctl keepcaps 1
w setuid 1000
expect { getpcaps 2 } matches /^2: =p/
w capset -e setuid
expect { w setuid 1001 }
expect { cat /proc/2/status } matches /CapPrm:\t000001f/
spawn x
x setpriv --securebits +no_setuid_fixup
x setuid 1000
expect { getpcaps 3 } matches /^3: =ep/
expect { x setpriv --securebits +no_setuid_fixup_locked }
expect { x setpriv --securebits -no_setuid_fixup } fails EPERM
