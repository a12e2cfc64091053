# nsenter(1): root and working directory are opened before setns(2), and gone to behind it
spawn --mount web
web { mkdir /tmp/here; cd /tmp/here }
expect { nsenter -t web -m -w pwd } prints "/tmp/here"
expect { nsenter -t web -m pwd } prints "/"
cd /tmp
expect { nsenter -r/ pwd } prints "/tmp"
expect { nsenter -t web -m -W here pwd } fails
expect { nsenter -t web -m -W /tmp/here pwd } prints "/tmp/here"
mkdir /tmp/jail
spawn jailed
jailed { chroot /tmp/jail; mkdir /work; cd /work }
expect { nsenter -t jailed -r -w pwd } prints "/work"
expect { nsenter -t jailed -m -r -w pwd } prints "/work"
expect { nsenter -t jailed -r pwd } prints "(unreachable)/tmp"
expect { nsenter -r/dev/null pwd } fails
expect { nsenter -t 99 -w pwd } fails
