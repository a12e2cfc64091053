# unlink(2): in a sticky directory only owners remove, and who has CAP_FOWNER over the file
spawn w; spawn x
w setuid 1000; x setuid 1001
w touch /tmp/w
expect { x rm -f /tmp/w } fails EPERM
expect { x mv /tmp/w /tmp/v } fails EPERM
w mkdir -m 777 /tmp/d
x touch /tmp/d/x
w rm -f /tmp/d/x
spawn y
y capset -p setuid,dac_override
expect { y chmod 700 /tmp/w } fails EPERM
