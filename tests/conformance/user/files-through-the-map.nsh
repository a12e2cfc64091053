# user_namespaces(7): owners as the map shows them; capabilities count over who is mapped
touch /tmp/a /tmp/b; chown 1003:1003 /tmp/a; chmod 600 /tmp/a /tmp/b
spawn --user w
echo '0 1000 10' > /proc/2/uid_map; echo '0 1000 10' > /proc/2/gid_map
w { setgid 0; setuid 0 }
expect { w stat -c '%u %g' /tmp/a /tmp/b } matches /^3 3\n65534 65534$/
w cat /tmp/a
expect { w cat /tmp/b } fails EACCES
w chown 4:4 /tmp/a
expect { stat -c '%u %g' /tmp/a } prints "1004 1004"
expect { w chown 10 /tmp/a } fails EINVAL
expect { w chown 0 /tmp/b } fails EPERM
expect { w rm /tmp/b } fails EPERM
w mkdir /tmp/d
expect { stat -c '%u %g' /tmp/d } prints "1000 1000"
